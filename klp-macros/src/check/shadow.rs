// SPDX-License-Identifier: GPL-2.0-only
//! `#[shadow]`: a kind of shadow variable.

use super::declared::{Declared, written};
use super::symbol::value;
use crate::args::{self, Text};
use crate::errors::Errors;
use crate::messages;
use klp_runtime::shadow_id;
use syn::Result;
use syn::ext::IdentExt;

/// A kind of shadow variable.
pub struct Shadow {
    pub item: Declared,
    pub id: u64,
    /// The static's name and both types, without blanks.
    pub names: [String; 3],
}

/// Checks arguments and static.
pub fn shadow(args: args::Shadow, item: Declared) -> Result<Shadow> {
    let mut errors = Errors::default();
    let types = match item.arguments("Shadow").as_deref() {
        Some(&[parent, variable]) => Some([written(parent), written(variable)]),
        _ => {
            errors.push(&item.ty, messages::shadow_types());
            None
        }
    };
    let name = item.ident.unraw().to_string();
    let id = types
        .as_ref()
        .and_then(|types| id(&args, types, &name, &mut errors));
    let model = types.zip(id).map(|([parent, variable], id)| Shadow {
        item,
        id,
        names: [name, parent, variable],
    });
    errors.finish(model)
}

fn id(
    args: &args::Shadow,
    [parent, variable]: &[String; 2],
    ident: &str,
    errors: &mut Errors,
) -> Option<u64> {
    match (&args.id, &args.name) {
        (Some(id), None) => value(id, errors),
        (None, None) => Some(shadow_id(parent, ident, variable)),
        (None, Some(Text(name))) if !name.value().trim().is_empty() => {
            Some(shadow_id(parent, &name.value(), variable))
        }
        (None, Some(Text(name))) => {
            let message = "an empty name tells nothing apart: leave it out";
            errors.push(name, messages::shadow_name(message));
            None
        }
        (Some(_), Some(Text(name))) => {
            let message = "the id is given already: leave out either `id` or `name`";
            errors.push(name, messages::shadow_name(message));
            None
        }
    }
}
