// SPDX-License-Identifier: GPL-2.0-only
//! A callback to its marker type, its traits and its `CallbackRecord`.
//!
//! The marker has the function's name, but in the namespace of types. So `undo = fixes::release`
//! names the function and the marker at once, and the compiler checks pairs across source files.

use super::undo::undo;
use super::{location, record};
use crate::check::{Callback, Pair};
use klp_runtime::contract::CallbackKind;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

pub fn callback(model: &Callback) -> TokenStream {
    let (marker, traits, other_half) = (marker(model), traits(model), other_half(model));
    let cfgs = &model.cfgs;
    quote! {
        #marker

        #(#cfgs)*
        const _: () = { #traits };

        #other_half
    }
}

/// At the function's name, where messages that mention the type should point.
fn marker(model: &Callback) -> TokenStream {
    let Callback {
        cfgs, vis, ident, ..
    } = model;
    quote_spanned! {ident.span()=>
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        #vis struct #ident {}
    }
}

/// The callback as the traits see it. The spans put a wrong type's error at the type.
fn traits(model: &Callback) -> TokenStream {
    let Callback {
        ident,
        object,
        alone,
        ..
    } = model;
    let name = ident.to_string();
    let argument = quote_spanned!(model.parameter=> object);
    let function = at(ident, model.output);
    let call = quote_spanned!(model.output=> #function(#argument));
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
            const ALONE: bool = #alone;
        }

        impl ::klp_kernel::__private::#kind for #ident {
            fn run(#argument: &::klp_kernel::__private::Object) #output { #body }
        }
    }
}

/// The record, and the claim that the undo is one: a second claim is a conflict, and none an
/// error of its own.
fn other_half(model: &Callback) -> TokenStream {
    let ident = &model.ident;
    match &model.pair {
        Pair::Undo(path) => undo(model, path),
        Pair::NoUndo(_) => {
            let no_undo = quote!(::klp_kernel::__private::NoUndo);
            callback_record(model, ident.span(), quote!(#ident, #no_undo))
        }
        Pair::Undoes => callback_record(model, ident.span(), quote!(#ident)),
        Pair::UndoesNothing(reason) => {
            let claim = claim(reason.span(), ident);
            let record = callback_record(model, ident.span(), quote!(#ident));
            let cfgs = &model.cfgs;
            quote!(#(#cfgs)* #claim #record)
        }
    }
}

/// Says of `undo` that it is one.
pub(super) fn claim(span: Span, undo: &Ident) -> TokenStream {
    let undo = at(undo, span);
    quote_spanned!(span=> impl ::klp_kernel::__private::UndoOfOneCallbackOnly for #undo {})
}

/// The constructor's bounds are the rules for pairs, so `span` is where they are reported.
pub(super) fn callback_record(model: &Callback, span: Span, types: TokenStream) -> TokenStream {
    let constructor = match model.kind {
        CallbackKind::PrePatch => quote_spanned!(span=> pre_patch),
        CallbackKind::PostPatch => quote_spanned!(span=> post_patch),
        CallbackKind::PreUnpatch => quote_spanned!(span=> pre_unpatch),
        CallbackKind::PostUnpatch => quote_spanned!(span=> post_unpatch),
    };
    let location = location(model.ident.span());
    let value = quote_spanned! {span=>
        ::klp_kernel::__private::#constructor::<#types>(#location)
    };
    let value = match &model.pair {
        Pair::NoUndo(reason) | Pair::UndoesNothing(reason) => {
            quote!(::klp_kernel::__private::with_reason(#value, #reason))
        }
        Pair::Undo(_) | Pair::Undoes => value,
    };
    let (slice, ty) = (quote!(KLP_CALLBACKS), quote!(CallbackRecord));
    record(&model.cfgs, slice, ty, value)
}

/// The same name elsewhere.
fn at(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}
