// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!`.

use super::about::{About, about};
use crate::args::{self, Switch};
use crate::errors::Errors;
use syn::Result;

/// What is true of the whole patch.
pub struct Patch {
    pub about: About,
    pub replace: bool,
}

/// Checks the values.
pub fn patch(args: args::Patch) -> Result<Patch> {
    let mut errors = Errors::default();
    let texts = [args.description, args.author, args.version];
    let model = about(args.license, texts, &mut errors).map(|about| Patch {
        about,
        replace: matches!(args.replace, Some(Switch(true))),
    });
    errors.finish(model)
}
