// SPDX-License-Identifier: GPL-2.0-only
//! A struct or union with members.

use super::members::methods;
use super::{alignment, asserted, copying, passed, zeroable};
use crate::check::types::{Member, Place, Record};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

pub fn record(model: &Record) -> TokenStream {
    let Record {
        attributes,
        ident,
        in_c,
        size,
        align,
        ..
    } = model;
    let doc = format!("`{in_c}`, {size} bytes.");
    let repr = match model.packed {
        true => quote!(#[repr(C, packed)]),
        false => quote!(#[repr(C)]),
    };
    let (keyword, fields) = match model.union {
        true => (quote!(union), overlapping(model)),
        false => (quote!(struct), in_order(model)),
    };
    let (asserted, offsets) = (asserted(ident, *size, *align), offsets(model));
    let (methods, passed) = (methods(model), passed(ident, quote!(Record)));
    let (copying, zeroable) = (copying(model.copied), zeroable(ident));
    quote! {
        #[doc = #doc]
        #(#attributes)*
        #repr
        #copying
        #[allow(non_camel_case_types, non_snake_case, dead_code)]
        pub #keyword #ident { #fields }
        #asserted
        #offsets
        #methods
        #passed
        #zeroable
    }
}

/// The fields of a struct, and bytes between them.
fn in_order(model: &Record) -> TokenStream {
    let mut names = Names::new(model);
    let (align, alignment) = (names.unused("align"), alignment(model.align));
    let mut fields = quote!(#align: [#alignment; 0],);
    let mut end = 0;
    for (member, offset, size) in model.members.iter().filter_map(field) {
        fields.extend(gap(&mut names, end, offset));
        fields.extend(one(member, offset, &member.ty));
        end = offset + size;
    }
    fields.extend(gap(&mut names, end, model.size));
    fields
}

/// The fields of a union, and bytes of its size.
fn overlapping(model: &Record) -> TokenStream {
    let mut names = Names::new(model);
    let (align, alignment) = (names.unused("align"), alignment(model.align));
    let (bytes, size) = (names.unused("bytes"), model.size);
    let fields = model.members.iter().filter_map(field);
    let fields = fields.filter(|(_, offset, _)| *offset == 0);
    let fields = fields.map(|(member, offset, _)| one(member, offset, &undropped(member)));
    quote! {
        #align: [#alignment; 0],
        #bytes: [::core::mem::MaybeUninit<u8>; #size],
        #(#fields)*
    }
}

fn field(member: &Member) -> Option<(&Member, usize, usize)> {
    match member.place {
        Place::Field { offset, size } => Some((member, offset, size)),
        _ => None,
    }
}

/// A member's type in a union, where Rust wants to see that there is nothing to drop.
fn undropped(member: &Member) -> TokenStream {
    let ty = &member.ty;
    match member.copied {
        true => ty.clone(),
        false => quote!(::core::mem::ManuallyDrop<#ty>),
    }
}

fn one(member: &Member, offset: usize, ty: &TokenStream) -> TokenStream {
    let Member { ident, in_c, .. } = member;
    let doc = format!("`{in_c}`, at {offset}.");
    quote!(#[doc = #doc] pub #ident: #ty,)
}

/// Bytes that nobody asked for.
fn gap(names: &mut Names, start: usize, end: usize) -> Option<TokenStream> {
    let size = end.checked_sub(start).filter(|size| *size != 0)?;
    let name = names.unused(&format!("at_{start}"));
    Some(quote!(#name: [::core::mem::MaybeUninit<u8>; #size],))
}

/// That rustc puts the fields where the kernel's compiler put them.
fn offsets(model: &Record) -> TokenStream {
    let fields = model.members.iter().filter_map(field);
    let fields = fields.filter(|(_, offset, _)| !model.union || *offset == 0);
    let ident = &model.ident;
    let assertions = fields.map(|(member, offset, _)| {
        let name = &member.ident;
        let offset = Literal::usize_unsuffixed(offset);
        quote!(assert!(::core::mem::offset_of!(#ident, #name) == #offset);)
    });
    quote!(const _: () = { #(#assertions)* };)
}

/// Names of fields that are no member's.
struct Names(BTreeSet<String>);

impl Names {
    fn new(model: &Record) -> Self {
        let members = model.members.iter();
        Self(members.map(|member| member.ident.to_string()).collect())
    }

    fn unused(&mut self, name: &str) -> Ident {
        let mut name = format!("_{name}");
        while !self.0.insert(name.clone()) {
            name.insert(0, '_');
        }
        format_ident!("{name}", span = Span::call_site())
    }
}
