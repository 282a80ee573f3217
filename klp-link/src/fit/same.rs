// SPDX-License-Identifier: GPL-2.0-only
//! Whether two kernels mean the same type: as the macros compare Rust with C, so what names a struct
//! counts and what is in it does not, and neither do `const` and names of typedefs.

use klp_types::{Encoding, Kind, TypeId};

use crate::profile::{Layout, Prototype};

/// Longest chain of pointers and arrays followed: input may loop.
const DEPTH: usize = 16;

/// The same function to its callers.
pub(super) fn prototype(a: (&Layout, &Prototype), b: (&Layout, &Prototype)) -> bool {
    let parameters = |prototype: &Prototype| -> Vec<TypeId> {
        let all = prototype.parameters.iter();
        all.map(|parameter| parameter.type_id).collect()
    };
    let (ours, theirs) = (parameters(a.1), parameters(b.1));
    let mut pairs = ours.iter().zip(&theirs);
    ours.len() == theirs.len()
        && a.1.variadic == b.1.variadic
        && types((a.0, a.1.return_id), (b.0, b.1.return_id))
        && pairs.all(|(ours, theirs)| types((a.0, *ours), (b.0, *theirs)))
}

/// The same type.
pub(super) fn types(a: (&Layout, TypeId), b: (&Layout, TypeId)) -> bool {
    within(a, b, DEPTH)
}

fn within(a: (&Layout, TypeId), b: (&Layout, TypeId), depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    let inner = |ours: TypeId, theirs: TypeId| within((a.0, ours), (b.0, theirs), depth);
    match (a.0.kind(a.1), b.0.kind(b.1)) {
        (
            Kind::Int { size, encoding },
            Kind::Int {
                size: s,
                encoding: e,
            },
        ) => size == s && (encoding == e || is_char(encoding) && is_char(e)),
        (
            Kind::Enum { name, size, .. },
            Kind::Enum {
                name: n, size: s, ..
            },
        ) => name == n && size == s,
        (Kind::Pointer { to, .. }, Kind::Pointer { to: t, .. }) => inner(to, t),
        (Kind::Array { of, length }, Kind::Array { of: o, length: l }) => {
            length == l && inner(of, o)
        }
        (
            Kind::Record { name } | Kind::Declared { name },
            Kind::Record { name: n } | Kind::Declared { name: n },
        ) => name == n && (!name.is_empty() || a.0.typedef(a.1) == b.0.typedef(b.1)),
        (Kind::Other { size }, Kind::Other { size: s }) => size == s,
        (Kind::Void, Kind::Void) | (Kind::Function { .. }, Kind::Function { .. }) => true,
        _ => false,
    }
}

fn is_char(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::Char)
}
