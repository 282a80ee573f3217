// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!` to the crate's record and the module's init and exit functions.

use super::crate_record::crate_items;
use crate::check::Patch;
use klp_runtime::contract::{ModuleKind, symbol};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub fn patch(model: &Patch) -> TokenStream {
    let init = format_ident!("{}", symbol::INIT);
    let exit = format_ident!("{}", symbol::EXIT);
    let functions = quote! {
        #[unsafe(no_mangle)]
        extern "C" fn #init() -> ::klp_kernel::__private::c_int {
            ::klp_kernel::__private::enable()
        }

        #[unsafe(no_mangle)]
        extern "C" fn #exit() {}
    };
    crate_items(ModuleKind::Patch, &model.about, model.replace, &functions)
}
