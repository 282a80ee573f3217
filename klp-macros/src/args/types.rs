// SPDX-License-Identifier: GPL-2.0-only
//! `klp::types! { … }`: names of the kernel's types.

use crate::messages;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Brace;
use syn::{Attribute, Error, Ident, LitStr, Result, Token, Type, braced};

/// The whole list.
pub struct Types {
    pub object: Option<LitStr>,
    pub items: Vec<Item>,
}

/// One name in the list.
pub struct Item {
    pub attributes: Vec<Attribute>,
    pub ident: Ident,
    pub wanted: Wanted,
}

/// What is wanted of it.
pub enum Wanted {
    Struct(Members),
    Union(Members),
    Enum(Members),
    /// An enumerator, as a constant of this type.
    Const(Box<Type>),
}

/// Which members, or enumerators.
pub enum Members {
    /// `struct name;`
    Unsaid,
    /// `{ .. }`
    All,
    /// `{ a, b }`
    These(Vec<Ident>),
}

impl Parse for Types {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let object = match input.peek(Ident) && input.peek2(Token![:]) {
            true => Some(object(input)?),
            false => None,
        };
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(Self { object, items })
    }
}

fn object(input: ParseStream<'_>) -> Result<LitStr> {
    let key: Ident = input.parse()?;
    if key != "object" {
        let wanted = messages::types_syntax("expected `object: \"…\"`, or a type");
        return Err(Error::new_spanned(key, wanted));
    }
    input.parse::<Token![:]>()?;
    let object = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok(object)
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let keyword = input.call(Ident::parse_any)?;
        let wanted: fn(Members) -> Wanted = match keyword.to_string().as_str() {
            "struct" => Wanted::Struct,
            "union" => Wanted::Union,
            "enum" => Wanted::Enum,
            "const" => return constant(attributes, input),
            _ => {
                let wanted =
                    "expected `struct`, `union`, `enum` or `const`, and a name of the kernel's";
                return Err(Error::new_spanned(keyword, messages::types_syntax(wanted)));
            }
        };
        let ident = input.call(Ident::parse_any)?;
        let wanted = wanted(members(&ident, input)?);
        Ok(Self {
            attributes,
            ident,
            wanted,
        })
    }
}

fn constant(attributes: Vec<Attribute>, input: ParseStream<'_>) -> Result<Item> {
    let ident = input.call(Ident::parse_any)?;
    if !input.peek(Token![:]) {
        let wanted = format!("of which type? write `const {ident}: usize;`");
        return Err(Error::new_spanned(ident, messages::types_syntax(&wanted)));
    }
    input.parse::<Token![:]>()?;
    let ty = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Item {
        attributes,
        ident,
        wanted: Wanted::Const(Box::new(ty)),
    })
}

fn members(of: &Ident, input: ParseStream<'_>) -> Result<Members> {
    if input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(Members::Unsaid);
    }
    if !input.peek(Brace) {
        let wanted = "which members? write `{ a, b }`, `{ .. }` for all or `;` for none";
        return Err(Error::new_spanned(of, messages::types_syntax(wanted)));
    }
    let list;
    braced!(list in input);
    if list.parse::<Option<Token![..]>>()?.is_some() {
        return match list.is_empty() {
            true => Ok(Members::All),
            false => Err(list.error(messages::types_syntax(
                "`..` is all members, by itself: leave out the names, or the `..`",
            ))),
        };
    }
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, Ident::parse_any)?;
    Ok(Members::These(names.into_iter().collect()))
}
