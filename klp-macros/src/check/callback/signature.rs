// SPDX-License-Identifier: GPL-2.0-only
//! What a callback looks like: `fn(object: &Object)`, and `-> Result` for pre_patch.

use crate::errors::Errors;
use crate::messages::{self, Message};
use klp_runtime::contract::CallbackKind;
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, ReturnType, Safety, Signature};

/// Where the types of a right signature stand.
pub struct Types {
    pub parameter: Span,
    pub output: Span,
}

/// Checks all of it; gives the places of the types where there is one of each.
pub fn signature(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Types> {
    plain(kind, sig, errors);
    let parameter = parameter(kind, sig, errors);
    let output = output(kind, sig, errors);
    Some(Types {
        parameter: parameter?,
        output: output?,
    })
}

/// Neither `unsafe` nor `extern` nor anything else in front of or behind the name.
fn plain(kind: CallbackKind, sig: &Signature, errors: &mut Errors) {
    let words: [Option<&dyn ToTokens>; 4] = [
        sig.constness.as_ref().map(|token| token as _),
        sig.asyncness.as_ref().map(|token| token as _),
        sig.abi.as_ref().map(|token| token as _),
        (!sig.generics.params.is_empty()).then_some(&sig.generics as _),
    ];
    for word in words.into_iter().flatten() {
        errors.push(word, wrong("a callback is a plain function", kind));
    }
    if let Safety::Unsafe(word) = &sig.safety {
        let what = "klp calls it, and owes it nothing, so it is safe, with `unsafe` blocks inside";
        errors.push(word, wrong(what, kind));
    }
}

fn parameter(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Span> {
    let mut inputs = sig.inputs.iter();
    match (inputs.next(), inputs.next()) {
        (Some(FnArg::Typed(input)), None) => return Some(input.ty.span()),
        (Some(FnArg::Receiver(receiver)), _) => {
            errors.push(receiver, wrong("a callback has no `self`", kind));
        }
        (Some(_), Some(second)) => {
            errors.push(second, wrong("a callback has one parameter", kind));
        }
        (None, _) => {
            errors.push(&sig.ident, wrong("a callback is given its object", kind));
        }
    }
    None
}

fn output(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Span> {
    match (&sig.output, kind) {
        (ReturnType::Type(_, ty), CallbackKind::PrePatch) => Some(ty.span()),
        (ReturnType::Default, CallbackKind::PrePatch) => {
            let what = "a pre_patch callback says whether the object may be patched";
            errors.push(&sig.ident, wrong(what, kind));
            None
        }
        (ReturnType::Default, _) => Some(sig.ident.span()),
        (ReturnType::Type(_, ty), _) => {
            let what = "only a pre_patch callback can refuse, so nothing is returned here";
            errors.push(ty, wrong(what, kind));
            None
        }
    }
}

fn wrong(what: &str, kind: CallbackKind) -> Message {
    let usual = match kind {
        CallbackKind::PrePatch => "fn(object: &Object) -> Result",
        _ => "fn(object: &Object)",
    };
    messages::callback_signature(what, usual)
}
