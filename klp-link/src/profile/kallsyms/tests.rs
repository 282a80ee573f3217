// SPDX-License-Identifier: GPL-2.0-only
//! The search on tables of every known shape.

use super::fixture::{Shape, rodata};
use super::*;

const TEXT: u64 = 0xffff_ffff_8100_0000;
const RODATA: u64 = 0xffff_ffff_8200_0000;

fn symbols(shape: Shape) -> Vec<(u8, String, u64)> {
    let mut symbols = Vec::new();
    if !matches!(shape, Shape::LateRelative | Shape::Place) {
        symbols.push((b'A', "percpu_symbol".to_owned(), 0x1000));
    }
    symbols.push((b'T', "_text".to_owned(), TEXT));
    symbols.push((b'T', "_stext".to_owned(), TEXT));
    for position in 0..900u64 {
        symbols.push((
            b't',
            format!("a_symbol_{position}"),
            TEXT + 16 * (position + 1),
        ));
    }
    symbols.push((b't', "long".repeat(40), TEXT + 0x10000));
    symbols
}

fn section(data: &[u8]) -> Section<'_> {
    Section {
        name: ".rodata",
        address: RODATA,
        size: data.len() as u64,
        data,
        executable: false,
        writable: false,
    }
}

const SHAPES: [Shape; 5] = [
    Shape::Early,
    Shape::EarlySeqs,
    Shape::Late,
    Shape::LateRelative,
    Shape::Place,
];

#[test]
fn every_shape_reads_back() {
    for shape in SHAPES {
        let expected = symbols(shape);
        let data = rodata(shape, RODATA, &expected);
        let found = read_section(&section(&data), TEXT)
            .unwrap_or_else(|reason| panic!("{shape:?}: {reason:?}"));
        assert_eq!(found.len(), expected.len());
        for (found, (kind, name, address)) in found.iter().zip(&expected) {
            assert_eq!(
                (found.kind, &found.name, found.address),
                (*kind, name, *address)
            );
        }
    }
}

#[test]
fn a_table_for_another_text_is_refused() {
    let data = rodata(Shape::Late, RODATA, &symbols(Shape::Late));
    let reason = read_section(&section(&data), TEXT + 0x1000).unwrap_err();
    assert_eq!(
        reason,
        Some("token table and names, but no address table that fits .text")
    );
}

#[test]
fn truncations_never_panic() {
    for shape in SHAPES {
        let data = rodata(shape, RODATA, &symbols(shape));
        for length in (0..data.len()).step_by(61) {
            let _ = read_section(&section(&data[..length]), TEXT);
        }
    }
}
