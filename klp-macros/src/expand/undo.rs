// SPDX-License-Identifier: GPL-2.0-only
//! A patch callback and the `undo` that it names.
//!
//! A function without an attribute has no marker type, and "expected type, found function" helps
//! nobody. So the name is looked up with a stand-in behind it, a type that is no callback: then
//! the traits' own message says what is wrong, and where.

use super::callback::{callback_record, claim};
use crate::check::Callback;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Path, PathSegment};

pub fn undo(model: &Callback, path: &Path) -> TokenStream {
    let Callback { cfgs, ident, .. } = model;
    let Some(last) = path.segments.last() else {
        return TokenStream::new();
    };
    let (span, name, outside) = (path.span(), &last.ident, outside(path));
    let scope = format_ident!("__klp_undo_of_{}", ident.unraw());
    let stand_in = quote_spanned!(name.span()=> #[allow(dead_code)] pub struct #name {});
    let record = callback_record(model, span, quote!(super::#ident, #name));
    let claim = claim(span, name);
    quote! {
        // That there is such a function at all.
        #(#cfgs)*
        const _: () = { let _ = #path; };

        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        mod #scope {
            #stand_in

            // Names of this block come before those of the module around it.
            const _: () = {
                #[allow(unused_imports)]
                use #outside::*;
                #claim
                #record
            };
        }
    }
}

/// The module that `path`'s last segment is in, as seen from a module inside the author's.
fn outside(path: &Path) -> TokenStream {
    let mut segments: Vec<_> = path.segments.iter().cloned().collect();
    segments.pop();
    let absolute = segments.first().is_some_and(|first| first.ident == "crate");
    if segments.first().is_some_and(|first| first.ident == "self") {
        segments.remove(0);
    }
    if !absolute && path.leading_colon.is_none() {
        segments.insert(0, PathSegment::from(Ident::new("super", Span::call_site())));
    }
    let colon = path.leading_colon;
    quote!(#colon #(#segments)::*)
}
