// SPDX-License-Identifier: GPL-2.0-only
//! The items that attributes go on.

use crate::messages::{self, Message};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parse;
use syn::{Attribute, Error, ItemFn, ItemForeignMod, ItemStatic, Result, parse2};

/// The function that `attribute` is on.
pub fn function(attribute: &str, item: TokenStream) -> Result<ItemFn> {
    parsed(item, messages::wrong_item(attribute, "a function"))
}

/// The static that `#[param]` is on.
pub fn variable(item: TokenStream) -> Result<ItemStatic> {
    let wanted = "a static: `static NAME: Param<c_int> = Param::new(0);`";
    parsed(item, messages::wrong_item("#[param]", wanted))
}

/// The block that `#[kernel]` is on.
pub fn foreign_block(item: TokenStream) -> Result<ItemForeignMod> {
    let wanted = "a block of symbols: `unsafe extern \"C\" { … }`";
    parsed(item, messages::wrong_item("#[kernel]", wanted))
}

/// The `#[cfg]`s of an item, which what is generated from it needs as well.
pub fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(is_cfg).cloned().collect()
}

/// The item; where it is another one, the error is at its first word rather than where parsing
/// happened to stop.
fn parsed<T: Parse>(item: TokenStream, wanted: Message) -> Result<T> {
    parse2(item.clone()).map_err(|error| match parse2::<syn::Item>(item) {
        Ok(other) => Error::new_spanned(first_word(other), wanted),
        Err(_) => error,
    })
}

/// The item's own first token, behind its attributes.
fn first_word(item: impl ToTokens) -> TokenStream {
    let mut tokens = item.into_token_stream().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_attribute = matches!(&token, proc_macro2::TokenTree::Punct(p) if p.as_char() == '#');
        if !is_attribute {
            return token.into();
        }
        tokens.next();
    }
    TokenStream::new()
}
