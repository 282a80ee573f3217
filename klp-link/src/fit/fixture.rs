// SPDX-License-Identifier: GPL-2.0-only
//! BTF made by hand (include/uapi/linux/btf.h).

const INT: u32 = 1;
const PTR: u32 = 2;
const STRUCT: u32 = 4;
const ENUM: u32 = 6;
const CONST: u32 = 10;
const FUNC: u32 = 12;
const FUNC_PROTO: u32 = 13;

/// A section under construction; what adds a type gives its number.
pub(super) struct Btf {
    types: Vec<u8>,
    strings: Vec<u8>,
    count: u32,
}

impl Btf {
    pub(super) fn new() -> Self {
        Self {
            types: Vec::new(),
            strings: vec![0],
            count: 0,
        }
    }

    fn name(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return 0;
        }
        let offset = u32::try_from(self.strings.len()).unwrap();
        self.strings.extend_from_slice(name.as_bytes());
        self.strings.push(0);
        offset
    }

    fn words(&mut self, words: &[u32]) {
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        self.types.extend(bytes);
    }

    fn add(&mut self, name: &str, kind: u32, count: usize, word: u32) -> u32 {
        let name = self.name(name);
        self.words(&[name, (kind << 24) | u32::try_from(count).unwrap(), word]);
        self.count += 1;
        self.count
    }

    /// A signed integer.
    pub(super) fn int(&mut self, name: &str, size: u32) -> u32 {
        let id = self.add(name, INT, 0, size);
        self.words(&[(1 << 24) | (size * 8)]);
        id
    }

    pub(super) fn pointer(&mut self, to: u32) -> u32 {
        self.add("", PTR, 0, to)
    }

    pub(super) fn constant(&mut self, of: u32) -> u32 {
        self.add("", CONST, 0, of)
    }

    /// Members by name, type and offset in bits.
    pub(super) fn record(&mut self, name: &str, size: u32, members: &[(&str, u32, u32)]) -> u32 {
        let id = self.add(name, STRUCT, members.len(), size);
        for (name, type_id, offset) in members {
            let name = self.name(name);
            self.words(&[name, *type_id, *offset]);
        }
        id
    }

    pub(super) fn enumeration(&mut self, name: &str, values: &[(&str, u32)]) {
        self.add(name, ENUM, values.len(), 4);
        for (name, value) in values {
            let name = self.name(name);
            self.words(&[name, *value]);
        }
    }

    pub(super) fn function(&mut self, name: &str, returns: u32, parameters: &[u32]) {
        let prototype = self.add("", FUNC_PROTO, parameters.len(), returns);
        let unnamed = self.name("p");
        for parameter in parameters {
            self.words(&[unnamed, *parameter]);
        }
        self.add(name, FUNC, 0, prototype);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let length = |part: &[u8]| u32::try_from(part.len()).unwrap();
        let (types, strings) = (length(&self.types), length(&self.strings));
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        for word in [24, 0, types, types, strings] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        [bytes, self.types, self.strings].concat()
    }
}
