// SPDX-License-Identifier: GPL-2.0-only
//! `#[export]`: a function that other modules call.

use super::callable::callable;
use super::item::cfgs;
use crate::errors::Errors;
use crate::messages;
use proc_macro2::TokenStream;
use syn::{Attribute, Ident, ItemFn, Result};

/// One exported function.
pub struct Export {
    pub cfgs: Vec<Attribute>,
    pub ident: Ident,
}

/// Checks the signature, and that there are no arguments.
pub fn export(args: TokenStream, function: &ItemFn) -> Result<Export> {
    let mut errors = Errors::default();
    if !args.is_empty() {
        errors.push(args, messages::export_arguments());
    }
    let why = "other modules call an exported function";
    callable(&function.sig, why, &mut errors);
    errors.finish(Some(Export {
        cfgs: cfgs(&function.attrs),
        ident: function.sig.ident.clone(),
    }))
}
