// SPDX-License-Identifier: GPL-2.0-only
//! C spellings of types.

use super::Layout;
use super::proto::is_dots;
use super::raw::{Class, RawType};

/// The longest spelling, in bytes: function pointers may take function pointers, which input may
/// have without end. Those of kernels have less than 500.
const ROOM: usize = 2048;
/// Stands for what is not known, or too much.
const UNKNOWN: &str = "?";

impl Layout {
    /// C spelling, e.g. `struct seq_file *`, `const char *`, `u64[4]`.
    pub(super) fn spelling(&self, id: u32) -> String {
        let mut speller = Speller {
            layout: self,
            room: ROOM,
        };
        speller.spelled(id)
    }
}

/// Spells one type.
struct Speller<'a> {
    layout: &'a Layout,
    /// How many bytes more there may be.
    room: usize,
}

impl Speller<'_> {
    fn spelled(&mut self, id: u32) -> String {
        let found = self.layout.by_id(id);
        let Some(found) = found.filter(|found| self.takes_room(*found)) else {
            return UNKNOWN.to_owned();
        };
        let inner = found.word;
        match found.class {
            Class::Void => "void".to_owned(),
            Class::Ptr => match self.layout.by_id(inner).map(|to| to.class) {
                Some(Class::FuncProto) => self.function_pointer(inner),
                _ => joined(&self.spelled(inner), "*"),
            },
            Class::Const => qualified("const", &self.spelled(inner)),
            Class::Volatile => qualified("volatile", &self.spelled(inner)),
            Class::Restrict | Class::TypeTag => self.spelled(inner),
            Class::Array => {
                let (element, length) = found.array();
                format!("{}[{length}]", self.spelled(element))
            }
            Class::Struct => self.tagged("struct", found),
            Class::Union => self.tagged("union", found),
            Class::Enum | Class::Enum64 => self.tagged("enum", found),
            Class::Fwd if found.flag => self.tagged("union", found),
            Class::Fwd => self.tagged("struct", found),
            Class::FuncProto => "function".to_owned(),
            _ => self.layout.name(found.name),
        }
    }

    /// Whether there is room for the type: what it adds at most, but for its parts.
    fn takes_room(&mut self, found: RawType<'_>) -> bool {
        const KEYWORD: usize = 16;
        let name = self.layout.btf.string(found.name);
        let rest = self.room.checked_sub(KEYWORD + name.len());
        self.room = rest.unwrap_or(0);
        rest.is_some()
    }

    /// `int (*)(int, ...)`.
    fn function_pointer(&mut self, id: u32) -> String {
        let Some(found) = self.layout.by_id(id) else {
            return UNKNOWN.to_owned();
        };
        let returns = self.spelled(found.word);
        let mut parameters = Vec::new();
        for parameter in found.parameters() {
            if self.room == 0 {
                break;
            }
            let spelled = self.spelled(parameter.1);
            parameters.push(match is_dots(parameter) {
                true => "...".to_owned(),
                false => spelled,
            });
        }
        let parameters = match parameters.as_slice() {
            [] => "void".to_owned(),
            list => list.join(", "),
        };
        format!("{returns} (*)({parameters})")
    }

    fn tagged(&self, tag: &str, found: RawType<'_>) -> String {
        match self.layout.btf.string(found.name) {
            "" => format!("{tag} (anonymous)"),
            name => format!("{tag} {name}"),
        }
    }
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
