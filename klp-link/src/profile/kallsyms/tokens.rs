// SPDX-License-Identifier: GPL-2.0-only
//! `kallsyms_token_table` and `kallsyms_token_index`: 256 NUL-terminated tokens, and the offset
//! of each.

use crate::profile::bytes::{cstr_at, slice_at, u16_at};

const TOKENS: usize = 256;
const INDEX_BYTES: usize = TOKENS * 2;
/// Longest token believed: symbols are at most `KSYM_NAME_LEN` (512) long.
const TOKEN_LIMIT: usize = 512;

/// A token table that passed every check.
pub(super) struct Tokens<'a> {
    /// Alignment of this and all other tables, in bytes.
    pub(super) align: usize,
    /// Where `kallsyms_token_table` starts in the section.
    pub(super) table_start: usize,
    /// First byte after `kallsyms_token_index`.
    pub(super) index_end: usize,
    tokens: Vec<&'a [u8]>,
}

impl<'a> Tokens<'a> {
    /// What the compressed byte `code` stands for.
    pub(super) fn expand(&self, code: u8) -> &'a [u8] {
        self.tokens
            .get(usize::from(code))
            .copied()
            .unwrap_or_default()
    }
}

/// Every place in `data` that has the shape of a token table followed by its index,
/// each aligned to `align` bytes.
pub(super) fn candidates(data: &[u8], align: usize) -> impl Iterator<Item = Tokens<'_>> {
    (0..data.len()).step_by(align).filter_map(move |offset| {
        let index = read_index(data, offset)?;
        find_table(data, offset, &index, align)
    })
}

/// The index at `offset`: 256 strictly rising numbers from 0.
fn read_index(data: &[u8], offset: usize) -> Option<Vec<usize>> {
    if u16_at(data, offset)? != 0 || u16_at(data, offset + 2)? == 0 {
        return None;
    }
    let index: Vec<usize> = (0..TOKENS)
        .map_while(|i| u16_at(data, offset + 2 * i).map(usize::from))
        .collect();
    let rising = |pair: &[usize]| matches!(pair, [a, b] if a < b && b - a <= TOKEN_LIMIT);
    (index.len() == TOKENS && index.windows(2).all(rising)).then_some(index)
}

/// The table that ends right before the index, with less than `align` bytes of padding.
fn find_table<'a>(
    data: &'a [u8],
    index_start: usize,
    index: &[usize],
    align: usize,
) -> Option<Tokens<'a>> {
    let last = *index.last()?;
    let shortest = last + 1;
    let latest = index_start.checked_sub(shortest)?;
    let earliest = index_start.saturating_sub(shortest + TOKEN_LIMIT + align);
    (earliest..=latest)
        .rev()
        .filter(|start| start % align == 0)
        .find_map(|table_start| {
            let tokens = read_tokens(data, table_start, index)?;
            let end = table_start + last + tokens.last()?.len() + 1;
            let adjacent = end <= index_start && index_start - end < align;
            let index_end = index_start + INDEX_BYTES;
            adjacent.then_some(Tokens {
                align,
                table_start,
                index_end,
                tokens,
            })
        })
}

/// The tokens, when each fills exactly the room that the index gives it.
fn read_tokens<'a>(data: &'a [u8], start: usize, index: &[usize]) -> Option<Vec<&'a [u8]>> {
    let mut tokens = Vec::with_capacity(TOKENS);
    for (position, offset) in index.iter().enumerate() {
        let token = match index.get(position + 1) {
            Some(next) => slice_at(data, start + offset, next - offset - 1)?,
            None => cstr_at(data, start + offset)?,
        };
        let closed = data.get(start + offset + token.len()) == Some(&0);
        if !closed || token.contains(&0) || token.len() > TOKEN_LIMIT {
            return None;
        }
        tokens.push(token);
    }
    Some(tokens)
}
