// SPDX-License-Identifier: GPL-2.0-only
//! `#[shadow]` to the static's value and a `ShadowRecord`.

use super::{defined, location, record};
use crate::check::Shadow;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

pub fn shadow(model: &Shadow) -> TokenStream {
    let Shadow { item, id, names } = model;
    let (ident, location) = (&item.ident, location(item.ident.span()));
    let [name, parent, variable] = names;
    let item_with_value = defined(item, &quote!(shadow(#id)));
    // At the type, so that a variable which cannot be shared is reported there.
    let value = quote_spanned! {item.ty.span()=>
        ::klp_kernel::__private::shadow_record(&#ident, [#name, #parent, #variable], #location)
    };
    let (slice, ty) = (quote!(KLP_SHADOWS), quote!(ShadowRecord));
    let record = record(&item.cfgs(), slice, ty, value);
    quote!(#item_with_value #record)
}
