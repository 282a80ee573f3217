// SPDX-License-Identifier: GPL-2.0-only
//! `struct btf_type` and what follows it.

/// `BTF_KIND_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Void,
    Int,
    Ptr,
    Array,
    Struct,
    Union,
    Enum,
    Fwd,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Func,
    FuncProto,
    Var,
    Datasec,
    Float,
    DeclTag,
    TypeTag,
    Enum64,
}

/// By number.
const CLASSES: [Class; 20] = [
    Class::Void,
    Class::Int,
    Class::Ptr,
    Class::Array,
    Class::Struct,
    Class::Union,
    Class::Enum,
    Class::Fwd,
    Class::Typedef,
    Class::Volatile,
    Class::Const,
    Class::Restrict,
    Class::Func,
    Class::FuncProto,
    Class::Var,
    Class::Datasec,
    Class::Float,
    Class::DeclTag,
    Class::TypeTag,
    Class::Enum64,
];

/// Size of `struct btf_type`.
const HEAD: usize = 12;
/// Most parameters of a function: as many as C has compilers take (C11, 5.2.4.1).
const PARAMETERS: usize = 127;

/// A type, with the words that follow it.
#[derive(Debug, Clone, Copy)]
pub struct RawType<'a> {
    /// What it is.
    pub class: Class,
    /// Where its name is.
    pub name: u32,
    /// `kind_flag`: bit fields in a struct, signed values in an enum, a union in a declaration.
    pub flag: bool,
    /// Its size in bytes, or the type it refers to.
    pub word: u32,
    tail: &'a [u8],
}

/// A member, enumerator or parameter: a name and two words.
#[derive(Debug, Clone, Copy)]
pub struct RawMember {
    /// Where its name is.
    pub name: u32,
    /// Its type.
    pub type_id: u32,
    /// Its offset in bits.
    pub bit_offset: u32,
    /// Its width in bits, when it is a bit field.
    pub bit_size: Option<u32>,
}

impl<'a> RawType<'a> {
    /// Type 0.
    pub const VOID: Self = Self {
        class: Class::Void,
        name: 0,
        flag: false,
        word: 0,
        tail: &[],
    };

    /// Length of the type at the start of `bytes`.
    pub fn length(bytes: &[u8]) -> Option<usize> {
        let info = u32_at(bytes, 4)?;
        let count = (info & 0xffff) as usize;
        Some(HEAD + tail(class(info)?, count))
    }

    /// The type at the start of `bytes`.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let info = u32_at(bytes, 4)?;
        Some(Self {
            class: class(info)?,
            name: u32_at(bytes, 0)?,
            flag: info >> 31 == 1,
            word: u32_at(bytes, 8)?,
            tail: bytes.get(HEAD..Self::length(bytes)?)?,
        })
    }

    /// Its size in bytes, where it has one of its own.
    pub fn size(&self) -> u64 {
        self.word.into()
    }

    /// An integer's encoding: 1 signed, 2 char, 4 bool.
    pub fn encoding(&self) -> u32 {
        u32_at(self.tail, 0).unwrap_or_default() >> 24
    }

    /// An array's elements and their number.
    pub fn array(&self) -> (u32, u32) {
        let word = |index: usize| u32_at(self.tail, 4 * index).unwrap_or_default();
        (word(0), word(2))
    }

    /// A struct's or union's members.
    pub fn members(self) -> impl Iterator<Item = RawMember> {
        let with_bit_fields = self.flag;
        self.words::<3>().map(move |[name, type_id, offset]| {
            let width = Some(offset >> 24).filter(|width| with_bit_fields && *width != 0);
            RawMember {
                name,
                type_id,
                bit_offset: if with_bit_fields {
                    offset & 0xff_ffff
                } else {
                    offset
                },
                bit_size: width,
            }
        })
    }

    /// A prototype's parameters: name and type; the last one without type is `...`.
    pub fn parameters(self) -> impl Iterator<Item = (u32, u32)> {
        let parameters = self.words::<2>().take(PARAMETERS);
        parameters.map(|[name, type_id]| (name, type_id))
    }

    /// An enum's enumerators: name and value; none of other types.
    pub fn enumerators(self) -> impl Iterator<Item = (u32, i64)> {
        let signed = self.flag;
        let narrow = (self.class == Class::Enum).then(|| {
            self.words::<2>().map(move |[name, value]| match signed {
                true => (name, value.cast_signed().into()),
                false => (name, value.into()),
            })
        });
        let wide = (self.class == Class::Enum64).then(|| {
            self.words::<3>().map(|[name, low, high]| {
                let value = u64::from(high) << 32 | u64::from(low);
                (name, value.cast_signed())
            })
        });
        let wide = wide.into_iter().flatten();
        narrow.into_iter().flatten().chain(wide)
    }

    /// What follows, in groups of `N` words.
    fn words<const N: usize>(self) -> impl Iterator<Item = [u32; N]> {
        let groups = self.tail.chunks_exact(4 * N);
        groups
            .map(|group| std::array::from_fn(|index| u32_at(group, 4 * index).unwrap_or_default()))
    }
}

fn class(info: u32) -> Option<Class> {
    CLASSES.get((info >> 24 & 0x1f) as usize).copied()
}

/// Bytes behind the head.
fn tail(class: Class, count: usize) -> usize {
    match class {
        Class::Int | Class::Var | Class::DeclTag => 4,
        Class::Array => 12,
        Class::Enum | Class::FuncProto => 8 * count,
        Class::Struct | Class::Union | Class::Datasec | Class::Enum64 => 12 * count,
        _ => 0,
    }
}

/// The little-endian `u32` at `offset`.
pub fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let rest = bytes.get(offset..)?;
    rest.first_chunk().copied().map(u32::from_le_bytes)
}
