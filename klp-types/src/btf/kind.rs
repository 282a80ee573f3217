// SPDX-License-Identifier: GPL-2.0-only
//! Types as a caller can take them apart.

use btf_rs::{BtfType, Type};

use super::Layout;
use super::types::DEPTH;

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
        match self.stripped(id.0) {
            Some(Type::Void) => Kind::Void,
            Some(Type::Int(int)) => Kind::Int {
                size: int.size() as u64,
                encoding: encoding(&int, &self.name_of(&int)),
            },
            Some(Type::Enum(found)) => Kind::Enum {
                name: self.name_of(&found),
                size: found.size() as u64,
                signed: found.is_signed(),
            },
            Some(Type::Enum64(found)) => Kind::Enum {
                name: self.name_of(&found),
                size: found.size() as u64,
                signed: found.is_signed(),
            },
            Some(Type::Ptr(pointer)) => self.pointer(pointer.get_type_id().unwrap_or(0)),
            Some(Type::Array(array)) => Kind::Array {
                of: TypeId(array.get_type_id().unwrap_or(0)),
                length: array.len() as u64,
            },
            Some(Type::Struct(found) | Type::Union(found)) => Kind::Record {
                name: self.name_of(&found),
            },
            Some(Type::Fwd(found)) => self.declared(self.name_of(&found)),
            Some(Type::FuncProto(found)) => self.function(&found),
            _ => Kind::Other {
                size: self.size_of(id.0),
            },
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
        let mut name = None;
        let mut kind = self.by_id(id.0)?;
        for _ in 0..DEPTH {
            let next = match &kind {
                Type::Typedef(found) => {
                    name = Some(self.name_of(found));
                    found.get_type_id()
                }
                Type::Const(inner) | Type::Volatile(inner) | Type::Restrict(inner) => {
                    inner.get_type_id()
                }
                Type::TypeTag(inner) => inner.get_type_id(),
                _ => return name,
            };
            kind = self.by_id(next?)?;
        }
        None
    }

    /// The type of a variable; the kernel's BTF has per-CPU variables only.
    pub fn variable(&self, name: &str) -> Option<TypeId> {
        self.find(name, |kind| match kind {
            Type::Var(found) => found.get_type_id().map(TypeId),
            _ => None,
        })
    }

    fn pointer(&self, to: u32) -> Kind {
        Kind::Pointer {
            to: TypeId(to),
            constant: self.is_const(to),
        }
    }

    /// Whether `const` stands anywhere before the type proper.
    fn is_const(&self, id: u32) -> bool {
        let mut id = id;
        for _ in 0..DEPTH {
            id = match self.by_id(id) {
                Some(Type::Const(_)) => return true,
                Some(Type::Volatile(inner) | Type::Restrict(inner)) => inner.get_type_id(),
                Some(Type::Typedef(inner)) => inner.get_type_id(),
                Some(Type::TypeTag(inner)) => inner.get_type_id(),
                _ => return false,
            }
            .unwrap_or(0);
        }
        false
    }

    /// A declaration stands for the definition where there is one.
    fn declared(&self, name: String) -> Kind {
        match self.of_record(&name) {
            Ok(_) => Kind::Record { name },
            Err(_) => Kind::Declared { name },
        }
    }

    fn function(&self, found: &btf_rs::FuncProto) -> Kind {
        let parameters = found.parameters.iter();
        Kind::Function {
            returns: TypeId(found.return_type_id()),
            parameters: parameters
                .filter(|parameter| !parameter.is_variadic())
                .map(|parameter| TypeId(parameter.get_type_id().unwrap_or(0)))
                .collect(),
            variadic: found.parameters.iter().any(btf_rs::Parameter::is_variadic),
        }
    }
}

fn encoding(int: &btf_rs::Int, name: &str) -> Encoding {
    if int.is_bool() {
        Encoding::Bool
    } else if name == "char" || int.is_char() {
        Encoding::Char
    } else if int.is_signed() {
        Encoding::Signed
    } else {
        Encoding::Unsigned
    }
}
