// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!` to the `PatchRecord`, the module's init and exit functions, and the ABI check.

use super::location;
use crate::check::Patch;
use klp_runtime::contract::{ABI, symbol};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

pub fn patch(model: &Patch) -> TokenStream {
    let record = record(model);
    let init = format_ident!("{}", symbol::INIT);
    let exit = format_ident!("{}", symbol::EXIT);
    quote! {
        // Exported macros share one name space, whatever module they stand in: a second
        // `klp::patch!` anywhere in the crate is a second definition.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! only_one_klp_patch_in_a_crate { () => {}; }

        const _: () = ::klp_kernel::__private::assert_abi::<#ABI>();

        const _: () = {
            #record

            #[unsafe(no_mangle)]
            extern "C" fn #init() -> ::klp_kernel::__private::c_int {
                ::klp_kernel::__private::enable()
            }

            #[unsafe(no_mangle)]
            extern "C" fn #exit() {}
        };
    }
}

fn record(model: &Patch) -> TokenStream {
    let Patch {
        license,
        description,
        author,
        version,
        replace,
    } = model;
    let name = format_ident!("{}", symbol::PATCH_RECORD);
    let location = location(Span::call_site());
    let replace = u32::from(*replace);
    quote! {
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals)]
        static #name: ::klp_kernel::__private::PatchRecord =
            ::klp_kernel::__private::PatchRecord {
                abi: ::klp_kernel::__private::ABI,
                replace: #replace,
                license: ::klp_kernel::__private::Str::new(#license),
                description: ::klp_kernel::__private::Str::new(#description),
                author: ::klp_kernel::__private::Str::new(#author),
                version: ::klp_kernel::__private::Str::new(#version),
                location: #location,
            };
    }
}
