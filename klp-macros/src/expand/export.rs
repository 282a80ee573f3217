// SPDX-License-Identifier: GPL-2.0-only
//! `#[export]` to an `ExportRecord`.

use super::{location, record};
use crate::check::Export;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

pub fn export(model: &Export) -> TokenStream {
    let Export { cfgs, ident } = model;
    let (name, location) = (ident.unraw().to_string(), location(ident.span()));
    let value = quote! {
        ::klp_kernel::contract::ExportRecord {
            name: ::klp_kernel::__private::Str::new(#name),
            function: #ident as *const ::klp_kernel::__private::c_void,
            location: #location,
        }
    };
    record(cfgs, quote!(KLP_EXPORTS), quote!(ExportRecord), value)
}
