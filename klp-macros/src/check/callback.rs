// SPDX-License-Identifier: GPL-2.0-only
//! The four callback attributes: as much as one attribute can know. Pairs are the compiler's to
//! check; see `expand::callback`.

mod halves;
mod signature;

use super::item::cfgs;
use super::symbol;
use crate::args;
use crate::errors::Errors;
use halves::Halves;
use klp_runtime::contract::CallbackKind;
use proc_macro2::Span;
use signature::signature;
use syn::{Attribute, Ident, ItemFn, LitStr, Path, Result, Visibility};

/// One callback.
pub struct Callback {
    pub kind: CallbackKind,
    pub cfgs: Vec<Attribute>,
    pub vis: Visibility,
    pub ident: Ident,
    pub object: LitStr,
    pub pair: Pair,
    /// Whether there is a reason for callbacks of a module of which nothing is replaced.
    pub alone: bool,
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
    NoUndo(LitStr),
    /// An unpatch callback that some patch callback names.
    Undoes,
    /// `undoes_nothing = "reason"`.
    UndoesNothing(LitStr),
}

/// How a kind is written.
pub trait Kind {
    /// `#[pre_patch]` and so on.
    fn attribute(self) -> &'static str;
}

impl Kind for CallbackKind {
    fn attribute(self) -> &'static str {
        match self {
            Self::PrePatch => "#[pre_patch]",
            Self::PostPatch => "#[post_patch]",
            Self::PreUnpatch => "#[pre_unpatch]",
            Self::PostUnpatch => "#[post_unpatch]",
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
    let alone = symbol::said(args.no_functions, &mut errors);
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
            alone,
            parameter: types.parameter,
            output: types.output,
        });
    errors.finish(model)
}
