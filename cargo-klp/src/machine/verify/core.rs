// SPDX-License-Identifier: GPL-2.0-only
//! Whether the live-patching core is there, and free.

use klp_link::inspect::Report;
use klp_link::link::core_abi;

use super::{Finding, Machine, MachineError, PatchFile, Refusal, well};
use crate::cores::Core;
use crate::machine::{CORE_MODULE, attribute};

impl Machine {
    pub(super) fn check_core(
        &self,
        report: &Report,
        klp: Result<Option<PatchFile>, MachineError>,
    ) -> Finding {
        if !self.patches_of(Core::Builtin).is_dir() {
            let name = report.name.clone();
            return Err(Refusal::NoLivepatch { name }.into());
        }
        match (Core::from(report.core), klp?) {
            (Core::Builtin, _) => well("the kernel's own"),
            (Core::Klp, Some(file)) => {
                let place = file.path.display().to_string();
                same_abi(report, file.version(), &place)?;
                well(format!(
                    "klp's, not loaded yet: `cargo klp load` does it first, from {place}"
                ))
            }
            (Core::Klp, None) if self.patches_of(Core::Klp).is_dir() => {
                let version = attribute(&self.module(CORE_MODULE), "version");
                same_abi(report, version.as_deref(), "that is loaded")?;
                well("klp's, loaded")
            }
            (Core::Klp, None) => Err(Refusal::OtherCore {
                name: report.name.clone(),
            }
            .into()),
        }
    }

    /// Either core waits for the other's transition.
    pub(super) fn check_transition(&self, report: &Report) -> Finding {
        let mut patches = self.patches().into_iter();
        match patches.find(|patch| patch.transition) {
            None => well("no patch is in transition"),
            Some(patch) => Err(MachineError::Busy {
                verb: "load",
                name: report.name.clone(),
                patch: patch.name,
            }),
        }
    }
}

/// Refuses a core of another ABI than the patch. Old ones do not say theirs.
fn same_abi(report: &Report, version: Option<&str>, which: &str) -> Result<(), Refusal> {
    let wanted = report.header.as_ref().map(|header| header.abi);
    match wanted.zip(version.and_then(core_abi)) {
        Some((wanted, found)) if wanted != found => Err(Refusal::OtherCoreAbi {
            name: report.name.clone(),
            wanted,
            which: which.to_owned(),
            found,
        }),
        _ => Ok(()),
    }
}
