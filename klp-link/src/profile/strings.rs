// SPDX-License-Identifier: GPL-2.0-only
//! The blob of names being built: equal strings are stored once.

use std::collections::HashMap;

use super::data::NameRef;
use super::error::BuildError;

/// The most bytes: kernels have about 4 MB of names.
const LIMIT: usize = 64 << 20;

/// An append-only string table.
#[derive(Default)]
pub(crate) struct Strings {
    blob: String,
    known: HashMap<String, NameRef>,
}

impl Strings {
    /// Continues an existing blob. Its strings are not looked up again, only kept.
    pub(crate) fn continued(blob: String) -> Self {
        Self {
            blob,
            known: HashMap::new(),
        }
    }

    /// Stores `text` and says where; `what` names the object in the error.
    pub(crate) fn add(&mut self, what: &str, text: &str) -> Result<NameRef, BuildError> {
        if text.is_empty() {
            return Ok(NameRef::default());
        }
        if let Some(name) = self.known.get(text) {
            return Ok(*name);
        }
        let name = self.append(text).ok_or_else(|| BuildError::TooLarge {
            what: what.to_owned(),
            item: "the table of names",
        })?;
        self.known.insert(text.to_owned(), name);
        Ok(name)
    }

    fn append(&mut self, text: &str) -> Option<NameRef> {
        let offset = u32::try_from(self.blob.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        if self.blob.len().saturating_add(text.len()) > LIMIT {
            return None;
        }
        self.blob.push_str(text);
        Some(NameRef { offset, length })
    }

    /// The string that `name` points to.
    pub(crate) fn get(&self, name: NameRef) -> &str {
        let start = name.offset as usize;
        self.blob
            .get(start..start + name.length as usize)
            .unwrap_or_default()
    }

    /// The whole blob.
    pub(crate) fn into_blob(self) -> String {
        self.blob
    }
}
