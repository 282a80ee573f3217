// SPDX-License-Identifier: GPL-2.0-only
//! Kinds of values, with messages that say what to write.

use darling::{Error, FromMeta, Result};
use syn::{Expr, Lit, LitInt, LitStr, Path};

/// A string literal.
pub struct Text(pub LitStr);

impl FromMeta for Text {
    fn from_expr(value: &Expr) -> Result<Self> {
        match ungrouped(value) {
            Expr::Lit(expr) => match &expr.lit {
                Lit::Str(text) => Ok(Self(text.clone())),
                _ => Err(not_a_string(value)),
            },
            _ => Err(not_a_string(value)),
        }
    }
}

/// An unsigned number.
pub struct Number(pub LitInt);

impl FromMeta for Number {
    fn from_expr(value: &Expr) -> Result<Self> {
        match ungrouped(value) {
            Expr::Lit(expr) => match &expr.lit {
                Lit::Int(number) => Ok(Self(number.clone())),
                _ => Err(error(value, "expected a number")),
            },
            _ => Err(error(value, "expected a number that is not negative")),
        }
    }
}

/// The path of a function.
pub struct Function(pub Path);

impl FromMeta for Function {
    fn from_expr(value: &Expr) -> Result<Self> {
        match ungrouped(value) {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            Expr::Lit(lit) if matches!(lit.lit, Lit::Str(_)) => Err(error(
                value,
                "expected the function itself: write its name without quotes",
            )),
            _ => Err(error(value, "expected the name of a function")),
        }
    }
}

/// Without the invisible group that `macro_rules!` puts around a fragment.
fn ungrouped(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}

fn not_a_string(value: &Expr) -> Error {
    error(value, "expected a string: write it in quotes")
}

fn error(value: &Expr, message: &str) -> Error {
    Error::custom(message).with_span(value)
}
