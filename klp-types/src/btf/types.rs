// SPDX-License-Identifier: GPL-2.0-only
//! Sizes of types, and what they stand for.

use super::Layout;
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
}

/// Whether it stands for the type it refers to.
fn is_modifier(class: Class) -> bool {
    let qualifier = matches!(class, Class::Const | Class::Volatile | Class::Restrict);
    qualifier || matches!(class, Class::Typedef | Class::TypeTag)
}
