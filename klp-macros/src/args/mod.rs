// SPDX-License-Identifier: GPL-2.0-only
//! What an author writes in the parentheses of an attribute or the braces of `klp::patch!` and `klp::module!`.
//!
//! Keys are optional here; which are required, and what their values must be, is for `check`.

pub mod types;
mod value;

use crate::messages::{self, Message};
use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Meta, MetaNameValue, Result, Token};

pub use value::{Function, Number, Switch, Text};

/// `#[livepatch(…)]`.
#[derive(FromMeta)]
pub struct Livepatch {
    pub object: Option<Text>,
    pub symbol: Option<Text>,
    pub sympos: Option<Number>,
    pub unchecked: Option<Text>,
}

/// The four callback attributes; each has its own use for a part of the keys.
#[derive(FromMeta)]
pub struct Callback {
    pub object: Option<Text>,
    pub undo: Option<Function>,
    pub no_undo: Option<Text>,
    pub undoes_nothing: Option<Text>,
    pub no_functions: Option<Text>,
}

/// `#[kernel(…)]` on a block.
#[derive(FromMeta)]
pub struct Kernel {
    pub object: Option<Text>,
}

/// `#[kernel(…)]` on one item of a block.
#[derive(Default, FromMeta)]
pub struct KernelItem {
    pub symbol: Option<Text>,
    pub sympos: Option<Number>,
    pub unchecked: Option<Text>,
}

/// `#[param(…)]`.
#[derive(FromMeta)]
pub struct Param {
    pub name: Option<Text>,
    pub mode: Option<Number>,
}

/// `#[shadow(…)]`.
#[derive(FromMeta)]
pub struct Shadow {
    pub id: Option<Number>,
    pub name: Option<Text>,
}

/// `#[state(…)]`.
#[derive(FromMeta)]
pub struct State {
    pub id: Option<Number>,
    pub version: Option<Number>,
}

/// `klp::patch! { … }`.
#[derive(FromMeta)]
pub struct Patch {
    pub license: Option<Text>,
    pub description: Option<Text>,
    pub author: Option<Text>,
    pub version: Option<Text>,
    pub replace: Option<Switch>,
}

/// `klp::module! { … }`.
#[derive(FromMeta)]
pub struct Module {
    pub license: Option<Text>,
    pub description: Option<Text>,
    pub author: Option<Text>,
    pub version: Option<Text>,
    pub init: Option<Function>,
    pub exit: Option<Function>,
}

/// Parses `key = value, …`.
pub fn attribute<T: FromMeta>(args: TokenStream) -> Result<T> {
    let syntax = |why: &str| messages::syntax(why, "`key = value, …`");
    let list = NestedMeta::parse_meta_list(args).map_err(|error| coded(error, syntax))?;
    let is_value = |meta: &&NestedMeta| matches!(meta, NestedMeta::Lit(_));
    match list.iter().find(is_value) {
        Some(value) => Err(Error::new_spanned(
            value,
            syntax("this is a value without a key"),
        )),
        None => known(&list),
    }
}

/// Parses `key: value, …`.
pub fn fields<T: FromMeta>(input: TokenStream) -> Result<T> {
    let syntax = |why: &str| messages::syntax(why, "`key: value, …`");
    let fields = Punctuated::<Field, Token![,]>::parse_terminated.parse2(input);
    let fields = fields.map_err(|error| coded(error, syntax))?;
    let list: Vec<_> = fields.into_iter().map(|field| field.0).collect();
    known(&list)
}

/// Parses the list of `klp::types!`.
pub fn types(input: TokenStream) -> Result<types::Types> {
    syn::parse2(input).map_err(|error| coded(error, messages::types_syntax))
}

/// The arguments, if all are among those of `T`.
fn known<T: FromMeta>(list: &[NestedMeta]) -> Result<T> {
    T::from_list(list).map_err(|error| coded(error.into(), messages::unknown_argument))
}

/// The errors, those that a parser wrote in klp's words.
fn coded(errors: Error, words: impl Fn(&str) -> Message) -> Error {
    let mut all = errors.into_iter().map(|error| {
        let text = error.to_string();
        match messages::is_coded(&text) {
            true => error,
            false => Error::new(error.span(), words(&text)),
        }
    });
    let first = all.next().expect("an error is one at least");
    all.fold(first, |mut first, next| {
        first.combine(next);
        first
    })
}

/// One `key: value`, as the `key = value` that darling reads.
struct Field(NestedMeta);

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let path = input.parse()?;
        let colon: Token![:] = input.parse()?;
        let value: Expr = input.parse()?;
        Ok(Self(NestedMeta::Meta(Meta::NameValue(MetaNameValue {
            path,
            eq_token: Token![=](colon.span),
            value,
        }))))
    }
}
