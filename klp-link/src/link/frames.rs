// SPDX-License-Identifier: GPL-2.0-only
//! How much of the stack each function needs, by the compiler's call frame information.
//!
//! Of a function that finds its frame by `%rbp` nothing is known: its size is in the code alone.

use gimli::{CfaRule, X86_64};
use object::build::elf::SectionId;

use super::diagnostic::Diagnostic;
use super::image::{Image, Target};
use super::messages;
use super::orc;
use super::source::Source;

/// What distributions build x86-64 kernels with (`CONFIG_FRAME_WARN`).
const LIMIT: u64 = 2048;
/// The return address, which the call put there.
const RETURN_ADDRESS: i64 = 8;

/// All functions that need more than [`LIMIT`].
pub(crate) fn check(image: &Image<'_>, text: SectionId, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut largest: Vec<(u64, u64)> = Vec::new();
    let read = orc::rows(image, |function, row| {
        let CfaRule::RegisterAndOffset { register, offset } = *row.cfa() else {
            return;
        };
        let size = u64::try_from(offset - RETURN_ADDRESS).unwrap_or(0);
        if register != X86_64::RSP || size <= LIMIT {
            return;
        }
        match largest.last_mut() {
            Some((last, most)) if *last == function => *most = size.max(*most),
            _ => largest.push((function, size)),
        }
    });
    let found = largest.into_iter().map(|(start, size)| {
        let target = Target {
            section: text,
            offset: start,
        };
        let function = image.function_at(target);
        let name = function.map_or("code".to_owned(), |function| image.demangled(function));
        messages::large_frame(&name, size, LIMIT).at(source.place(start))
    });
    found.chain(read.err()).collect()
}
