// SPDX-License-Identifier: GPL-2.0-only
//! Types as a caller can take them apart.

use super::Layout;
use super::proto::is_dots;
use super::raw::{Class, RawType};

/// A type of a [`Layout`], and of that layout only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(super) u32);

/// What the bits of an integer mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Two's complement.
    Signed,
    /// Unsigned.
    Unsigned,
    /// `_Bool`.
    Bool,
    /// `char`, whatever its sign.
    Char,
}

/// What a type is, behind typedefs and qualifiers. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `void`.
    Void,
    /// An integer.
    Int {
        /// `sizeof`.
        size: u64,
        /// What its bits mean.
        encoding: Encoding,
    },
    /// An enum.
    Enum {
        /// Its name; empty for none.
        name: String,
        /// `sizeof`.
        size: u64,
        /// Whether values may be negative.
        signed: bool,
    },
    /// A pointer to an object.
    Pointer {
        /// What it points to.
        to: TypeId,
        /// Whether that is `const`.
        constant: bool,
    },
    /// An array; a flexible one has length 0.
    Array {
        /// Its elements.
        of: TypeId,
        /// How many.
        length: u64,
    },
    /// A struct or union.
    Record {
        /// Its name; empty for none.
        name: String,
    },
    /// A struct or union that is declared only.
    Declared {
        /// Its name.
        name: String,
    },
    /// A function; what function pointers point to.
    Function {
        /// What it returns.
        returns: TypeId,
        /// Its parameters, without `...`.
        parameters: Vec<TypeId>,
        /// Whether it ends in `...`.
        variadic: bool,
    },
    /// Something else, such as a float.
    Other {
        /// `sizeof`.
        size: u64,
    },
}

impl Layout {
    /// What a type is.
    pub fn kind(&self, id: TypeId) -> Kind {
        let other = Kind::Other {
            size: self.size_of(id.0),
        };
        let Some(found) = self.stripped(id.0) else {
            return other;
        };
        let name = || self.name(found.name);
        match found.class {
            Class::Void => Kind::Void,
            Class::Int => Kind::Int {
                size: found.size(),
                encoding: encoding(found.encoding(), self.btf.string(found.name)),
            },
            Class::Enum | Class::Enum64 => Kind::Enum {
                name: name(),
                size: found.size(),
                signed: found.flag,
            },
            Class::Ptr => self.pointer(found.word),
            Class::Array => Kind::Array {
                of: TypeId(found.array().0),
                length: found.array().1.into(),
            },
            Class::Struct | Class::Union => Kind::Record { name: name() },
            Class::Fwd => self.declared(name()),
            Class::FuncProto => function(found),
            _ => other,
        }
    }

    /// `sizeof`; 0 for what has no size.
    pub fn size(&self, id: TypeId) -> u64 {
        self.size_of(id.0)
    }

    /// C spelling.
    pub fn spelled_in_c(&self, id: TypeId) -> String {
        self.spelling(id.0)
    }

    /// The innermost typedef's name: that by which an anonymous struct is known.
    pub fn typedef(&self, id: TypeId) -> Option<String> {
        let typedefs = self
            .chain(id.0)
            .filter(|found| found.class == Class::Typedef);
        typedefs.last().map(|found| self.name(found.name))
    }

    /// The type of a variable; the kernel's BTF has per-CPU variables only.
    pub fn variable(&self, name: &str) -> Option<TypeId> {
        let is_variable = |found: &RawType<'_>| found.class == Class::Var;
        self.find(name, |found| {
            Some(found)
                .filter(is_variable)
                .map(|found| TypeId(found.word))
        })
    }

    fn pointer(&self, to: u32) -> Kind {
        Kind::Pointer {
            to: TypeId(to),
            constant: self.chain(to).any(|found| found.class == Class::Const),
        }
    }

    /// A declaration stands for the definition where there is one.
    fn declared(&self, name: String) -> Kind {
        match self.of_record(&name) {
            Ok(_) => Kind::Record { name },
            Err(_) => Kind::Declared { name },
        }
    }
}

fn function(found: RawType<'_>) -> Kind {
    let parameters = found.parameters().filter(|parameter| !is_dots(*parameter));
    Kind::Function {
        returns: TypeId(found.word),
        parameters: parameters.map(|(_, type_id)| TypeId(type_id)).collect(),
        variadic: found.parameters().any(is_dots),
    }
}

fn encoding(bits: u32, name: &str) -> Encoding {
    const SIGNED: u32 = 1;
    const CHAR: u32 = 2;
    const BOOL: u32 = 4;
    if bits & BOOL != 0 {
        Encoding::Bool
    } else if name == "char" || bits & CHAR != 0 {
        Encoding::Char
    } else if bits & SIGNED != 0 {
        Encoding::Signed
    } else {
        Encoding::Unsigned
    }
}
