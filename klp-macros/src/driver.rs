// SPDX-License-Identifier: GPL-2.0-only
//! The stages: arguments, check, expand. A stage reports all its errors; the next sees none.

use crate::check::Kind;
use crate::{args, check, expand};
use klp_runtime::contract::CallbackKind;
use proc_macro2::TokenStream;
use syn::Result;

pub fn patch(input: TokenStream) -> TokenStream {
    let stages = || Ok(expand::patch(&check::patch(args::fields(input)?)?));
    stages().unwrap_or_else(syn::Error::into_compile_error)
}

pub fn module(input: TokenStream) -> TokenStream {
    let stages = || Ok(expand::module(&check::module(args::fields(input)?)?));
    stages().unwrap_or_else(syn::Error::into_compile_error)
}

pub fn types(input: TokenStream) -> TokenStream {
    let stages = || Ok(expand::types(&check::types::types(args::types(input)?)?));
    stages().unwrap_or_else(syn::Error::into_compile_error)
}

pub fn livepatch(args: TokenStream, item: TokenStream) -> TokenStream {
    beside(item, |item| {
        let function = check::function("#[livepatch]", item)?;
        let model = check::livepatch(args::attribute(args)?, &function)?;
        Ok(expand::livepatch(&model))
    })
}

pub fn export(args: TokenStream, item: TokenStream) -> TokenStream {
    beside(item, |item| {
        let function = check::function("#[export]", item)?;
        Ok(expand::export(&check::export(args, &function)?))
    })
}

pub fn callback(kind: CallbackKind, args: TokenStream, item: TokenStream) -> TokenStream {
    beside(item, |item| {
        let function = check::function(kind.attribute(), item)?;
        let model = check::callback(kind, args::attribute(args)?, &function)?;
        Ok(expand::callback(&model))
    })
}

pub fn param(args: TokenStream, item: TokenStream) -> TokenStream {
    beside(item, |item| {
        let model = check::param(args::attribute(args)?, &check::variable(item)?)?;
        Ok(expand::param(&model))
    })
}

pub fn shadow(args: TokenStream, item: TokenStream) -> TokenStream {
    let stages = || {
        let model = check::shadow(args::attribute(args)?, check::declared("shadow", item)?)?;
        Ok(expand::shadow(&model))
    };
    stages().unwrap_or_else(syn::Error::into_compile_error)
}

pub fn state(args: TokenStream, item: TokenStream) -> TokenStream {
    let stages = || {
        let model = check::state(args::attribute(args)?, check::declared("state", item)?)?;
        Ok(expand::state(&model))
    };
    stages().unwrap_or_else(syn::Error::into_compile_error)
}

pub fn kernel(args: TokenStream, item: TokenStream) -> TokenStream {
    let stages = || {
        let block = check::foreign_block(item.clone())?;
        let model = check::kernel(args::attribute(args)?, block)?;
        Ok(expand::kernel(model))
    };
    stages().unwrap_or_else(|errors: syn::Error| {
        let (item, errors) = (expand::plain_block(&item), errors.into_compile_error());
        quote::quote!(#item #errors)
    })
}

/// The author's item, as it was, with what the stages make of it or with their errors.
fn beside(
    item: TokenStream,
    stages: impl FnOnce(TokenStream) -> Result<TokenStream>,
) -> TokenStream {
    let made = stages(item.clone()).unwrap_or_else(syn::Error::into_compile_error);
    quote::quote!(#item #made)
}
