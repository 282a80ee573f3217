// SPDX-License-Identifier: GPL-2.0-only
//! `klp::module!` to the crate's record and the module's init and exit functions, which call the
//! author's.

use super::crate_record::crate_items;
use crate::check::Module;
use klp_runtime::contract::{ModuleKind, symbol};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

pub fn module(model: &Module) -> TokenStream {
    let Module { about, init, exit } = model;
    let init_module = format_ident!("{}", symbol::INIT);
    let cleanup_module = format_ident!("{}", symbol::EXIT);
    // At the author's paths, so that functions of other types are reported there.
    let call_init = quote_spanned!(init.span()=> ::klp_kernel::__private::init(#init));
    let call_exit = quote_spanned!(exit.span()=> ::klp_kernel::__private::exit(#exit));
    let functions = quote! {
        #[unsafe(no_mangle)]
        extern "C" fn #init_module() -> ::klp_kernel::__private::c_int {
            #call_init
        }

        #[unsafe(no_mangle)]
        extern "C" fn #cleanup_module() {
            #call_exit
        }
    };
    crate_items(ModuleKind::Module, about, false, &functions)
}
