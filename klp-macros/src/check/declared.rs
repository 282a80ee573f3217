// SPDX-License-Identifier: GPL-2.0-only
//! A static that is declared only: `unsafe static NAME: TYPE;`. The kernel has the value.

use super::item::cfgs;
use crate::messages::{self, Message};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    Attribute, Error, GenericArgument, Ident, PathArguments, Result, Token, Type, Visibility,
};

/// The static, as the author wrote it.
pub struct Declared {
    pub attributes: Vec<Attribute>,
    pub vis: Visibility,
    pub ident: Ident,
    pub ty: Type,
}

/// The static that `#[attribute]` is on.
pub fn declared(attribute: &str, item: TokenStream) -> Result<Declared> {
    let example = match attribute {
        "shadow" => "unsafe static NAME: Shadow<PARENT, VALUE>;",
        _ => "unsafe static NAME: State<VALUE>;",
    };
    let parser = |input: ParseStream<'_>| parse(input, attribute, example);
    parser.parse2(item)
}

fn parse(input: ParseStream<'_>, attribute: &str, example: &str) -> Result<Declared> {
    let attributes = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let head = input.cursor().token_stream();
    let promised = input.parse::<Option<Token![unsafe]>>()?.is_some();
    let keyword: Option<Token![static]> = input.parse()?;
    let Some(keyword) = keyword else {
        input.parse::<TokenStream>()?;
        let first: TokenStream = head.into_iter().take(1).collect();
        let wanted = format!("a static: `{example}`");
        let message = messages::wrong_item(&format!("#[{attribute}]"), &wanted);
        return Err(Error::new_spanned(first, message));
    };
    if !promised {
        let why = "declaring it is a promise about what other patches have under its id";
        let message = messages::handle_declaration(why, example);
        return Err(rest(input, keyword, message));
    }
    if let Some(word) = input.parse::<Option<Token![mut]>>()? {
        let message = messages::mutable_static("it is a handle that never changes");
        return Err(rest(input, word, message));
    }
    let (ident, _, ty): (_, Token![:], _) = (input.parse()?, input.parse()?, input.parse()?);
    if let Some(equals) = input.parse::<Option<Token![=]>>()? {
        let message = messages::handle_declaration("the kernel has the value", example);
        return Err(rest(input, equals, message));
    }
    input.parse::<Token![;]>()?;
    Ok(Declared {
        attributes,
        vis,
        ident,
        ty,
    })
}

/// An error at `token`, for which the rest of the item need not be understood.
fn rest(input: ParseStream<'_>, token: impl ToTokens, message: Message) -> Error {
    match TokenStream::parse(input) {
        Ok(_) => Error::new_spanned(token, message),
        Err(error) => error,
    }
}

impl Declared {
    /// The `#[cfg]`s, which what is generated beside the static needs as well.
    pub fn cfgs(&self) -> Vec<Attribute> {
        cfgs(&self.attributes)
    }

    /// The types in `WRAPPER<A, B>`, if the type is written like that.
    pub fn arguments(&self, wrapper: &str) -> Option<Vec<&Type>> {
        let Type::Path(path) = &self.ty else {
            return None;
        };
        let last = path.path.segments.last()?;
        let PathArguments::AngleBracketed(list) = &last.arguments else {
            return None;
        };
        let types = list.args.iter().map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        });
        (last.ident == wrapper).then(|| types.collect()).flatten()
    }
}

/// The type as the author wrote it, without blanks.
pub fn written(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.split_whitespace().collect()
}
