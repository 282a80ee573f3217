// SPDX-License-Identifier: GPL-2.0-only
//! The parts of arguments that several attributes share.

use super::names;
use crate::args::{Number, Text};
use crate::errors::Errors;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

/// A symbol of an object.
pub struct Symbol {
    pub name: String,
    pub sympos: u64,
}

/// The object, which every attribute must name; `attribute` shows how.
pub fn object(
    object: Option<Text>,
    at: impl ToTokens,
    attribute: &str,
    errors: &mut Errors,
) -> Option<LitStr> {
    let Some(Text(object)) = object else {
        let message = format!(
            "which object? write `object = \"vmlinux\"`, or a module's name, in `{attribute}(…)]`"
        );
        errors.push(at, message);
        return None;
    };
    valid(&object, names::object, errors).then_some(object)
}

/// The symbol: by default `ident`, and the only one of its name.
pub fn symbol(
    symbol: Option<Text>,
    sympos: Option<Number>,
    ident: &Ident,
    errors: &mut Errors,
) -> Option<Symbol> {
    let name = match symbol {
        Some(Text(name)) => valid(&name, names::symbol, errors).then(|| name.value()),
        None => Some(ident.unraw().to_string()),
    };
    let sympos = match sympos {
        Some(number) => value(&number, errors),
        None => Some(0),
    };
    Some(Symbol {
        name: name?,
        sympos: sympos?,
    })
}

/// Whether the author wants no comparison with the kernel's types, which takes a reason.
pub fn unchecked(reason: Option<Text>, errors: &mut Errors) -> bool {
    let rule = |why: &str| match why.trim() {
        "" => Err("give the reason: whoever reviews the patch will ask for it".into()),
        _ => Ok(()),
    };
    if let Some(Text(reason)) = &reason {
        valid(reason, rule, errors);
    }
    reason.is_some()
}

/// The number's value.
pub fn value(Number(number): &Number, errors: &mut Errors) -> Option<u64> {
    let value = number.base10_parse();
    value
        .map_err(|_| errors.push(number, "expected a number from 0, of at most 64 bits"))
        .ok()
}

/// Whether `rule` holds for `text`; adds the error where it does not.
pub fn valid(
    text: &LitStr,
    rule: impl FnOnce(&str) -> Result<(), String>,
    errors: &mut Errors,
) -> bool {
    let verdict = rule(&text.value());
    verdict.map_err(|why| errors.push(text, why)).is_ok()
}
