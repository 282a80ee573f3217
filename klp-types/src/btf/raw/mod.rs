// SPDX-License-Identifier: GPL-2.0-only
//! BTF as it is on disk (include/uapi/linux/btf.h), read in place.
//!
//! Opening finds where each type starts and nothing else: a macro asks a few questions a build,
//! often without optimisation, and should not pay for 130 000 types.

mod section;
mod types;

use std::sync::Arc;

use super::LayoutError;
use section::Section;
pub use types::{Class, RawType};

/// A kernel's types, or a module's on top of them.
pub struct Btf {
    own: Arc<Section>,
    base: Option<Arc<Section>>,
}

impl Btf {
    /// From a kernel's raw BTF.
    pub fn new(bytes: &[u8]) -> Result<Self, LayoutError> {
        Ok(Self {
            own: Arc::new(Section::new(bytes, (1, 0))?),
            base: None,
        })
    }

    /// From a module's raw BTF, whose numbers continue those of its kernel.
    pub fn split(kernel: &Self, bytes: &[u8]) -> Result<Self, LayoutError> {
        let base = Arc::clone(kernel.base.as_ref().unwrap_or(&kernel.own));
        Ok(Self {
            own: Arc::new(Section::new(bytes, base.end())?),
            base: Some(base),
        })
    }

    /// The type with this number; 0 is `void`.
    pub fn by_id(&self, id: u32) -> Option<RawType<'_>> {
        if id == 0 {
            return Some(RawType::VOID);
        }
        self.sections().find_map(|section| section.by_id(id))
    }

    /// The string at this offset; empty where there is none.
    pub fn string(&self, offset: u32) -> &str {
        let found = self.sections().find_map(|section| section.string(offset));
        found.unwrap_or_default()
    }

    /// All numbers, the object's own first.
    pub fn ids(&self) -> impl Iterator<Item = u32> {
        self.sections().flat_map(Section::ids)
    }

    /// The number of the first type that is the object's own.
    pub fn first_own(&self) -> u32 {
        self.own.ids().start
    }

    /// Numbers of all types of this name, the object's own first.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.ids().filter(move |id| {
            let found = self.by_id(*id);
            found.is_some_and(|found| self.is_string(found.name, name))
        })
    }

    fn is_string(&self, offset: u32, text: &str) -> bool {
        self.sections()
            .any(|section| section.is_string(offset, text.as_bytes()))
    }

    fn sections(&self) -> impl Iterator<Item = &Section> {
        let base = self.base.as_deref();
        [Some(&*self.own), base].into_iter().flatten()
    }
}
