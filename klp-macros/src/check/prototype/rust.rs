// SPDX-License-Identifier: GPL-2.0-only
//! What a macro can know of a type from how it is written.

use klp_types::Encoding;
use syn::ext::IdentExt;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

/// A type as C code sees it.
pub enum Rust<'a> {
    /// `()`, or no return type.
    Unit,
    /// `!`.
    Never,
    /// `c_void`.
    Void,
    /// An integer of this many bytes.
    Int(u64, Encoding),
    /// A pointer or reference, and what it points to.
    Pointer(&'a Type),
    /// A pointer to a function.
    Function,
    /// Some other name: only rustc knows what it is.
    Named(String),
    /// An array: its size is rustc's to compute.
    Array,
    /// Something that C has no word for.
    Foreign,
}

impl<'a> Rust<'a> {
    /// What `ty` is.
    pub fn of(ty: &'a Type) -> Self {
        match ty {
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Never(_) => Self::Never,
            Type::Tuple(tuple) if tuple.elems.is_empty() => Self::Unit,
            Type::Ptr(pointer) => Self::pointer(&pointer.elem),
            Type::Reference(reference) => Self::pointer(&reference.elem),
            Type::FnPtr(_) => Self::Function,
            Type::Array(_) => Self::Array,
            Type::Path(path) if path.qself.is_none() => Self::path(&path.path),
            Type::Path(_) | Type::Macro(_) => Self::Named(String::new()),
            _ => Self::Foreign,
        }
    }

    /// Pointers to slices, strings and trait objects are two words long.
    fn pointer(to: &'a Type) -> Self {
        let is_str = |path: &Path| path.is_ident("str");
        match to {
            Type::Slice(_) | Type::TraitObject(_) => Self::Foreign,
            Type::Path(path) if is_str(&path.path) => Self::Foreign,
            _ => Self::Pointer(to),
        }
    }

    fn path(path: &'a Path) -> Self {
        let Some(last) = path.segments.last() else {
            return Self::Foreign;
        };
        let name = last.ident.unraw().to_string();
        match (primitive(&name), argument(last)) {
            (Some(known), None) => known,
            (None, Some(inner)) if name == "NonNull" => Self::pointer(inner),
            (None, Some(inner)) if name == "Option" => Self::nullable(inner),
            _ => Self::Named(name),
        }
    }

    /// `Option` of something that is never null.
    fn nullable(inner: &'a Type) -> Self {
        match (inner, Self::of(inner)) {
            (Type::Ptr(_), _) => Self::Foreign,
            (_, known @ (Self::Pointer(_) | Self::Function)) => known,
            (_, Self::Named(_)) => Self::Named(String::new()),
            _ => Self::Foreign,
        }
    }
}

/// The first generic argument that is a type.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = &segment.arguments else {
        return None;
    };
    list.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The types that everybody knows, as x86-64 has them.
fn primitive<'a>(name: &str) -> Option<Rust<'a>> {
    use Encoding::{Bool, Char, Signed, Unsigned};
    let (size, encoding) = match name {
        "c_void" => return Some(Rust::Void),
        "bool" => (1, Bool),
        "c_char" | "c_schar" | "c_uchar" | "i8" | "u8" => (1, Char),
        "c_short" | "i16" => (2, Signed),
        "c_ushort" | "u16" => (2, Unsigned),
        "c_int" | "i32" => (4, Signed),
        "c_uint" | "u32" => (4, Unsigned),
        "c_long" | "c_longlong" | "i64" | "isize" => (8, Signed),
        "c_ulong" | "c_ulonglong" | "u64" | "usize" => (8, Unsigned),
        "i128" => (16, Signed),
        "u128" => (16, Unsigned),
        _ => return None,
    };
    Some(Rust::Int(size, encoding))
}
