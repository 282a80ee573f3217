// SPDX-License-Identifier: GPL-2.0-only
//! Sizes and C spellings of types.

use super::Layout;
use super::proto::is_dots;
use super::raw::{Class, RawType};

/// Longest chain of modifiers, arrays and pointers followed: input may loop.
pub(super) const DEPTH: usize = 64;
/// `sizeof(void *)` on x86-64.
const POINTER: u64 = 8;

impl Layout {
    /// The type with number `id`; 0 is void.
    pub(super) fn by_id(&self, id: u32) -> Option<RawType<'_>> {
        self.btf.by_id(id)
    }

    /// A name, owned.
    pub(super) fn name(&self, offset: u32) -> String {
        self.btf.string(offset).to_owned()
    }

    /// The type behind typedefs, `const`, `volatile` and the like.
    pub(super) fn stripped(&self, id: u32) -> Option<RawType<'_>> {
        self.chain(id).find(|found| !is_modifier(found.class))
    }

    /// The type, and what it stands for, as far as one leads to another.
    pub(super) fn chain(&self, id: u32) -> impl Iterator<Item = RawType<'_>> {
        let next = |found: &RawType<'_>| match is_modifier(found.class) {
            true => self.by_id(found.word),
            false => None,
        };
        std::iter::successors(self.by_id(id), next).take(DEPTH)
    }

    /// `sizeof` in bytes; 0 for what has no size.
    pub(super) fn size_of(&self, id: u32) -> u64 {
        let mut id = id;
        let mut count: u64 = 1;
        for _ in 0..DEPTH {
            let Some(found) = self.stripped(id) else {
                return 0;
            };
            let size = match found.class {
                Class::Array => {
                    let (element, length) = found.array();
                    count = count.saturating_mul(length.into());
                    id = element;
                    continue;
                }
                Class::Ptr => POINTER,
                Class::Int | Class::Struct | Class::Union => found.size(),
                Class::Enum | Class::Enum64 | Class::Float => found.size(),
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
        let Some((found, depth)) = self.by_id(id).zip(depth.checked_sub(1)) else {
            return "?".to_owned();
        };
        let inner = || self.spelled(found.word, depth);
        match found.class {
            Class::Void => "void".to_owned(),
            Class::Ptr => match self.by_id(found.word).map(|to| to.class) {
                Some(Class::FuncProto) => self.function_pointer(found.word, depth),
                _ => joined(&inner(), "*"),
            },
            Class::Const => qualified("const", &inner()),
            Class::Volatile => qualified("volatile", &inner()),
            Class::Restrict | Class::TypeTag => inner(),
            Class::Array => {
                let (element, length) = found.array();
                format!("{}[{length}]", self.spelled(element, depth))
            }
            Class::Struct => self.tagged("struct", found),
            Class::Union => self.tagged("union", found),
            Class::Enum | Class::Enum64 => self.tagged("enum", found),
            Class::Fwd if found.flag => self.tagged("union", found),
            Class::Fwd => self.tagged("struct", found),
            Class::FuncProto => "function".to_owned(),
            _ => self.name(found.name),
        }
    }

    /// `int (*)(int, ...)`.
    fn function_pointer(&self, id: u32, depth: usize) -> String {
        let Some(found) = self.by_id(id) else {
            return "?".to_owned();
        };
        let parameters = found
            .parameters()
            .map(|parameter| match is_dots(parameter) {
                true => "...".to_owned(),
                false => self.spelled(parameter.1, depth),
            });
        let parameters: Vec<_> = parameters.collect();
        let returns = self.spelled(found.word, depth);
        let parameters = match parameters.as_slice() {
            [] => "void".to_owned(),
            list => list.join(", "),
        };
        format!("{returns} (*)({parameters})")
    }

    fn tagged(&self, tag: &str, found: RawType<'_>) -> String {
        match self.btf.string(found.name) {
            "" => format!("{tag} (anonymous)"),
            name => format!("{tag} {name}"),
        }
    }
}

/// Whether it stands for the type it refers to.
fn is_modifier(class: Class) -> bool {
    let qualifier = matches!(class, Class::Const | Class::Volatile | Class::Restrict);
    qualifier || matches!(class, Class::Typedef | Class::TypeTag)
}

/// A qualifier stands before a plain type, but after a pointer.
fn qualified(word: &str, inner: &str) -> String {
    match inner.ends_with('*') {
        true => format!("{inner} {word}"),
        false => format!("{word} {inner}"),
    }
}

fn joined(inner: &str, star: &str) -> String {
    if inner.ends_with('*') {
        format!("{inner}{star}")
    } else {
        format!("{inner} {star}")
    }
}
