// SPDX-License-Identifier: GPL-2.0-only
//! klp's core for a patch that needs it: where its file is.

use std::path::{Path, PathBuf};

use crate::cores::Core;
use crate::home::Home;
use crate::kernels::Kernel;
use crate::machine::{Machine, MachineError, PatchFile};

/// klp's core, if the patch needs it and it is not loaded yet: the file `given`, else that of klp's
/// folder.
///
/// # Errors
///
/// When there is no such file, or it is something else.
pub fn needed(
    machine: &Machine,
    patch: &PatchFile,
    given: Option<&Path>,
) -> Result<Option<PatchFile>, MachineError> {
    if patch.runs_on() == Core::Builtin || machine.has_core() {
        return Ok(None);
    }
    let release = machine.release().unwrap_or_default();
    let kept = kept(&release);
    let there = || kept.clone().filter(|path| path.is_file());
    match given.map(Path::to_owned).or_else(there) {
        Some(path) => PatchFile::core(&path, &release).map(Some),
        None => Err(MachineError::NoCore {
            name: patch.name().to_owned(),
            searched: kept,
        }),
    }
}

/// Where klp's folder has the core for a kernel; `None` where this user has no such folder.
fn kept(release: &str) -> Option<PathBuf> {
    let home = Home::find().ok()?;
    Some(Kernel::named(&home, release).core)
}
