// SPDX-License-Identifier: GPL-2.0-only
//! What `klp::patch!` and `klp::module!` have in common: the record of the crate, once, and the ABI
//! check.

use super::location;
use crate::check::About;
use klp_runtime::contract::{ABI, ModuleKind, symbol};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

/// The crate's items: its record, and `functions` in the same scope.
pub fn crate_items(
    kind: ModuleKind,
    about: &About,
    replace: bool,
    functions: &TokenStream,
) -> TokenStream {
    let record = record(kind, about, replace);
    quote! {
        // Exported macros share one name space, whatever module they stand in: a second
        // `klp::patch!` anywhere in the crate is a second definition.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! only_one_klp_patch_in_a_crate { () => {}; }

        const _: () = ::klp_kernel::__private::assert_abi::<#ABI>();

        const _: () = {
            #record
            #functions
        };
    }
}

fn record(kind: ModuleKind, about: &About, replace: bool) -> TokenStream {
    let About {
        license,
        description,
        author,
        version,
    } = about;
    let name = format_ident!("{}", symbol::PATCH_RECORD);
    let location = location(Span::call_site());
    let replace = u32::from(replace);
    let kind = format_ident!("{kind:?}");
    quote! {
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals)]
        static #name: ::klp_kernel::__private::PatchRecord =
            ::klp_kernel::__private::PatchRecord {
                abi: ::klp_kernel::__private::ABI,
                replace: #replace,
                kind: ::klp_kernel::__private::ModuleKind::#kind,
                reserved: 0,
                license: ::klp_kernel::__private::Str::new(#license),
                description: ::klp_kernel::__private::Str::new(#description),
                author: ::klp_kernel::__private::Str::new(#author),
                version: ::klp_kernel::__private::Str::new(#version),
                location: #location,
            };
    }
}
