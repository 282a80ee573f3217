// SPDX-License-Identifier: GPL-2.0-only
//! `kallsyms_names`, `kallsyms_markers` and `kallsyms_num_syms`.
//!
//! Names are stored one after the other, each a length (one byte, or two as ULEB128 since 6.1)
//! and that many token codes; the first expanded character is the type letter. A marker holds
//! the offset of every 256th name.

use super::tokens::Tokens;
use crate::profile::bytes::{slice_at, u8_at, u32_at};

/// Names per marker.
const BLOCK: usize = 256;
/// Fewest bytes a block of names takes: a length and one code each.
const BLOCK_MIN: usize = BLOCK * 2;
/// Most bytes believed of a block: names average far below one length byte's range.
const BLOCK_MAX: usize = BLOCK * 128;
/// Marker candidates examined before giving up, so that hostile input cannot take forever.
const ATTEMPTS: usize = 64;
/// Longest name believed; the kernel's `KSYM_NAME_LEN` is 512.
const NAME_LIMIT: usize = 1024;
/// Most bytes all expanded names may take together (kernels: about 4 MB).
const TOTAL_LIMIT: usize = 64 << 20;

/// The located name table.
pub(super) struct Names<'a> {
    /// `kallsyms_num_syms`.
    pub(super) count: usize,
    /// Where `kallsyms_num_syms` lies in the section.
    pub(super) count_offset: usize,
    names: &'a [u8],
}

/// The name table whose markers stand before the token table, sequence numbers in between or not.
pub(super) fn find<'a>(data: &'a [u8], tokens: &Tokens<'_>) -> Option<Names<'a>> {
    let align = tokens.align;
    let starts = (0..tokens.table_start / align)
        .rev()
        .map(|slot| slot * align);
    starts
        .filter_map(|start| {
            let markers = read_markers(data, start, tokens.table_start);
            (markers.len() >= 2).then_some((start, markers))
        })
        .take(ATTEMPTS)
        .find_map(|(start, markers)| find_count(data, start, &markers, align))
}

/// The longest plausible run of markers at `start`.
fn read_markers(data: &[u8], start: usize, end: usize) -> Vec<usize> {
    let mut markers = Vec::new();
    for offset in (start..end).step_by(4) {
        let Some(marker) = u32_at(data, offset).map(|marker| marker as usize) else {
            break;
        };
        let fits = match markers.last() {
            None => marker == 0,
            Some(last) => (BLOCK_MIN..=BLOCK_MAX).contains(&marker.wrapping_sub(*last)),
        };
        if !fits {
            break;
        }
        markers.push(marker);
    }
    markers
}

/// Looks for the count before the names, at each place the last marker allows.
fn find_count<'a>(
    data: &'a [u8],
    markers_start: usize,
    markers: &[usize],
    align: usize,
) -> Option<Names<'a>> {
    let last = *markers.last()?;
    let latest = markers_start.checked_sub(last)?;
    let earliest = latest.saturating_sub(BLOCK_MAX);
    (earliest..=latest)
        .rev()
        .filter(|start| start % align == 0)
        .find_map(|start| {
            let count_offset = start.checked_sub(align)?;
            let count = u32_at(data, count_offset)? as usize;
            let names = data.get(start..markers_start)?;
            let length = checked_length(names, count, markers)?;
            let end = (start + length).checked_next_multiple_of(align)?;
            let adjacent = end == markers_start;
            adjacent.then_some(Names {
                count,
                count_offset,
                names,
            })
        })
}

/// Length of `count` names, when every marker points at its block.
fn checked_length(names: &[u8], count: usize, markers: &[usize]) -> Option<usize> {
    let blocks = count.div_ceil(BLOCK);
    if blocks < 2 || blocks > markers.len() {
        return None;
    }
    let mut offset = 0;
    for position in 0..count {
        if position % BLOCK == 0 && markers.get(position / BLOCK) != Some(&offset) {
            return None;
        }
        offset = name_codes(names, offset)?.1;
    }
    Some(offset)
}

/// The codes of the name at `offset`, and the offset of the next one.
fn name_codes(names: &[u8], offset: usize) -> Option<(&[u8], usize)> {
    let first = usize::from(u8_at(names, offset)?);
    let (length, start) = match first & 0x80 {
        0 => (first, offset + 1),
        _ => (
            first & 0x7f | usize::from(u8_at(names, offset + 1)?) << 7,
            offset + 2,
        ),
    };
    if length == 0 {
        return None;
    }
    Some((slice_at(names, start, length)?, start + length))
}

impl Names<'_> {
    /// Type letter and name of every symbol, or `None` when one does not expand.
    pub(super) fn decode(&self, tokens: &Tokens<'_>) -> Option<Vec<(u8, String)>> {
        let mut decoded = Vec::new();
        let mut offset = 0;
        let mut total = 0;
        for _ in 0..self.count {
            let (codes, next) = name_codes(self.names, offset)?;
            let symbol = expand(codes, tokens)?;
            total += symbol.1.len();
            if total > TOTAL_LIMIT {
                return None;
            }
            decoded.push(symbol);
            offset = next;
        }
        Some(decoded)
    }
}

fn expand(codes: &[u8], tokens: &Tokens<'_>) -> Option<(u8, String)> {
    let mut text = Vec::new();
    for code in codes {
        text.extend_from_slice(tokens.expand(*code));
        if text.len() > NAME_LIMIT {
            return None;
        }
    }
    let (kind, name) = text.split_first()?;
    let name = std::str::from_utf8(name)
        .ok()
        .filter(|name| !name.is_empty())?;
    Some((*kind, name.to_owned()))
}
