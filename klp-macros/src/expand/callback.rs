// SPDX-License-Identifier: GPL-2.0-only
//! A callback to its marker type, its traits and its `CallbackRecord`.
//!
//! The marker has the function's name, but in the namespace of types. So `undo = fixes::release`
//! names the function and the marker at once, and the compiler checks pairs across source files.

use super::{location, record};
use crate::check::{Callback, Pair};
use klp_runtime::contract::CallbackKind;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

pub fn callback(model: &Callback) -> TokenStream {
    let marker = marker(model);
    let traits = traits(model);
    let claim = claim(model);
    let cfgs = &model.cfgs;
    let value = constructor(model);
    let record = record(cfgs, quote!(KLP_CALLBACKS), quote!(CallbackRecord), value);
    quote! {
        #marker

        #(#cfgs)*
        const _: () = {
            #traits
            #claim
        };

        #record
    }
}

fn marker(
    Callback {
        cfgs, vis, ident, ..
    }: &Callback,
) -> TokenStream {
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        #vis struct #ident {}
    }
}

/// The callback as the traits see it. The spans put a wrong type's error at the type.
fn traits(model: &Callback) -> TokenStream {
    let Callback { ident, object, .. } = model;
    let name = ident.to_string();
    let argument = quote_spanned!(model.parameter=> object);
    let call = quote!(#ident(#argument));
    let (kind, output, body) = match model.kind {
        CallbackKind::PrePatch => (
            quote!(PrePatch),
            quote!(-> ::klp_kernel::__private::Result),
            quote_spanned!(model.output=> ::klp_kernel::__private::returned(#call)),
        ),
        CallbackKind::PostPatch => (quote!(PostPatch), quote!(), call),
        CallbackKind::PreUnpatch => (quote!(PreUnpatch), quote!(), call),
        CallbackKind::PostUnpatch => (quote!(PostUnpatch), quote!(), call),
    };
    quote! {
        impl ::klp_kernel::__private::Callback for #ident {
            const OBJECT: &'static str = #object;
            const FUNCTION: &'static str = #name;
        }

        impl ::klp_kernel::__private::#kind for #ident {
            fn run(#argument: &::klp_kernel::__private::Object) #output { #body }
        }
    }
}

/// Says of the undo that it is one: a second claim is a conflict, and none an error of its own.
fn claim(model: &Callback) -> TokenStream {
    let Callback { ident, pair, .. } = model;
    let (undo, span) = match pair {
        Pair::Undo(undo) => (undo.to_token_stream(), syn::spanned::Spanned::span(undo)),
        Pair::UndoesNothing(reason) => (ident.to_token_stream(), *reason),
        Pair::NoUndo | Pair::Undoes => return TokenStream::new(),
    };
    quote_spanned! {span=>
        impl ::klp_kernel::__private::UndoOfOneCallbackOnly for #undo {}
    }
}

/// The constructor's bounds are the rules for pairs, so its span is where they are reported: the
/// undo of a patch callback, the name of an unpatch callback.
fn constructor(model: &Callback) -> TokenStream {
    let Callback { ident, pair, .. } = model;
    let (undo, span) = match pair {
        Pair::Undo(undo) => (quote!(, #undo), syn::spanned::Spanned::span(undo)),
        Pair::NoUndo => (quote!(, ::klp_kernel::__private::NoUndo), ident.span()),
        Pair::Undoes | Pair::UndoesNothing(_) => (quote!(), ident.span()),
    };
    let (location, spanned_ident) = (location(ident.span()), quote_spanned!(span=> #ident));
    let constructor = match model.kind {
        CallbackKind::PrePatch => quote_spanned!(span=> pre_patch),
        CallbackKind::PostPatch => quote_spanned!(span=> post_patch),
        CallbackKind::PreUnpatch => quote_spanned!(span=> pre_unpatch),
        CallbackKind::PostUnpatch => quote_spanned!(span=> post_unpatch),
    };
    quote_spanned! {span=>
        ::klp_kernel::__private::#constructor::<#spanned_ident #undo>(#location)
    }
}
