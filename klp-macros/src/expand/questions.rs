// SPDX-License-Identifier: GPL-2.0-only
//! Questions about types to assertions that rustc evaluates, each at the type it is about.

use crate::check::{Passed, Question};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Attribute;
use syn::spanned::Spanned;

pub fn answered(cfgs: &[Attribute], questions: &[Question]) -> TokenStream {
    let assertions = questions.iter().map(|question| {
        let assertion = assertion(question);
        quote!(#(#cfgs)* #assertion)
    });
    assertions.collect()
}

fn assertion(question: &Question) -> TokenStream {
    let Question {
        ty,
        size,
        passed,
        message,
    } = question;
    let message = message.to_string();
    let (span, size) = (ty.span(), usize::try_from(*size).unwrap_or(usize::MAX));
    let ty = without_lifetimes(ty.to_token_stream());
    let passed = variants(*passed);
    quote_spanned! {span=>
        const _: () = ::klp_kernel::__private::assert_type::<#ty>(
            #size,
            &[#(::klp_kernel::__private::Passed::#passed),*],
            #message,
        );
    }
}

fn variants(passed: Passed) -> Vec<TokenStream> {
    match passed {
        Passed::Signed => vec![quote!(Signed)],
        Passed::Unsigned => vec![quote!(Unsigned)],
        Passed::Integer => vec![quote!(Signed), quote!(Unsigned)],
        Passed::Pointer => vec![quote!(Pointer)],
        Passed::Record => vec![quote!(Record)],
        Passed::Unknown => Vec::new(),
    }
}

/// The function's lifetimes do not exist in the assertion.
fn without_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let mut result = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(quote) if quote.as_char() == '\'' => {
                let anonymous = tokens.next().map(|name| Ident::new("_", name.span()));
                result.extend([TokenTree::Punct(quote)]);
                result.extend(anonymous.map(TokenTree::Ident));
            }
            TokenTree::Group(group) => {
                let inner = without_lifetimes(group.stream());
                result.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            other => result.extend([other]),
        }
    }
    result
}
