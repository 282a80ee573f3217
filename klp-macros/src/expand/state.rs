// SPDX-License-Identifier: GPL-2.0-only
//! `#[state]` to the static's value and a `StateRecord`.

use super::{defined, location, record};
use crate::check::State;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

pub fn state(model: &State) -> TokenStream {
    let State {
        item,
        id,
        version,
        value_type,
    } = model;
    let (ident, location) = (&item.ident, location(item.ident.span()));
    let name = ident.unraw().to_string();
    let item_with_value = defined(item, &quote!(state(#id, #version)));
    // At the type, so that what a state cannot remember is reported there.
    let value = quote_spanned! {item.ty.span()=>
        ::klp_kernel::__private::state_record(&#ident, [#name, #value_type], #location)
    };
    let (slice, ty) = (quote!(KLP_STATES), quote!(StateRecord));
    let record = record(&item.cfgs(), slice, ty, value);
    quote!(#item_with_value #record)
}
