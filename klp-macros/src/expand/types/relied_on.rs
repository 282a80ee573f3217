// SPDX-License-Identifier: GPL-2.0-only
//! A `TypeRecord` of each listed type: by it `cargo klp check` knows what a patch was laid out by.

use crate::check::{cfgs, types::Definition};
use crate::expand::{location, record as in_slice};
use klp_runtime::contract::TypeKind;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;
use syn::ext::IdentExt;

pub fn record(object: &str, definition: &Definition) -> TokenStream {
    let none: &[&Ident] = &[];
    match definition {
        Definition::Record(model) => {
            let members: Vec<_> = model.members.iter().map(|member| &member.ident).collect();
            one(
                (TypeKind::Record, object),
                &model.ident,
                &members,
                &model.attributes,
            )
        }
        Definition::Opaque(model) => one(
            (TypeKind::Record, object),
            &model.ident,
            none,
            &model.attributes,
        ),
        Definition::Enumeration(model) => {
            let names: Vec<_> = model.enumerators.iter().map(|(name, _)| name).collect();
            one(
                (TypeKind::Enum, object),
                &model.ident,
                &names,
                &model.attributes,
            )
        }
        Definition::Constant(model) => one(
            (TypeKind::Constant, object),
            &model.ident,
            none,
            &model.attributes,
        ),
    }
}

fn one(
    (kind, object): (TypeKind, &str),
    ident: &Ident,
    members: &[&Ident],
    attributes: &[Attribute],
) -> TokenStream {
    let kind = format_ident!("{kind:?}");
    let (name, location) = (ident.unraw().to_string(), location(ident.span()));
    let members: Vec<_> = members
        .iter()
        .map(|member| member.unraw().to_string())
        .collect();
    let members = members.join(",");
    let value = quote! {
        ::klp_kernel::contract::TypeRecord {
            kind: ::klp_kernel::__private::TypeKind::#kind,
            reserved: 0,
            object: ::klp_kernel::__private::Str::new(#object),
            name: ::klp_kernel::__private::Str::new(#name),
            members: ::klp_kernel::__private::Str::new(#members),
            location: #location,
        }
    };
    in_slice(
        &cfgs(attributes),
        quote!(KLP_TYPES),
        quote!(TypeRecord),
        value,
    )
}
