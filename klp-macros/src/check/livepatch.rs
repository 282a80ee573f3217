// SPDX-License-Identifier: GPL-2.0-only
//! `#[livepatch]`: a function that C code will call in place of the old one.

use super::callable::callable;
use super::item::cfgs;
use super::prototype::{self, Question};
use super::symbol::{self, Symbol};
use crate::args;
use crate::errors::Errors;
use syn::{Attribute, Ident, ItemFn, LitStr, Result};

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
    callable(
        &function.sig,
        "C code calls a replaced function",
        &mut errors,
    );
    let object = symbol::object(args.object, ident, "#[livepatch", &mut errors);
    let symbol = symbol::symbol(args.symbol, args.sympos, ident, &mut errors);
    let unchecked = symbol::said(args.unchecked, &mut errors);
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
