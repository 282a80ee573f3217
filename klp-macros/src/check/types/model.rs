// SPDX-License-Identifier: GPL-2.0-only
//! Definitions to generate: everything that `expand` needs, with nothing left to look up.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Type};

/// One item.
pub enum Definition {
    Record(Record),
    Opaque(Opaque),
    Enumeration(Enumeration),
    Constant(Constant),
}

/// A struct or union with members.
pub struct Record {
    pub attributes: Vec<Attribute>,
    pub ident: Ident,
    /// Its C name, for the documentation.
    pub in_c: String,
    pub union: bool,
    pub size: usize,
    /// Its alignment; 1 for packed ones.
    pub align: usize,
    pub packed: bool,
    /// Whether values may be copied.
    pub copied: bool,
    /// In order of offset.
    pub members: Vec<Member>,
}

/// A member that was asked for.
pub struct Member {
    pub ident: Ident,
    /// C spelling of its type.
    pub in_c: String,
    /// Rust type.
    pub ty: TokenStream,
    /// Whether values of it may be copied.
    pub copied: bool,
    pub place: Place,
}

/// Where a member is, in bytes but for bit fields.
pub enum Place {
    /// A field of the Rust type.
    Field { offset: usize, size: usize },
    /// Shares its place with others, in an anonymous union.
    Shared { offset: usize },
    /// A bit field.
    Bits {
        offset: usize,
        width: u32,
        value: BitValue,
    },
}

/// What the bits of a bit field mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BitValue {
    Bool,
    Signed,
    Unsigned,
}

/// A type that is only pointed to, or whose members nobody asked for.
pub struct Opaque {
    pub attributes: Vec<Attribute>,
    pub ident: Ident,
    /// C spelling.
    pub in_c: String,
    pub size: usize,
    pub align: usize,
    /// Whether values may be copied.
    pub copied: bool,
}

/// An enum.
pub struct Enumeration {
    pub attributes: Vec<Attribute>,
    pub ident: Ident,
    pub integer: TokenStream,
    pub signed: bool,
    pub enumerators: Vec<(Ident, i128)>,
}

/// An enumerator by itself.
pub struct Constant {
    pub attributes: Vec<Attribute>,
    pub ident: Ident,
    pub ty: Type,
    pub value: i64,
}
