// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!`.

use super::license::license;
use super::symbol::valid;
use crate::args::{self, Switch, Text};
use crate::errors::Errors;
use proc_macro2::Span;
use syn::{Error, Result};

/// What is true of the whole patch.
pub struct Patch {
    pub license: String,
    pub description: String,
    pub author: String,
    pub version: String,
    pub replace: bool,
}

/// Checks the values.
pub fn patch(args: args::Patch) -> Result<Patch> {
    let mut errors = Errors::default();
    let license = licensed(args.license, &mut errors);
    let mut text = |text: Option<Text>| match text {
        Some(Text(text)) => valid(&text, modinfo, &mut errors).then(|| text.value()),
        None => Some(String::new()),
    };
    let texts = (
        text(args.description),
        text(args.author),
        text(args.version),
    );
    let model = match (license, texts) {
        (Some(license), (Some(description), Some(author), Some(version))) => Some(Patch {
            license,
            description,
            author,
            version,
            replace: matches!(args.replace, Some(Switch(true))),
        }),
        _ => None,
    };
    errors.finish(model)
}

fn licensed(text: Option<Text>, errors: &mut Errors) -> Option<String> {
    match text {
        Some(Text(text)) => valid(&text, license, errors).then(|| text.value()),
        None => {
            let message = "under which license? write `license: \"GPL\"`: the kernel lets only GPL-compatible modules patch it";
            errors.take(Err(Error::new(Span::call_site(), message)))
        }
    }
}

/// Why `text` cannot stand in `.modinfo`, a section of NUL-terminated strings.
fn modinfo(text: &str) -> std::result::Result<(), String> {
    match text.contains('\0') {
        true => Err("modinfo ends at the first NUL: leave it out".into()),
        false => Ok(()),
    }
}
