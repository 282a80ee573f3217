// SPDX-License-Identifier: GPL-2.0-only
//! Kinds of values, with messages that say what to write.

use crate::messages;
use darling::{Error, FromMeta, Result};
use syn::{Expr, Lit, LitInt, LitStr, Path};

/// A string literal.
pub struct Text(pub LitStr);

/// An unsigned number.
pub struct Number(pub LitInt);

/// The path of a function.
pub struct Function(pub Path);

/// `true` or `false`.
pub struct Switch(pub bool);

macro_rules! value {
    ($($kind:ident($pattern:pat => $value:expr), $expected:literal;)*) => {$(
        impl FromMeta for $kind {
            fn from_expr(value: &Expr) -> Result<Self> {
                match ungrouped(value) {
                    $pattern => Ok(Self($value)),
                    _ => Err(Error::custom(messages::value($expected)).with_span(value)),
                }
            }

            fn from_word() -> Result<Self> {
                Err(Error::custom(messages::no_value($expected)))
            }
        }
    )*};
}

value! {
    Text(Simple::Lit(Lit::Str(text)) => text.clone()), "a string, in quotes";
    Number(Simple::Lit(Lit::Int(number)) => number.clone()), "a number, without quotes";
    Function(Simple::Path(path) => path.clone()), "the name of a function, without quotes";
    Switch(Simple::Lit(Lit::Bool(switch)) => switch.value), "`true` or `false`";
}

/// The expressions that can be values.
enum Simple<'a> {
    Lit(&'a Lit),
    Path(&'a Path),
    Other,
}

/// The expression, without the invisible group that `macro_rules!` puts around a fragment.
fn ungrouped(value: &Expr) -> Simple<'_> {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        Expr::Lit(lit) => Simple::Lit(&lit.lit),
        Expr::Path(path) if path.qself.is_none() => Simple::Path(&path.path),
        _ => Simple::Other,
    }
}
