// SPDX-License-Identifier: GPL-2.0-only
//! C types to Rust types.

use super::model::{Definition, Opaque};
use super::{align, copied, record};
use klp_types::{Encoding, Kind, Layout, TypeId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// Deepest nesting of pointers, arrays and function types followed: input may loop.
const DEPTH: usize = 32;
/// Opaque types that klp-kernel has for all patches.
const KNOWN: [&str; 3] = ["klp_object", "klp_patch", "seq_file"];

/// Translates types and collects the definitions that this takes.
pub struct Translator<'a> {
    pub layout: &'a Layout,
    /// Names that have, or will have, a definition.
    defined: BTreeSet<String>,
    /// Enums among them.
    enums: BTreeSet<String>,
    /// What was needed beside the author's own list.
    pub needed: BTreeMap<String, Definition>,
}

impl<'a> Translator<'a> {
    /// `records` and `enums` are what the author lists.
    pub fn new(layout: &'a Layout, records: BTreeSet<String>, enums: BTreeSet<String>) -> Self {
        Self {
            layout,
            defined: records,
            enums,
            needed: BTreeMap::new(),
        }
    }

    /// The Rust type; `place` names an anonymous struct by where it is.
    pub fn translate(&mut self, id: TypeId, place: &str) -> TokenStream {
        self.within(id, place, DEPTH)
    }

    fn within(&mut self, id: TypeId, place: &str, depth: usize) -> TokenStream {
        let Some(depth) = depth.checked_sub(1) else {
            return quote!(::core::ffi::c_void);
        };
        match self.layout.kind(id) {
            Kind::Void | Kind::Function { .. } => quote!(::core::ffi::c_void),
            Kind::Int { size, encoding } => integer(size, encoding),
            Kind::Enum { name, .. } if self.enums.contains(&name) => named(&name),
            Kind::Enum { size, signed, .. } => enum_integer(size, signed),
            Kind::Pointer { to, constant } => self.pointer(to, constant, place, depth),
            Kind::Array { of, length } => {
                let length = usize::try_from(length).unwrap_or(0);
                let element = self.within(of, place, depth);
                quote!([#element; #length])
            }
            Kind::Record { name } => self.record(id, name, place),
            Kind::Declared { name } => self.opaque(id, name),
            Kind::Other { size } => {
                let size = usize::try_from(size).unwrap_or(0);
                quote!([u8; #size])
            }
            _ => quote!(::core::ffi::c_void),
        }
    }

    fn pointer(&mut self, to: TypeId, constant: bool, place: &str, depth: usize) -> TokenStream {
        let target = match self.layout.kind(to) {
            Kind::Function {
                returns,
                parameters,
                variadic,
            } => return self.function((returns, &parameters), variadic, place, depth),
            Kind::Record { name } if self.is_known(&name) => known(&name),
            Kind::Record { name } if name.is_empty() && self.layout.typedef(to).is_none() => {
                quote!(::core::ffi::c_void)
            }
            _ => self.within(to, place, depth),
        };
        match constant {
            true => quote!(*const #target),
            false => quote!(*mut #target),
        }
    }

    fn function(
        &mut self,
        (returns, parameters): (TypeId, &[TypeId]),
        variadic: bool,
        place: &str,
        depth: usize,
    ) -> TokenStream {
        let parameters = parameters.iter();
        let types: Vec<_> = parameters
            .map(|id| self.within(*id, place, depth))
            .collect();
        let dots = variadic.then(|| quote!(...));
        let output = match self.layout.kind(returns) {
            Kind::Void => None,
            _ => Some(self.within(returns, place, depth)),
        };
        let output = output.map(|output| quote!(-> #output));
        quote!(::core::option::Option<unsafe extern "C" fn(#(#types,)* #dots) #output>)
    }

    /// A struct or union by value, or behind a pointer.
    fn record(&mut self, id: TypeId, tag: String, place: &str) -> TokenStream {
        let anonymous = tag.is_empty();
        let name = match anonymous {
            true => self.layout.typedef(id).unwrap_or_else(|| place.to_owned()),
            false => tag,
        };
        if let Some(own) = rusts_own(&name).filter(|_| !self.defined.contains(&name)) {
            return own;
        }
        if !anonymous {
            return self.opaque(id, name);
        }
        if self.defined.insert(name.clone())
            && let Some(found) = self.layout.record(id)
        {
            let ident = ident(&name, Span::call_site());
            let definition = record::whole(self, ident, found);
            self.needed
                .insert(name.clone(), Definition::Record(definition));
        }
        named(&name)
    }

    fn opaque(&mut self, id: TypeId, name: String) -> TokenStream {
        if self.defined.insert(name.clone()) {
            let definition = Opaque {
                attributes: Vec::new(),
                ident: ident(&name, Span::call_site()),
                in_c: self.layout.spelled_in_c(id),
                size: usize::try_from(self.layout.record(id).map_or(0, |found| found.size))
                    .unwrap_or(0),
                align: align::of(self.layout, id),
                copied: copied::value(self.layout, id),
            };
            self.needed
                .insert(name.clone(), Definition::Opaque(definition));
        }
        named(&name)
    }

    fn is_known(&self, name: &str) -> bool {
        KNOWN.contains(&name) && !self.defined.contains(name)
    }
}

/// The kernel's name as an identifier, raw where it is a keyword of Rust.
pub fn ident(name: &str, span: Span) -> Ident {
    match name {
        "self" | "Self" | "super" | "crate" | "_" => Ident::new(&format!("{name}_"), span),
        // A keyword since edition 2024, which syn does not count as one.
        "gen" => Ident::new_raw(name, span),
        _ if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, span),
        _ => Ident::new_raw(name, span),
    }
}

fn named(name: &str) -> TokenStream {
    let ident = ident(name, Span::call_site());
    quote!(#ident)
}

fn known(name: &str) -> TokenStream {
    let ident = ident(name, Span::call_site());
    quote!(::klp_kernel::__private::#ident)
}

/// The type of what others know by its address, which one made of its members would not do.
pub fn rusts_own(name: &str) -> Option<TokenStream> {
    match name {
        "atomic_t" => Some(quote!(::core::sync::atomic::AtomicI32)),
        "atomic64_t" => Some(quote!(::core::sync::atomic::AtomicI64)),
        "list_head" => Some(quote!(::klp_kernel::list::list_head)),
        _ => None,
    }
}

fn integer(size: u64, encoding: Encoding) -> TokenStream {
    match (size, encoding) {
        (1, Encoding::Bool) => quote!(bool),
        (1, Encoding::Char) => quote!(::core::ffi::c_char),
        (size, Encoding::Signed) => enum_integer(size, true),
        (size, _) => enum_integer(size, false),
    }
}

/// An integer of this size and sign.
pub fn enum_integer(size: u64, signed: bool) -> TokenStream {
    match (size, signed) {
        (1, true) => quote!(i8),
        (1, false) => quote!(u8),
        (2, true) => quote!(i16),
        (2, false) => quote!(u16),
        (4, true) => quote!(i32),
        (4, false) => quote!(u32),
        (8, true) => quote!(i64),
        (8, false) => quote!(u64),
        (16, true) => quote!(i128),
        (16, false) => quote!(u128),
        (size, _) => {
            let size = usize::try_from(size).unwrap_or(0);
            quote!([u8; #size])
        }
    }
}
