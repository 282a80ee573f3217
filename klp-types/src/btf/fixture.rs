// SPDX-License-Identifier: GPL-2.0-only
//! BTF made by hand for tests.

/// A BTF section under construction.
pub(super) struct Fixture {
    types: Vec<u8>,
    strings: Vec<u8>,
}

const INT: u32 = 1;
const PTR: u32 = 2;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const FUNC: u32 = 12;
const FUNC_PROTO: u32 = 13;

impl Fixture {
    fn new() -> Self {
        Self {
            types: Vec::new(),
            strings: vec![0],
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
        self.types
            .extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// `struct btf_type`.
    fn head(&mut self, name: &str, kind: u32, flag: bool, count: usize, size: u32) {
        let name = self.name(name);
        let info = u32::from(flag) << 31 | kind << 24 | u32::try_from(count).unwrap();
        self.words(&[name, info, size]);
    }

    fn int(&mut self, name: &str, size: u32) {
        self.head(name, INT, false, 0, size);
        self.words(&[size * 8]);
    }

    /// Members are name, type, offset word.
    fn members(&mut self, name: &str, kind: u32, flag: bool, size: u32, list: &[(&str, u32, u32)]) {
        self.head(name, kind, flag, list.len(), size);
        for (name, type_id, offset) in list {
            let name = self.name(name);
            self.words(&[name, *type_id, *offset]);
        }
    }

    /// The section's bytes.
    fn finish(self) -> Vec<u8> {
        let length = |part: &[u8]| u32::try_from(part.len()).unwrap();
        let (types, strings) = (length(&self.types), length(&self.strings));
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        for word in [24, 0, types, types, strings] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        [bytes, self.types, self.strings].concat()
    }
}

/// A small kernel: see the C code in the body.
pub(super) fn kernel() -> Vec<u8> {
    let mut btf = Fixture::new();
    btf.int("int", 4); // 1
    btf.int("long", 8); // 2
    // 3: struct inner { int a; long b; };
    btf.members("inner", STRUCT, false, 16, &[("a", 1, 0), ("b", 2, 64)]);
    // 4: union { int x; long y; };
    btf.members("", UNION, false, 8, &[("x", 1, 0), ("y", 2, 0)]);
    // 5: struct outer { long first; union #4; struct inner in; int low:3, high:5; };
    let bits = |width: u32, offset: u32| width << 24 | offset;
    let outer = [
        ("first", 2, 0),
        ("", 4, 64),
        ("in", 3, 128),
        ("low", 1, bits(3, 256)),
        ("high", 1, bits(5, 259)),
    ];
    btf.members("outer", STRUCT, true, 40, &outer);
    // 6: enum state { LIVE, GONE = -2 };
    btf.head("state", ENUM, true, 2, 4);
    for (name, value) in [("LIVE", 0i32), ("GONE", -2)] {
        let name = btf.name(name);
        btf.words(&[name, value.cast_unsigned()]);
    }
    btf.head("", PTR, false, 0, 5); // 7: struct outer *
    // 8, 9: int show(struct outer *m, ...);
    btf.head("", FUNC_PROTO, false, 2, 1);
    let name = btf.name("m");
    btf.words(&[name, 7, 0, 0]);
    btf.head("show", FUNC, false, 0, 8);
    // 10: struct knot { struct knot; }, which no compiler makes.
    btf.members("knot", STRUCT, false, 8, &[("", 10, 0), ("", 10, 0)]);
    btf.finish()
}

/// `struct holder { void (*call)(…); }`, where each of the two parameters is such a pointer again.
pub(super) fn endless_function() -> Vec<u8> {
    let mut btf = Fixture::new();
    btf.head("", PTR, false, 0, 2); // 1
    btf.head("", FUNC_PROTO, false, 2, 0); // 2
    btf.words(&[0, 1, 0, 1]);
    btf.members("holder", STRUCT, false, 8, &[("call", 1, 0)]);
    btf.finish()
}

/// A struct of this name.
pub(super) fn named(name: &str) -> Vec<u8> {
    let mut btf = Fixture::new();
    btf.members(name, STRUCT, false, 0, &[]);
    btf.finish()
}

/// So many functions of one name, with so many parameters.
pub(super) fn many_functions(name: &str, functions: usize, parameters: usize) -> Vec<u8> {
    let mut btf = Fixture::new();
    btf.int("int", 4); // 1
    btf.head("", FUNC_PROTO, false, parameters, 0); // 2
    for _ in 0..parameters {
        btf.words(&[0, 1]);
    }
    for _ in 0..functions {
        btf.head(name, FUNC, false, 0, 2);
    }
    btf.finish()
}
