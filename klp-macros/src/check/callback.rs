// SPDX-License-Identifier: GPL-2.0-only
//! The four callback attributes: as much as one attribute can know. Pairs are the compiler's to
//! check; see `expand::callback`.

use super::item::cfgs;
use super::symbol::{self, valid};
use crate::args::{self, Function, Text};
use crate::errors::Errors;
use klp_runtime::contract::CallbackKind;
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{
    Attribute as Attr, FnArg, Ident, ItemFn, LitStr, Path, Result, ReturnType, Signature,
    Visibility,
};

/// One callback.
pub struct Callback {
    pub kind: CallbackKind,
    pub cfgs: Vec<Attr>,
    pub vis: Visibility,
    pub ident: Ident,
    pub object: LitStr,
    pub pair: Pair,
    /// Where the author wrote the parameter's type.
    pub parameter: Span,
    /// Where the author wrote what it returns.
    pub output: Span,
}

/// The other half.
pub enum Pair {
    /// `undo = f`.
    Undo(Path),
    /// `no_undo = "reason"`.
    NoUndo,
    /// An unpatch callback that some patch callback names.
    Undoes,
    /// `undoes_nothing = "reason"`, where the reason stands.
    UndoesNothing(Span),
}

/// How a kind is written, and what undoes it.
pub trait Attribute {
    /// `#[pre_patch]` and so on.
    fn attribute(self) -> &'static str;
    /// The kind that undoes it, if it is a patch callback.
    fn undone_by(self) -> Option<CallbackKind>;
}

impl Attribute for CallbackKind {
    fn attribute(self) -> &'static str {
        match self {
            Self::PrePatch => "#[pre_patch]",
            Self::PostPatch => "#[post_patch]",
            Self::PreUnpatch => "#[pre_unpatch]",
            Self::PostUnpatch => "#[post_unpatch]",
        }
    }

    fn undone_by(self) -> Option<CallbackKind> {
        match self {
            Self::PrePatch => Some(Self::PostUnpatch),
            Self::PostPatch => Some(Self::PreUnpatch),
            Self::PreUnpatch | Self::PostUnpatch => None,
        }
    }
}

/// Checks arguments and signature.
pub fn callback(kind: CallbackKind, args: args::Callback, function: &ItemFn) -> Result<Callback> {
    let mut errors = Errors::default();
    let ident = &function.sig.ident;
    let types = signature(kind, &function.sig, &mut errors);
    let attribute = kind.attribute().trim_end_matches(']');
    let object = symbol::object(args.object, ident, attribute, &mut errors);
    let halves = Halves {
        undo: args.undo,
        no_undo: args.no_undo,
        undoes_nothing: args.undoes_nothing,
    };
    let pair = match kind.undone_by() {
        Some(undone_by) => halves.of_patch(kind, undone_by, ident, &mut errors),
        None => halves.of_unpatch(kind, &mut errors),
    };
    let model = object
        .zip(pair)
        .zip(types)
        .map(|((object, pair), types)| Callback {
            kind,
            cfgs: cfgs(&function.attrs),
            vis: function.vis.clone(),
            ident: ident.clone(),
            object,
            pair,
            parameter: types.parameter,
            output: types.output,
        });
    errors.finish(model)
}

/// What the arguments say about the other half.
struct Halves {
    undo: Option<Function>,
    no_undo: Option<Text>,
    undoes_nothing: Option<Text>,
}

impl Halves {
    fn of_patch(
        self,
        kind: CallbackKind,
        undone_by: CallbackKind,
        ident: &Ident,
        errors: &mut Errors,
    ) -> Option<Pair> {
        if let Some(Text(misplaced)) = self.undoes_nothing {
            let message = "`undoes_nothing` is for unpatch callbacks: write `no_undo = \"reason\"`";
            errors.push(misplaced, message);
            return None;
        }
        match (self.undo, self.no_undo) {
            (Some(Function(undo)), None) => Some(Pair::Undo(undo)),
            (None, Some(Text(why))) => reason(&why, errors).then_some(Pair::NoUndo),
            (Some(_), Some(Text(why))) => {
                errors.push(why, "it has an `undo`: leave out `no_undo`, or the `undo`");
                None
            }
            (None, None) => {
                errors.push(ident, no_undo(kind, undone_by, ident));
                None
            }
        }
    }

    fn of_unpatch(self, kind: CallbackKind, errors: &mut Errors) -> Option<Pair> {
        let patch_side = self.undo.map(|undo| undo.0.into_token_stream());
        let patch_side = patch_side.or(self.no_undo.map(|why| why.0.into_token_stream()));
        if let Some(misplaced) = patch_side {
            let partner = match kind {
                CallbackKind::PreUnpatch => CallbackKind::PostPatch,
                _ => CallbackKind::PrePatch,
            };
            let message = format!(
                "nothing undoes an unpatch callback: the `{}` that it undoes names it, `undo = …`",
                partner.attribute()
            );
            errors.push(misplaced, message);
            return None;
        }
        match self.undoes_nothing {
            None => Some(Pair::Undoes),
            Some(Text(why)) => {
                let span = why.span();
                reason(&why, errors).then_some(Pair::UndoesNothing(span))
            }
        }
    }
}

fn no_undo(kind: CallbackKind, undone_by: CallbackKind, ident: &Ident) -> String {
    format!(
        "what undoes `{ident}`? write `undo = f` in `{}`, where `f` is a function with `{}` for the same object, or `no_undo = \"reason\"`",
        kind.attribute(),
        undone_by.attribute()
    )
}

fn reason(why: &LitStr, errors: &mut Errors) -> bool {
    let rule = |why: &str| match why.trim() {
        "" => Err("give the reason: whoever reviews the patch will ask for it".into()),
        _ => Ok(()),
    };
    valid(why, rule, errors)
}

/// Where the types of a right signature stand.
struct Types {
    parameter: Span,
    output: Span,
}

fn signature(kind: CallbackKind, sig: &Signature, errors: &mut Errors) -> Option<Types> {
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
    if let syn::Safety::Unsafe(word) = &sig.safety {
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
