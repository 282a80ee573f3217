// SPDX-License-Identifier: GPL-2.0-only
//! From a checked model to items. Nothing here can fail, and nothing here is `unsafe` code: what
//! needs that lives in klp-kernel, where it is documented.

mod callback;
mod crate_record;
mod export;
mod kernel;
mod livepatch;
mod module;
mod param;
mod patch;
mod questions;
mod shadow;
mod state;
mod types;
mod undo;

use crate::check::Declared;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Attribute;

pub use callback::callback;
pub use export::export;
pub use kernel::{kernel, plain_block};
pub use livepatch::livepatch;
pub use module::module;
pub use param::param;
pub use patch::patch;
pub use shadow::shadow;
pub use state::state;
pub use types::types;

/// A `contract::Location` of where `span` starts.
fn location(span: Span) -> TokenStream {
    quote_spanned! {span=>
        ::klp_kernel::__private::Location {
            file: ::klp_kernel::__private::Str::new(::klp_kernel::__private::file!()),
            line: ::klp_kernel::__private::line!(),
            column: ::klp_kernel::__private::column!(),
        }
    }
}

/// A record in one of klp-kernel's slices, in a scope of its own.
fn record(
    cfgs: &[Attribute],
    slice: TokenStream,
    ty: TokenStream,
    value: TokenStream,
) -> TokenStream {
    quote! {
        #(#cfgs)*
        const _: () = {
            #[::klp_kernel::__private::linkme::distributed_slice(::klp_kernel::__private::#slice)]
            #[linkme(crate = ::klp_kernel::__private::linkme)]
            static RECORD: ::klp_kernel::contract::#ty = #value;
        };
    }
}

/// A static that was declared only, with a value that klp-kernel makes.
fn defined(item: &Declared, value: &TokenStream) -> TokenStream {
    let Declared {
        attributes,
        vis,
        ident,
        ty,
    } = item;
    quote! {
        #(#attributes)*
        #vis static #ident: #ty = ::klp_kernel::__private::#value;
    }
}
