// SPDX-License-Identifier: GPL-2.0-only
//! The parts of arguments that several attributes share.

use super::names;
use crate::args::{Number, Text};
use crate::errors::Errors;
use crate::messages::{self, Message};
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
        errors.push(at, messages::no_object(attribute));
        return None;
    };
    object_name(&object, errors).then_some(object)
}

/// Whether `object` can be one's name.
pub fn object_name(object: &LitStr, errors: &mut Errors) -> bool {
    let rule = |name: &str| names::object(name).map_err(messages::object_name);
    valid(object, rule, errors)
}

/// The symbol: by default `ident`, and the only one of its name.
pub fn symbol(
    symbol: Option<Text>,
    sympos: Option<Number>,
    ident: &Ident,
    errors: &mut Errors,
) -> Option<Symbol> {
    let name = match symbol {
        Some(Text(name)) => {
            let rule = |name: &str| names::symbol(name).map_err(messages::symbol_name);
            valid(&name, rule, errors).then(|| name.value())
        }
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

/// Whether the author says why something is as it is: a reason must be one.
pub fn said(reason: Option<Text>, errors: &mut Errors) -> bool {
    if let Some(Text(why)) = &reason {
        self::reason(why, errors);
    }
    reason.is_some()
}

/// Whether it is a reason at all.
pub fn reason(why: &LitStr, errors: &mut Errors) -> bool {
    let rule = |why: &str| match why.trim() {
        "" => Err(messages::no_reason()),
        _ => Ok(()),
    };
    valid(why, rule, errors)
}

/// The number's value.
pub fn value(Number(number): &Number, errors: &mut Errors) -> Option<u64> {
    let value = number.base10_parse();
    value
        .map_err(|_| errors.push(number, messages::number_range(64)))
        .ok()
}

/// Whether `rule` holds for `text`; adds the error where it does not.
pub fn valid(
    text: &LitStr,
    rule: impl FnOnce(&str) -> Result<(), Message>,
    errors: &mut Errors,
) -> bool {
    let verdict = rule(&text.value());
    verdict.map_err(|why| errors.push(text, why)).is_ok()
}
