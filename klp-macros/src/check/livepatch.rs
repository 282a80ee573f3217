// SPDX-License-Identifier: GPL-2.0-only
//! `#[livepatch]`: a function that C code will call in place of the old one.

use super::item::cfgs;
use super::prototype::{self, Question};
use super::symbol::{self, Symbol};
use crate::args;
use crate::errors::Errors;
use quote::ToTokens;
use syn::{Attribute, FnArg, GenericParam, Ident, ItemFn, LitStr, Result, Signature};

/// One replaced function.
pub struct Livepatch {
    pub cfgs: Vec<Attribute>,
    pub ident: Ident,
    pub object: LitStr,
    pub symbol: Symbol,
    pub questions: Vec<Question>,
}

/// Checks arguments and signature.
pub fn livepatch(args: args::Livepatch, function: &ItemFn) -> Result<Livepatch> {
    let mut errors = Errors::default();
    let ident = &function.sig.ident;
    signature(&function.sig, &mut errors);
    let object = symbol::object(args.object, ident, "#[livepatch", &mut errors);
    let symbol = symbol::symbol(args.symbol, args.sympos, ident, &mut errors);
    let unchecked = symbol::unchecked(args.unchecked, &mut errors);
    let model = object.zip(symbol).map(|(object, symbol)| Livepatch {
        questions: match unchecked {
            true => Vec::new(),
            false => prototype::function(&function.sig, &object, &symbol, &mut errors),
        },
        cfgs: cfgs(&function.attrs),
        ident: ident.clone(),
        object,
        symbol,
    });
    errors.finish(model)
}

fn signature(sig: &Signature, errors: &mut Errors) {
    abi(sig, errors);
    let mut refuse = |token: Option<&dyn ToTokens>, what: &str| {
        if let Some(token) = token {
            errors.push(token, format!("C code calls a replaced function: {what}"));
        }
    };
    refuse(as_tokens(&sig.constness), "`const` has no meaning there");
    refuse(as_tokens(&sig.asyncness), "it cannot be `async`");
    refuse(as_tokens(&sig.variadic), "`...` cannot be defined in Rust");
    for param in &sig.generics.params {
        if !matches!(param, GenericParam::Lifetime(_)) {
            refuse(Some(param), "it cannot be generic");
        }
    }
    for input in &sig.inputs {
        if let FnArg::Receiver(receiver) = input {
            refuse(Some(receiver), "it has no `self`; make it a plain function");
        }
    }
}

fn abi(sig: &Signature, errors: &mut Errors) {
    const WANTED: &str = "C code calls a replaced function: write `unsafe extern \"C\" fn`";
    match &sig.abi {
        None => errors.push(sig.fn_token, WANTED),
        Some(abi) => match &abi.name {
            Some(name) if name.value() != "C" => errors.push(name, WANTED),
            Some(_) => {}
            None => errors.push(abi, WANTED),
        },
    }
}

fn as_tokens<T: ToTokens>(token: &Option<T>) -> Option<&dyn ToTokens> {
    token.as_ref().map(|token| token as &dyn ToTokens)
}
