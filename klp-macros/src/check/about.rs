// SPDX-License-Identifier: GPL-2.0-only
//! What `.modinfo` says of a patch or a module.

use super::license::license;
use super::symbol::valid;
use crate::args::Text;
use crate::errors::Errors;
use crate::messages::{self, Message};
use proc_macro2::Span;
use syn::Error;

/// License and texts.
pub struct About {
    pub license: String,
    pub description: String,
    pub author: String,
    pub version: String,
}

/// Checks the license, which is required, and the texts: description, author and version.
pub fn about(wanted: Option<Text>, texts: [Option<Text>; 3], errors: &mut Errors) -> Option<About> {
    let license = licensed(wanted, errors);
    let [description, author, version] = texts.map(|text| match text {
        Some(Text(text)) => valid(&text, modinfo, errors).then(|| text.value()),
        None => Some(String::new()),
    });
    Some(About {
        license: license?,
        description: description?,
        author: author?,
        version: version?,
    })
}

fn licensed(text: Option<Text>, errors: &mut Errors) -> Option<String> {
    match text {
        Some(Text(text)) => valid(&text, license, errors).then(|| text.value()),
        None => {
            errors.add(Error::new(Span::call_site(), messages::no_license()));
            None
        }
    }
}

/// Why `text` cannot stand in `.modinfo`, a section of NUL-terminated strings.
fn modinfo(text: &str) -> Result<(), Message> {
    match text.contains('\0') {
        true => Err(messages::nul_in_modinfo()),
        false => Ok(()),
    }
}
