// SPDX-License-Identifier: GPL-2.0-only
//! Sizes and C spellings of types.

use btf_rs::{BtfType, Type};

use super::Layout;

/// Longest chain of modifiers, arrays and pointers followed: input may loop.
pub(super) const DEPTH: usize = 64;
/// `sizeof(void *)` on x86-64.
const POINTER: u64 = 8;

impl Layout {
    /// The type with number `id`; 0 is void.
    pub(super) fn by_id(&self, id: u32) -> Option<Type> {
        self.btf.resolve_type_by_id(id).ok()
    }

    /// Name of a type or member; empty when it has none.
    pub(super) fn name_of(&self, named: &dyn BtfType) -> String {
        self.btf.resolve_name(named).unwrap_or_default()
    }

    /// The type behind typedefs, `const`, `volatile` and the like.
    pub(super) fn stripped(&self, id: u32) -> Option<Type> {
        let mut kind = self.by_id(id)?;
        for _ in 0..DEPTH {
            let next = match &kind {
                Type::Typedef(inner) => inner.get_type_id(),
                Type::Const(inner) | Type::Volatile(inner) | Type::Restrict(inner) => {
                    inner.get_type_id()
                }
                Type::TypeTag(inner) => inner.get_type_id(),
                _ => return Some(kind),
            };
            kind = self.by_id(next?)?;
        }
        None
    }

    /// `sizeof` in bytes; 0 for what has no size.
    pub(super) fn size_of(&self, id: u32) -> u64 {
        let mut id = id;
        let mut count: u64 = 1;
        for _ in 0..DEPTH {
            let size = match self.stripped(id) {
                Some(Type::Array(array)) => {
                    count = count.saturating_mul(array.len() as u64);
                    id = array.get_type_id().unwrap_or_default();
                    continue;
                }
                Some(Type::Int(int)) => int.size() as u64,
                Some(Type::Ptr(_)) => POINTER,
                Some(Type::Struct(inner) | Type::Union(inner)) => inner.size() as u64,
                Some(Type::Enum(inner)) => inner.size() as u64,
                Some(Type::Enum64(inner)) => inner.size() as u64,
                Some(Type::Float(inner)) => inner.size() as u64,
                _ => 0,
            };
            return count.saturating_mul(size);
        }
        0
    }

    /// C spelling, e.g. `struct seq_file *`, `const char *`, `u64[4]`.
    pub(super) fn spelling(&self, id: u32) -> String {
        self.spelled(id, DEPTH)
    }

    fn spelled(&self, id: u32, depth: usize) -> String {
        let Some((kind, depth)) = self.by_id(id).zip(depth.checked_sub(1)) else {
            return "?".to_owned();
        };
        let inner = |named: &dyn BtfType| self.spelled(named.get_type_id().unwrap_or(0), depth);
        match &kind {
            Type::Void => "void".to_owned(),
            Type::Ptr(pointer) => match self.by_id(pointer.get_type_id().unwrap_or(0)) {
                Some(Type::FuncProto(_)) => "function pointer".to_owned(),
                _ => joined(&inner(pointer), "*"),
            },
            Type::Const(kind) => self.qualified("const", kind.get_type_id(), depth),
            Type::Volatile(kind) => self.qualified("volatile", kind.get_type_id(), depth),
            Type::Restrict(kind) => inner(kind),
            Type::TypeTag(kind) => inner(kind),
            Type::Array(array) => format!("{}[{}]", inner(array), array.len()),
            Type::Struct(named) => self.tagged("struct", named),
            Type::Union(named) => self.tagged("union", named),
            Type::Enum(named) => self.tagged("enum", named),
            Type::Enum64(named) => self.tagged("enum", named),
            Type::Fwd(named) if named.is_union() => self.tagged("union", named),
            Type::Fwd(named) => self.tagged("struct", named),
            Type::FuncProto(_) => "function".to_owned(),
            other => other
                .as_btf_type()
                .map_or_else(String::new, |named| self.name_of(named)),
        }
    }

    /// A qualifier stands before a plain type, but after a pointer.
    fn qualified(&self, word: &str, id: Option<u32>, depth: usize) -> String {
        let inner = self.spelled(id.unwrap_or(0), depth);
        if inner.ends_with('*') {
            format!("{inner} {word}")
        } else {
            format!("{word} {inner}")
        }
    }

    fn tagged(&self, tag: &str, named: &dyn BtfType) -> String {
        match self.name_of(named) {
            name if name.is_empty() => format!("{tag} (anonymous)"),
            name => format!("{tag} {name}"),
        }
    }
}

fn joined(inner: &str, star: &str) -> String {
    if inner.ends_with('*') {
        format!("{inner}{star}")
    } else {
        format!("{inner} {star}")
    }
}
