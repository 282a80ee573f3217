// SPDX-License-Identifier: GPL-2.0-only
//! `#[kernel]` to link names.

use super::questions::answered;
use crate::check::{self, Kernel, Symbol};
use klp_runtime::contract::symbol::KERNEL;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, ForeignItem, parse_quote};

pub fn kernel(mut model: Kernel) -> TokenStream {
    let object = model.object.value();
    for (item, symbol) in model.block.items.iter_mut().zip(&model.symbols) {
        let Symbol { name, sympos } = symbol;
        let link_name = format!("{KERNEL}{object}.{name},{sympos}");
        if let Some(attributes) = attributes(item) {
            attributes.push(parse_quote!(#[link_name = #link_name]));
        }
    }
    let answered = answered(&[], &model.questions);
    let block = model.block;
    quote!(#block #answered)
}

/// The author's block beside errors: without the items' own `#[kernel]`, which would be reported
/// as well.
pub fn plain_block(item: &TokenStream) -> TokenStream {
    let Ok(mut block) = check::foreign_block(item.clone()) else {
        return item.clone();
    };
    for attributes in block.items.iter_mut().filter_map(attributes) {
        attributes.retain(|attribute| !check::is_kernel(attribute));
    }
    block.into_token_stream()
}

fn attributes(item: &mut ForeignItem) -> Option<&mut Vec<Attribute>> {
    match item {
        ForeignItem::Fn(item) => Some(&mut item.attrs),
        ForeignItem::Static(item) => Some(&mut item.attrs),
        _ => None,
    }
}
