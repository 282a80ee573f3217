// SPDX-License-Identifier: GPL-2.0-only
//! `#[param]`: a static that user space can set.

use super::item::cfgs;
use super::mode::mode;
use super::names;
use super::symbol::{valid, value};
use crate::args::{self, Number, Text};
use crate::errors::Errors;
use crate::messages;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, ItemStatic, Lit, Meta, Result, StaticMutability};

/// One module parameter.
pub struct Param {
    pub cfgs: Vec<Attribute>,
    pub ident: Ident,
    /// Where the author wrote the type.
    pub ty: Span,
    pub name: String,
    pub mode: u16,
    pub description: String,
}

/// Checks arguments and static.
pub fn param(args: args::Param, item: &ItemStatic) -> Result<Param> {
    let mut errors = Errors::default();
    if let StaticMutability::Mut(word) = &item.mutability {
        let why = "the kernel writes a parameter behind Rust's back, which `Param` allows for";
        errors.push(word, messages::mutable_static(why));
    }
    let name = name(args.name, &item.ident, &mut errors);
    let mode = file_mode(args.mode, &item.ident, &mut errors);
    let model = name.zip(mode).map(|(name, mode)| Param {
        cfgs: cfgs(&item.attrs),
        ident: item.ident.clone(),
        ty: item.ty.span(),
        name,
        mode,
        description: description(&item.attrs),
    });
    errors.finish(model)
}

fn name(name: Option<Text>, ident: &Ident, errors: &mut Errors) -> Option<String> {
    match name {
        Some(Text(name)) => {
            let rule = |name: &str| names::param(name).map_err(messages::param_name);
            valid(&name, rule, errors).then(|| name.value())
        }
        None => Some(ident.unraw().to_string().to_lowercase()),
    }
}

fn file_mode(number: Option<Number>, ident: &Ident, errors: &mut Errors) -> Option<u16> {
    let Some(number) = number else {
        errors.push(ident, messages::no_param_mode());
        return None;
    };
    let bits = value(&number, errors)?;
    match mode(bits) {
        Ok(()) => u16::try_from(bits).ok(),
        Err(why) => {
            errors.push(number.0, why);
            None
        }
    }
}

/// The doc comment in one line.
fn description(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(doc_line);
    let lines: Vec<_> = lines.map(|line| line.trim().to_owned()).collect();
    lines.join(" ").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(line) => Some(line.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
