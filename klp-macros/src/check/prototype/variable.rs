// SPDX-License-Identifier: GPL-2.0-only
//! A foreign static and the type that BTF has of the variable: per-CPU variables are the only ones
//! that the kernel's BTF describes, so most statics cannot be checked.

use super::compare::{Verdict, value};
use super::rust::Rust;
use super::{Question, difference};
use crate::check::symbol::Symbol;
use crate::errors::Errors;
use crate::messages;
use crate::target;
use syn::{LitStr, Type};

/// Checks a static's type, where BTF has the variable.
pub fn variable(
    ty: &Type,
    object: &LitStr,
    symbol: &Symbol,
    errors: &mut Errors,
) -> Option<Question> {
    // Without any types the block's functions, or the link step, say so.
    let layout = target::types(&object.value()).ok()?;
    let id = layout.variable(&symbol.name)?;
    let is = format!("`{}` is", symbol.name);
    let message = |what| {
        let difference = difference(&layout, id, &is, what, ty);
        messages::type_differs(&difference, None)
    };
    match value(&layout, id, &Rust::of(ty)) {
        Verdict::Same => None,
        Verdict::Differs(what) => {
            errors.push(ty, message(what.as_deref()));
            None
        }
        Verdict::Ask(size, passed) => Some(Question {
            ty: ty.clone(),
            size,
            passed,
            message: message(None),
        }),
    }
}
