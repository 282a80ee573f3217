// SPDX-License-Identifier: GPL-2.0-only
//! `#[kernel]`: a block of symbols, each with the name that the link step resolves.

use super::prototype::{self, Question};
use super::symbol::{self, Symbol};
use crate::args;
use crate::errors::Errors;
use crate::messages;
use quote::ToTokens;
use syn::{Attribute, ForeignItem, Ident, ItemForeignMod, LitStr, Meta, Result};

/// A block and the symbols of its items, in order. The items' own `#[kernel]` are gone.
pub struct Kernel {
    pub object: LitStr,
    pub block: ItemForeignMod,
    pub symbols: Vec<Symbol>,
    /// What rustc has to find of the items' types.
    pub questions: Vec<Question>,
}

/// Checks arguments and items.
pub fn kernel(args: args::Kernel, mut block: ItemForeignMod) -> Result<Kernel> {
    let mut errors = Errors::default();
    head(&block, &mut errors);
    let object = symbol::object(args.object, block.abi.extern_token, "#[kernel", &mut errors);
    let items = block.items.iter_mut().map(|item| one(item, &mut errors));
    // Not short-circuiting: every item's errors are wanted.
    let items: Vec<_> = items.collect();
    let items: Option<Vec<_>> = items.into_iter().collect();
    let model = object.zip(items).map(|(object, items)| Kernel {
        questions: questions(&block, &object, &items, &mut errors),
        symbols: items.into_iter().map(|item| item.symbol).collect(),
        object,
        block,
    });
    errors.finish(model)
}

fn head(block: &ItemForeignMod, errors: &mut Errors) {
    let wanted = messages::kernel_block();
    match &block.abi.name {
        Some(name) if name.value() != "C" => errors.push(name, wanted),
        None => errors.push(&block.abi, wanted),
        Some(_) if block.unsafety.is_none() => errors.push(&block.abi, wanted),
        Some(_) => {}
    }
}

/// What an item's own `#[kernel]` says, or leaves out.
struct Item {
    symbol: Symbol,
    unchecked: bool,
}

/// Compares the items with the kernel's types.
fn questions(
    block: &ItemForeignMod,
    object: &LitStr,
    items: &[Item],
    errors: &mut Errors,
) -> Vec<Question> {
    let checked = block.items.iter().zip(items);
    let mut questions = Vec::new();
    for (item, Item { symbol, .. }) in checked.filter(|(_, item)| !item.unchecked) {
        match item {
            ForeignItem::Fn(item) => {
                questions.extend(prototype::function(&item.sig, object, symbol, errors));
            }
            ForeignItem::Static(item) => {
                questions.extend(prototype::variable(&item.ty, object, symbol, errors));
            }
            _ => {}
        }
    }
    questions
}

fn one(item: &mut ForeignItem, errors: &mut Errors) -> Option<Item> {
    let (attributes, ident) = match item {
        ForeignItem::Fn(item) => (&mut item.attrs, &item.sig.ident),
        ForeignItem::Static(item) => (&mut item.attrs, &item.ident),
        other => {
            let message =
                "only functions and statics have symbols: declare it outside of the block";
            errors.push(other, messages::kernel_item(message));
            return None;
        }
    };
    for attribute in attributes.iter().filter(|a| a.path().is_ident("link_name")) {
        let message = "`#[kernel]` gives the link name: write `#[kernel(symbol = \"…\")]` instead";
        errors.push(attribute, messages::kernel_item(message));
    }
    own_symbol(attributes, ident, errors)
}

/// The item's symbol, from its own `#[kernel]` if it has one, which is taken away.
fn own_symbol(attributes: &mut Vec<Attribute>, ident: &Ident, errors: &mut Errors) -> Option<Item> {
    let mut own = attributes.extract_if(.., |attribute| is_kernel(attribute));
    let args = own.next().map(item_args);
    if let Some(second) = own.next() {
        let message = "one `#[kernel]` is enough for an item: put the arguments into one";
        errors.push(second, messages::kernel_item(message));
    }
    let args: args::KernelItem = match args {
        None => args::KernelItem::default(),
        Some(args) => errors.take(args)?,
    };
    let unchecked = symbol::said(args.unchecked, errors);
    let symbol = symbol::symbol(args.symbol, args.sympos, ident, errors)?;
    Some(Item { symbol, unchecked })
}

fn item_args(attribute: Attribute) -> Result<args::KernelItem> {
    match attribute.meta {
        Meta::List(list) => args::attribute(list.tokens),
        other => {
            let message = "on an item, write `#[kernel(symbol = \"…\", sympos = N)]`";
            let message = messages::kernel_item(message);
            Err(syn::Error::new_spanned(other.into_token_stream(), message))
        }
    }
}

/// Whether it is `#[kernel]`, by whatever path.
pub fn is_kernel(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "kernel")
}
