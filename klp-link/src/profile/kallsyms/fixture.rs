// SPDX-License-Identifier: GPL-2.0-only
//! kallsyms tables made as `scripts/kallsyms.c` makes them, for tests.

/// Table order and address encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 6.1: offsets first, absolute per-CPU symbols.
    Early,
    /// 6.2 to 6.4: the same with sequence numbers.
    EarlySeqs,
    /// From 6.5: offsets last.
    Late,
    /// From 6.15: offsets last, no absolute symbols.
    LateRelative,
    /// 7.x: offsets from their own place, tables aligned to 4.
    Place,
}

/// A `.rodata` section with the tables of `symbols` (type, name, address), to stand at `address`.
pub(crate) fn rodata(shape: Shape, address: u64, symbols: &[(u8, String, u64)]) -> Vec<u8> {
    let mut data = b"leading strings that are no table\0".to_vec();
    let base = symbols
        .iter()
        .map(|symbol| symbol.2)
        .find(|a| *a >= 1 << 32)
        .unwrap();
    let early = matches!(shape, Shape::Early | Shape::EarlySeqs);
    if early {
        offsets(&mut data, shape, address, base, symbols);
    }
    align(&mut data, shape);
    data.extend_from_slice(&u32::try_from(symbols.len()).unwrap().to_le_bytes());
    let markers = names(&mut data, shape, symbols);
    align(&mut data, shape);
    data.extend(markers.iter().flat_map(|marker| marker.to_le_bytes()));
    if shape == Shape::EarlySeqs {
        seqs(&mut data, shape, symbols.len());
    }
    tokens(&mut data, shape);
    if !early {
        offsets(&mut data, shape, address, base, symbols);
        seqs(&mut data, shape, symbols.len());
    }
    align(&mut data, shape);
    data
}

fn align(data: &mut Vec<u8>, shape: Shape) {
    let to = if shape == Shape::Place { 4 } else { 8 };
    data.resize(data.len().next_multiple_of(to), 0);
}

fn offsets(
    data: &mut Vec<u8>,
    shape: Shape,
    address: u64,
    base: u64,
    symbols: &[(u8, String, u64)],
) {
    align(data, shape);
    for (_, _, symbol) in symbols {
        let here = address + data.len() as u64;
        let offset = match shape {
            Shape::LateRelative => symbol.wrapping_sub(base),
            Shape::Place => symbol.wrapping_sub(here),
            _ if *symbol < 1 << 31 => *symbol,
            _ => base.wrapping_sub(*symbol).wrapping_sub(1),
        };
        data.extend_from_slice(&offset.to_le_bytes()[..4]);
    }
    align(data, shape);
    if shape != Shape::Place {
        data.extend_from_slice(&base.to_le_bytes());
    }
}

/// Every code stands for itself, but 0x80 for `_sym`.
fn names(data: &mut Vec<u8>, shape: Shape, symbols: &[(u8, String, u64)]) -> Vec<u32> {
    align(data, shape);
    let start = data.len();
    let mut markers = Vec::new();
    for (position, (kind, name, _)) in symbols.iter().enumerate() {
        if position % 256 == 0 {
            markers.push(u32::try_from(data.len() - start).unwrap());
        }
        let mut codes = vec![*kind];
        codes.extend(
            name.replace("_sym", "\u{1}")
                .bytes()
                .map(|b| if b == 1 { 0x80 } else { b }),
        );
        match codes.len() {
            length @ ..0x80 => data.push(u8::try_from(length).unwrap()),
            length => data.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8]),
        }
        data.extend(codes);
    }
    markers
}

fn seqs(data: &mut Vec<u8>, shape: Shape, count: usize) {
    align(data, shape);
    data.extend((0..count).flat_map(|seq| [(seq >> 16) as u8, (seq >> 8) as u8, seq as u8]));
}

fn tokens(data: &mut Vec<u8>, shape: Shape) {
    align(data, shape);
    let mut index = Vec::new();
    let start = data.len();
    for code in 0..=255u8 {
        index.push(u16::try_from(data.len() - start).unwrap());
        match code {
            0x21..=0x7e => data.push(code),
            0x80 => data.extend_from_slice(b"_sym"),
            _ => {}
        }
        data.push(0);
    }
    align(data, shape);
    data.extend(index.iter().flat_map(|offset| offset.to_le_bytes()));
}
