// SPDX-License-Identifier: GPL-2.0-only
//! One C type and one Rust type.

use super::rust::Rust;
use klp_types::{Encoding, Kind, Layout, TypeId};
use syn::Type;

/// How C passes a value of some type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    Signed,
    Unsigned,
    /// An integer of either sign.
    Integer,
    Pointer,
    Record,
    /// In some way of its own: only the size is compared.
    Unknown,
}

/// What came of a comparison.
pub enum Verdict {
    Same,
    /// Different; what the C type is, unless its spelling says it all.
    Differs(Option<String>),
    /// The same if rustc finds this size and this way of passing it.
    Ask(u64, Passed),
}

use Verdict::{Ask, Differs, Same};

/// Compares the type of a parameter, a return value or a variable.
pub fn value(layout: &Layout, c: TypeId, rust: &Rust<'_>) -> Verdict {
    let size = layout.size(c);
    match (layout.kind(c), rust) {
        (Kind::Void, Rust::Unit | Rust::Never) => Same,
        (Kind::Void, _) => Differs(None),
        (_, Rust::Never) => Same,
        (Kind::Int { encoding, .. }, Rust::Int(width, rust)) => {
            integer((size, encoding), *width, *rust)
        }
        (Kind::Int { encoding, .. }, Rust::Named(_)) => Ask(size, passed(encoding)),
        (Kind::Enum { .. }, Rust::Int(width, rust)) => {
            match *width == size && *rust != Encoding::Bool {
                true => Same,
                false => Differs(Some(format!("an enum of {}", bytes(size)))),
            }
        }
        (Kind::Enum { .. }, Rust::Named(_)) => Ask(size, Passed::Integer),
        (Kind::Pointer { to, .. }, Rust::Pointer(elem)) => pointee(layout, to, elem),
        (Kind::Pointer { to, .. }, Rust::Function) => match layout.kind(to) {
            Kind::Function { .. } | Kind::Void => Same,
            _ => Differs(Some("a pointer to data".into())),
        },
        (Kind::Pointer { .. }, Rust::Named(_)) => Ask(size, Passed::Pointer),
        (Kind::Record { name }, Rust::Named(rust)) => match other_record(layout, &name, c, rust) {
            true => Differs(None),
            false => Ask(size, Passed::Record),
        },
        (Kind::Array { .. }, Rust::Array | Rust::Named(_)) => Ask(size, Passed::Record),
        (Kind::Other { size }, Rust::Named(_)) => Ask(size, Passed::Unknown),
        (kind, _) => Differs(in_words(&kind, size)),
    }
}

fn integer((size, encoding): (u64, Encoding), width: u64, rust: Encoding) -> Verdict {
    use Encoding::{Bool, Char};
    let same_kind = match (encoding, rust) {
        // A byte is a byte, but C promises that a `bool` is 0 or 1, and Rust relies on it.
        (Bool, Bool | Char) => true,
        (_, Bool) => false,
        (Char, _) | (_, Char) => true,
        (c, rust) => c == rust,
    };
    match size == width && same_kind {
        true => Same,
        false => Differs(Some(integer_in_words(size, encoding))),
    }
}

/// What is pointed to: names of the kernel's structs, widths of integers, and so on inwards.
fn pointee(layout: &Layout, c: TypeId, elem: &Type) -> Verdict {
    let rust = Rust::of(elem);
    match (layout.kind(c), &rust) {
        (Kind::Void, _) | (_, Rust::Void | Rust::Array) => Same,
        (Kind::Int { size, .. }, Rust::Int(width, _)) if size == *width => Same,
        (Kind::Enum { size, .. }, Rust::Int(width, _)) if size == *width => Same,
        (Kind::Pointer { to, .. }, Rust::Pointer(elem)) => pointee(layout, to, elem),
        (Kind::Record { name } | Kind::Declared { name }, Rust::Named(rust)) => {
            match other_record(layout, &name, c, rust) {
                true => Differs(None),
                false => Same,
            }
        }
        (_, Rust::Named(rust)) if layout.of_record(rust).is_err() => Same,
        (Kind::Array { .. } | Kind::Other { .. }, _) => Same,
        _ => Differs(None),
    }
}

/// Whether a Rust name is that of another struct or union of the kernel. A name that the kernel
/// does not have is the author's own.
fn other_record(layout: &Layout, name: &str, c: TypeId, rust: &str) -> bool {
    let is_it = name == rust || layout.typedef(c).is_some_and(|typedef| typedef == rust);
    !is_it && layout.of_record(rust).is_ok()
}

fn passed(encoding: Encoding) -> Passed {
    match encoding {
        Encoding::Signed => Passed::Signed,
        Encoding::Unsigned => Passed::Unsigned,
        Encoding::Bool | Encoding::Char => Passed::Integer,
    }
}

fn in_words(kind: &Kind, size: u64) -> Option<String> {
    match kind {
        Kind::Int { encoding, .. } => Some(integer_in_words(size, *encoding)),
        Kind::Enum { .. } => Some(format!("an enum of {}", bytes(size))),
        Kind::Pointer { .. } => Some("a pointer".into()),
        _ => None,
    }
}

fn integer_in_words(size: u64, encoding: Encoding) -> String {
    match encoding {
        Encoding::Bool => "a `bool`".into(),
        Encoding::Char => "a `char`".into(),
        Encoding::Signed => {
            let names = ["i8", "i16", "c_int", "c_long"];
            format!("a signed integer of {}{}", bytes(size), named(size, names))
        }
        Encoding::Unsigned => {
            let names = ["u8", "u16", "c_uint", "c_ulong"];
            format!(
                "an unsigned integer of {}{}",
                bytes(size),
                named(size, names)
            )
        }
    }
}

/// How Rust writes an integer of that many bytes, of those of 1, 2, 4 and 8.
fn named(size: u64, names: [&str; 4]) -> String {
    let name = names.get(size.trailing_zeros() as usize);
    name.map_or(String::new(), |name| format!(" (`{name}`)"))
}

fn bytes(size: u64) -> String {
    match size {
        1 => "1 byte".into(),
        _ => format!("{size} bytes"),
    }
}
