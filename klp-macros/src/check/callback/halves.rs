// SPDX-License-Identifier: GPL-2.0-only
//! `undo`, `no_undo` and `undoes_nothing`: which of them a kind takes.

use super::{Kind, Pair};
use crate::args::{Function, Text};
use crate::check::symbol::reason;
use crate::errors::Errors;
use crate::messages;
use klp_runtime::contract::CallbackKind;
use quote::ToTokens;
use syn::Ident;

/// What the arguments say about the other half.
pub struct Halves {
    pub undo: Option<Function>,
    pub no_undo: Option<Text>,
    pub undoes_nothing: Option<Text>,
}

impl Halves {
    pub fn of_patch(
        self,
        kind: CallbackKind,
        undone_by: CallbackKind,
        ident: &Ident,
        errors: &mut Errors,
    ) -> Option<Pair> {
        if let Some(Text(misplaced)) = self.undoes_nothing {
            let message = "`undoes_nothing` is for unpatch callbacks: write `no_undo = \"reason\"`";
            errors.push(misplaced, messages::misplaced_undo(message));
            return None;
        }
        match (self.undo, self.no_undo) {
            (Some(Function(undo)), None) => Some(Pair::Undo(undo)),
            (None, Some(Text(why))) => reason(&why, errors).then_some(Pair::NoUndo(why)),
            (Some(_), Some(Text(why))) => {
                let message = "it has an `undo`: leave out `no_undo`, or the `undo`";
                errors.push(why, messages::misplaced_undo(message));
                None
            }
            (None, None) => {
                let [patch, unpatch] = [kind, undone_by].map(Kind::attribute);
                errors.push(ident, messages::no_undo(patch, unpatch, ident));
                None
            }
        }
    }

    pub fn of_unpatch(self, kind: CallbackKind, errors: &mut Errors) -> Option<Pair> {
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
            errors.push(misplaced, messages::misplaced_undo(&message));
            return None;
        }
        match self.undoes_nothing {
            None => Some(Pair::Undoes),
            Some(Text(why)) => reason(&why, errors).then_some(Pair::UndoesNothing(why)),
        }
    }
}
