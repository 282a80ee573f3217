// SPDX-License-Identifier: GPL-2.0-only
//! `#[livepatch]` to a `FuncRecord`.

use super::{location, questions::answered, record};
use crate::check::Livepatch;
use proc_macro2::TokenStream;
use quote::quote;

pub fn livepatch(model: &Livepatch) -> TokenStream {
    let Livepatch {
        cfgs,
        ident,
        object,
        symbol,
        questions,
    } = model;
    let (name, sympos, location) = (&symbol.name, symbol.sympos, location(ident.span()));
    let value = quote! {
        ::klp_kernel::__private::FuncRecord {
            object: ::klp_kernel::__private::Str::new(#object),
            symbol: ::klp_kernel::__private::Str::new(#name),
            sympos: #sympos,
            new_func: #ident as *const ::klp_kernel::__private::c_void,
            location: #location,
        }
    };
    let record = record(cfgs, quote!(KLP_FUNCS), quote!(FuncRecord), value);
    let answered = answered(cfgs, questions);
    quote!(#record #answered)
}
