// SPDX-License-Identifier: GPL-2.0-only
//! Type information of some structs and enumerators: as the kernel has them, but every member is
//! an array of bytes.

use klp_link::profile::StructLayout;

const INT: u32 = 1;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const ENUM: u32 = 6;
/// The number of `unsigned char`, which comes first.
const BYTE: u32 = 1;

/// BTF on the way.
#[derive(Default)]
struct Btf {
    types: Vec<u8>,
    strings: Vec<u8>,
    count: u32,
}

/// The BTF of these.
pub fn write(structs: &[StructLayout], enumerators: &[(String, i64)]) -> Vec<u8> {
    let mut btf = Btf::default();
    btf.strings.push(0);
    btf.head("unsigned char", INT << 24, 1);
    btf.words(&[8]);
    for layout in structs {
        btf.structure(layout);
    }
    btf.enumerators(enumerators);
    btf.finish()
}

impl Btf {
    fn words(&mut self, words: &[u32]) {
        self.types
            .extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    fn name(&mut self, name: &str) -> u32 {
        let offset = self.strings.len() as u32;
        self.strings.extend_from_slice(name.as_bytes());
        self.strings.push(0);
        offset
    }

    /// `struct btf_type`; gives its number.
    fn head(&mut self, name: &str, info: u32, size: u32) -> u32 {
        let name = self.name(name);
        self.words(&[name, info, size]);
        self.count += 1;
        self.count
    }

    /// The number of an array of so many bytes.
    fn bytes(&mut self, size: u64) -> u32 {
        let array = self.head("", ARRAY << 24, 0);
        self.words(&[BYTE, BYTE, size as u32]);
        array
    }

    fn structure(&mut self, layout: &StructLayout) {
        let members = layout.members.iter().map(|member| &member.field);
        let types: Vec<_> = members.map(|field| self.bytes(field.size)).collect();
        let bit_fields = layout.members.iter().any(|m| m.field.bit_size.is_some());
        let info = u32::from(bit_fields) << 31 | STRUCT << 24 | types.len() as u32;
        self.head(&layout.name, info, layout.size as u32);
        for (member, type_id) in layout.members.iter().zip(types) {
            let name = self.name(&member.name);
            let width = member.field.bit_size.unwrap_or(0);
            self.words(&[name, type_id, width << 24 | member.field.bit_offset as u32]);
        }
    }

    fn enumerators(&mut self, list: &[(String, i64)]) {
        self.head("", 1 << 31 | ENUM << 24 | list.len() as u32, 4);
        for (name, value) in list {
            let name = self.name(name);
            self.words(&[name, *value as u32]);
        }
    }

    fn finish(self) -> Vec<u8> {
        let (types, strings) = (self.types.len() as u32, self.strings.len() as u32);
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        for word in [24, 0, types, types, strings] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        [bytes, self.types, self.strings].concat()
    }
}
