// SPDX-License-Identifier: GPL-2.0-only
//! `#[kernel]`: a block of symbols, each with the name that the link step resolves.

use super::symbol::{self, Symbol};
use crate::args;
use crate::errors::Errors;
use quote::ToTokens;
use syn::{Attribute, ForeignItem, Ident, ItemForeignMod, LitStr, Meta, Result};

/// A block and the symbols of its items, in order. The items' own `#[kernel]` are gone.
pub struct Kernel {
    pub object: LitStr,
    pub block: ItemForeignMod,
    pub symbols: Vec<Symbol>,
}

/// Checks arguments and items.
pub fn kernel(args: args::Kernel, mut block: ItemForeignMod) -> Result<Kernel> {
    let mut errors = Errors::default();
    head(&block, &mut errors);
    let object = symbol::object(args.object, block.abi.extern_token, "#[kernel", &mut errors);
    let symbols = block.items.iter_mut().map(|item| one(item, &mut errors));
    // Not short-circuiting: every item's errors are wanted.
    let symbols: Vec<_> = symbols.collect();
    let symbols: Option<Vec<_>> = symbols.into_iter().collect();
    let model = object.zip(symbols).map(|(object, symbols)| Kernel {
        object,
        block,
        symbols,
    });
    errors.finish(model)
}

fn head(block: &ItemForeignMod, errors: &mut Errors) {
    const WANTED: &str = "the kernel's symbols are C's, and declaring them is a promise: write `unsafe extern \"C\" { … }`";
    match &block.abi.name {
        Some(name) if name.value() != "C" => errors.push(name, WANTED),
        None => errors.push(&block.abi, WANTED),
        Some(_) if block.unsafety.is_none() => errors.push(&block.abi, WANTED),
        Some(_) => {}
    }
}

fn one(item: &mut ForeignItem, errors: &mut Errors) -> Option<Symbol> {
    let (attributes, ident) = match item {
        ForeignItem::Fn(item) => (&mut item.attrs, &item.sig.ident),
        ForeignItem::Static(item) => (&mut item.attrs, &item.ident),
        other => {
            errors.push(other, "only functions and statics have symbols");
            return None;
        }
    };
    for attribute in attributes.iter().filter(|a| a.path().is_ident("link_name")) {
        let message = "`#[kernel]` gives the link name: write `#[kernel(symbol = \"…\")]` instead";
        errors.push(attribute, message);
    }
    own_symbol(attributes, ident, errors)
}

/// The item's symbol, from its own `#[kernel]` if it has one, which is taken away.
fn own_symbol(
    attributes: &mut Vec<Attribute>,
    ident: &Ident,
    errors: &mut Errors,
) -> Option<Symbol> {
    let mut own = attributes.extract_if(.., |attribute| is_kernel(attribute));
    let args = own.next().map(item_args);
    if let Some(second) = own.next() {
        errors.push(second, "one `#[kernel]` is enough for an item");
    }
    match args {
        None => symbol::symbol(None, None, ident, errors),
        Some(args) => {
            let args: args::KernelItem = errors.take(args)?;
            symbol::symbol(args.symbol, args.sympos, ident, errors)
        }
    }
}

fn item_args(attribute: Attribute) -> Result<args::KernelItem> {
    match attribute.meta {
        Meta::List(list) => args::attribute(list.tokens),
        other => {
            let message = "on an item, write `#[kernel(symbol = \"…\", sympos = N)]`";
            Err(syn::Error::new_spanned(other.into_token_stream(), message))
        }
    }
}

/// Whether it is `#[kernel]`, by whatever path.
pub fn is_kernel(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "kernel")
}
