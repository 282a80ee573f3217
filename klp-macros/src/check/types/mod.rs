// SPDX-License-Identifier: GPL-2.0-only
//! `klp::types!`: the author's list and the kernel's BTF to definitions.

mod align;
mod copied;
mod model;
mod record;
mod translate;

use super::symbol;
use crate::args::types::{Item, Members, Types, Wanted};
use crate::errors::Errors;
use crate::messages;
use crate::target;
use klp_runtime::contract::VMLINUX;
use klp_types::{Layout, LayoutError};
use proc_macro2::Span;
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::{Error, Ident, Result};
use translate::{Translator, enum_integer, ident};

pub use model::{BitValue, Constant, Definition, Enumeration, Member, Opaque, Place, Record};

/// What the author lists, and what that needs.
pub struct Defined {
    /// The object whose types they are.
    pub object: String,
    pub listed: Vec<Definition>,
    pub needed: Vec<Definition>,
}

/// Finds what the author lists, and what that needs.
pub fn types(list: Types) -> Result<Defined> {
    let mut errors = Errors::default();
    if let Some(object) = &list.object
        && !symbol::object_name(object, &mut errors)
    {
        return errors.finish(None);
    }
    let object = list
        .object
        .as_ref()
        .map_or(VMLINUX.to_owned(), syn::LitStr::value);
    let layout = match target::types(&object) {
        Ok(layout) => layout,
        Err(error) => {
            let message = messages::no_types(&error);
            errors.add(match &list.object {
                Some(object) if error.is_of_module() => Error::new_spanned(object, message),
                _ => Error::new(Span::call_site(), message),
            });
            return errors.finish(None);
        }
    };
    let of = |wanted: fn(&Wanted) -> bool| -> BTreeSet<String> {
        let items = list.items.iter().filter(|item| wanted(&item.wanted));
        items.map(|item| item.ident.unraw().to_string()).collect()
    };
    let records = of(|wanted| matches!(wanted, Wanted::Struct(_) | Wanted::Union(_)));
    let enums = of(|wanted| matches!(wanted, Wanted::Enum(_)));
    let mut translator = Translator::new(&layout, records, enums);
    let items = list.items.into_iter();
    let listed: Vec<_> = items
        .map(|item| one(&mut translator, item, &mut errors))
        .collect();
    let listed: Option<Vec<_>> = listed.into_iter().collect();
    let needed = translator.needed.into_values().collect();
    errors.finish(listed.map(|listed| Defined {
        object,
        listed,
        needed,
    }))
}

fn no_such(written: &Ident, error: &LayoutError) -> Error {
    Error::new_spanned(written, messages::no_such_type(error))
}

fn one(translator: &mut Translator<'_>, item: Item, errors: &mut Errors) -> Option<Definition> {
    match &item.wanted {
        Wanted::Struct(members) => record(translator, &item, (members, false), errors),
        Wanted::Union(members) => record(translator, &item, (members, true), errors),
        Wanted::Enum(members) => enumeration(translator.layout, &item, members, errors),
        Wanted::Const(ty) => {
            let value = translator
                .layout
                .enumerator(None, &item.ident.unraw().to_string());
            let value = errors.take(value.map_err(|error| no_such(&item.ident, &error)))?;
            Some(Definition::Constant(Constant {
                attributes: item.attributes,
                ident: item.ident,
                ty: (**ty).clone(),
                value,
            }))
        }
    }
}

fn record(
    translator: &mut Translator<'_>,
    item: &Item,
    (members, union): (&Members, bool),
    errors: &mut Errors,
) -> Option<Definition> {
    let name = item.ident.unraw().to_string();
    let found = translator.layout.of_record(&name);
    let found = errors.take(found.map_err(|error| no_such(&item.ident, &error)))?;
    if found.union != union {
        let keyword = if found.union { "union" } else { "struct" };
        errors.push(&item.ident, messages::struct_or_union(&name, keyword));
        return None;
    }
    let flat = record::flattened(translator.layout, &found);
    let chosen = match members {
        Members::Unsaid => {
            return Some(Definition::Opaque(Opaque {
                attributes: item.attributes.clone(),
                ident: item.ident.clone(),
                in_c: format!("{} {name}", if union { "union" } else { "struct" }),
                size: usize::try_from(found.size).unwrap_or(0),
                align: align::of_record(translator.layout, &found).align,
                copied: copied::record(translator.layout, &found),
            }));
        }
        Members::All => flat.iter().map(|flat| (flat, None)).collect(),
        Members::These(wanted) => chosen(translator.layout, &name, &flat, wanted, errors)?,
    };
    let mut record = record::with(translator, item.ident.clone(), &found, chosen);
    record.attributes = item.attributes.clone();
    Some(Definition::Record(record))
}

/// The members that the author names, each error at its own name.
fn chosen<'a>(
    layout: &Layout,
    owner: &str,
    flat: &'a [record::Flat],
    wanted: &'a [Ident],
    errors: &mut Errors,
) -> Option<Vec<(&'a record::Flat, Option<&'a Ident>)>> {
    let find = |written: &'a Ident| {
        let name = written.unraw().to_string();
        let found = flat.iter().find(|flat| flat.name() == name);
        if found.is_none()
            && let Err(error) = layout.field(owner, &name)
        {
            errors.push(written, messages::no_such_type(&error));
        }
        found.map(|found| (found, Some(written)))
    };
    // Not short-circuiting: every name's error is wanted.
    let found: Vec<_> = wanted.iter().map(find).collect();
    found.into_iter().collect()
}

fn enumeration(
    layout: &Layout,
    item: &Item,
    members: &Members,
    errors: &mut Errors,
) -> Option<Definition> {
    let name = item.ident.unraw().to_string();
    let found = layout.of_enum(&name);
    let found = errors.take(found.map_err(|error| no_such(&item.ident, &error)))?;
    let value = |value: i64| match found.signed {
        true => i128::from(value),
        false => i128::from(value.cast_unsigned()),
    };
    let enumerators = match members {
        Members::These(wanted) => {
            let find = |written: &Ident| {
                let value = layout.enumerator(Some(&name), &written.unraw().to_string());
                errors.take(value.map_err(|error| no_such(written, &error)))
            };
            let values: Vec<_> = wanted.iter().map(find).collect();
            let values: Option<Vec<_>> = values.into_iter().collect();
            wanted
                .iter()
                .cloned()
                .zip(values?.into_iter().map(value))
                .collect()
        }
        Members::Unsaid | Members::All => {
            let all = found.enumerators.iter();
            all.map(|one| (ident(&one.name, item.ident.span()), value(one.value)))
                .collect()
        }
    };
    Some(Definition::Enumeration(Enumeration {
        attributes: item.attributes.clone(),
        ident: item.ident.clone(),
        integer: enum_integer(found.size, found.signed),
        signed: found.signed,
        enumerators,
    }))
}
