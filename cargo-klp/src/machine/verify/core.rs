// SPDX-License-Identifier: GPL-2.0-only
//! Whether the live-patching core is there, and free.

use klp_link::inspect::Report;

use super::{Finding, Machine, MachineError, PatchFile, Refusal, well};
use crate::cores::Core;

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
            (Core::Klp, Some(file)) => well(format!(
                "klp's, not loaded yet: `cargo klp load` does it first, from {}",
                file.path.display()
            )),
            (Core::Klp, None) if self.patches_of(Core::Klp).is_dir() => well("klp's, loaded"),
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
