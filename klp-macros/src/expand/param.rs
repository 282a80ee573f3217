// SPDX-License-Identifier: GPL-2.0-only
//! `#[param]` to a `ParamRecord`.

use super::{location, record};
use crate::check::Param;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

pub fn param(model: &Param) -> TokenStream {
    let Param {
        cfgs,
        ident,
        ty,
        name,
        mode,
        description,
    } = model;
    let location = location(ident.span());
    // At the type, so that a static which is no `Param` is reported there.
    let mut at_type = ident.clone();
    at_type.set_span(*ty);
    let param = quote_spanned!(*ty=> &#at_type);
    let value = quote_spanned! {*ty=>
        ::klp_kernel::__private::param_record(#param, #name, #mode, #description, #location)
    };
    record(cfgs, quote!(KLP_PARAMS), quote!(ParamRecord), value)
}
