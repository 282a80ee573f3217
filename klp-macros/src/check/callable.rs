// SPDX-License-Identifier: GPL-2.0-only
//! Functions that code outside of the crate calls, by C's convention.

use crate::errors::Errors;
use crate::messages;
use quote::ToTokens;
use syn::{FnArg, GenericParam, Signature};

/// Checks that C code can call the function; `why` says in which case it does.
pub fn callable(sig: &Signature, why: &str, errors: &mut Errors) {
    abi(sig, why, errors);
    let mut refuse = |token: Option<&dyn ToTokens>, what: &str| {
        if let Some(token) = token {
            errors.push(token, messages::not_callable(why, what));
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

fn abi(sig: &Signature, why: &str, errors: &mut Errors) {
    let wanted = messages::not_callable(why, "write `unsafe extern \"C\" fn`");
    match &sig.abi {
        None => errors.push(sig.fn_token, wanted),
        Some(abi) => match &abi.name {
            Some(name) if name.value() != "C" => errors.push(name, wanted),
            Some(_) => {}
            None => errors.push(abi, wanted),
        },
    }
}

fn as_tokens<T: ToTokens>(token: &Option<T>) -> Option<&dyn ToTokens> {
    token.as_ref().map(|token| token as &dyn ToTokens)
}
