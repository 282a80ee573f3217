// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's own symbol table, found inside `vmlinux` by its structure.
//!
//! `scripts/kallsyms.c` writes these tables into `.rodata`, each aligned to 8 bytes (7.x: 4);
//! nothing names them in a stripped kernel. Their order depends on the version:
//!
//! | kernels | order |
//! |---|---|
//! | to 6.4 | offsets, relative_base, num_syms, names, markers, \[seqs_of_names\], token_table, token_index |
//! | from 6.5 | num_syms, names, markers, token_table, token_index, offsets, \[relative_base\], seqs_of_names |
//!
//! The search starts at the token index, which has a shape that nothing else has ([`tokens`]),
//! goes back to markers, names and their count ([`names`]), then tries each known place and
//! encoding of the addresses until the result is sorted and fits `.text` ([`addresses`]).

mod addresses;
mod names;
mod tokens;

use super::error::BuildError;
use super::vmelf::{Section, Vmlinux};

/// Token tables examined in a section, so that hostile input cannot take forever.
const CANDIDATES: usize = 16;
/// How the tables may be aligned, in bytes.
const ALIGNMENTS: [usize; 2] = [8, 4];

/// One symbol as kallsyms has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawSymbol {
    /// Type letter, as `nm` and `/proc/kallsyms` show it.
    pub(crate) kind: u8,
    /// Symbol name.
    pub(crate) name: String,
    /// Link-time address.
    pub(crate) address: u64,
}

/// All symbols of the kernel in kallsyms order.
pub(crate) fn read(vmlinux: &Vmlinux<'_>) -> Result<Vec<RawSymbol>, BuildError> {
    let text = vmlinux
        .section(".text")
        .ok_or_else(|| not_found("there is no .text section"))?;
    let mut reason = "no token table in any data section";
    for section in vmlinux
        .sections()
        .iter()
        .filter(|section| !section.executable)
    {
        match read_section(section, text.address) {
            Ok(symbols) => return Ok(symbols),
            Err(Some(deeper)) => reason = deeper,
            Err(None) => {}
        }
    }
    Err(not_found(reason))
}

/// The table in one section; the error says how far the search came, if anywhere.
fn read_section(section: &Section<'_>, text: u64) -> Result<Vec<RawSymbol>, Option<&'static str>> {
    let mut reason = None;
    let by_alignment = ALIGNMENTS
        .iter()
        .flat_map(|align| tokens::candidates(section.data, *align));
    for tokens in by_alignment.take(CANDIDATES) {
        let Some(names) = names::find(section.data, &tokens) else {
            reason = reason.or(Some("a token table, but no markers and names before it"));
            continue;
        };
        reason = Some("token table and names, but no address table that fits .text");
        let decoded = names
            .decode(&tokens)
            .ok_or(Some("names that do not decode"))?;
        if let Some(addresses) = addresses::find(section, &tokens, &names, &decoded, text) {
            return Ok(join(decoded, addresses));
        }
    }
    Err(reason)
}

fn join(names: Vec<(u8, String)>, addresses: Vec<u64>) -> Vec<RawSymbol> {
    let pairs = names.into_iter().zip(addresses);
    pairs
        .map(|((kind, name), address)| RawSymbol {
            kind,
            name,
            address,
        })
        .collect()
}

fn not_found(reason: &str) -> BuildError {
    BuildError::Kallsyms {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
