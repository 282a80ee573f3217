// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's `klp_state` table (`include/linux/livepatch.h`).

use super::diagnostic::Diagnostic;
use super::image::Chunk;
use super::layout::Layouts;
use super::patch::State;

/// The table's size with the zeroed element at its end; 0 when there is no table.
pub(crate) fn size(states: &[State], layouts: &Layouts) -> Result<usize, Diagnostic> {
    match states.len() {
        0 => Ok(0),
        len => Ok((len + 1) * layouts.size("klp_state")?),
    }
}

/// Puts the table at `start`; `data` of all states is null until a callback changes that.
pub(crate) fn put(
    chunk: &mut Chunk,
    start: usize,
    states: &[State],
    layouts: &Layouts,
) -> Result<(), Diagnostic> {
    if states.is_empty() {
        return Ok(());
    }
    let size = layouts.size("klp_state")?;
    let id = layouts.offset("klp_state", "id")?;
    let version = layouts.offset("klp_state", "version")?;
    for (index, state) in states.iter().enumerate() {
        let at = start + index * size;
        chunk.put(at + id, &state.id.to_le_bytes());
        chunk.put(at + version, &state.version.to_le_bytes());
    }
    Ok(())
}
