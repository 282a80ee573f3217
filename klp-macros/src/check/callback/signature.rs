// SPDX-License-Identifier: GPL-2.0-only
//! What a callback looks like: `fn(object: &Object)`, and `-> Result` for pre_patch.

use crate::errors::Errors;
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
        errors.push(
            word,
            format!("a callback is a plain function: write `{}`", usual(kind)),
        );
    }
    if let Safety::Unsafe(word) = &sig.safety {
        let message = "klp calls it, and owes it nothing: make it a safe function, with `unsafe` blocks inside";
        errors.push(word, message);
    }
}

fn parameter(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Span> {
    let mut inputs = sig.inputs.iter();
    match (inputs.next(), inputs.next()) {
        (Some(FnArg::Typed(input)), None) => return Some(input.ty.span()),
        (Some(FnArg::Receiver(receiver)), _) => {
            errors.push(
                receiver,
                format!("a callback has no `self`: write `{}`", usual(kind)),
            );
        }
        (Some(_), Some(second)) => {
            errors.push(
                second,
                format!("a callback has one parameter: write `{}`", usual(kind)),
            );
        }
        (None, _) => {
            let message = format!("a callback is given its object: write `{}`", usual(kind));
            errors.push(&sig.ident, message);
        }
    }
    None
}

fn output(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Span> {
    match (&sig.output, kind) {
        (ReturnType::Type(_, ty), CallbackKind::PrePatch) => Some(ty.span()),
        (ReturnType::Default, CallbackKind::PrePatch) => {
            let message = format!(
                "a pre_patch callback says whether the object may be patched: write `{}`",
                usual(kind)
            );
            errors.push(&sig.ident, message);
            None
        }
        (ReturnType::Default, _) => Some(sig.ident.span()),
        (ReturnType::Type(_, ty), _) => {
            let message = format!(
                "only a pre_patch callback can refuse, so nothing is returned here: write `{}`",
                usual(kind)
            );
            errors.push(ty, message);
            None
        }
    }
}

fn usual(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::PrePatch => "fn(object: &Object) -> Result",
        _ => "fn(object: &Object)",
    }
}
