// SPDX-License-Identifier: GPL-2.0-only
//! What the kernel demands of modules: a signature, or that there are none.

use klp_link::inspect::Report;

use super::{Finding, Machine, Refusal, mind, well};
use crate::machine::attribute;

/// Where the lockdown of the kernel is shown.
const SECURITY: &str = "sys/kernel/security";

impl Machine {
    pub(super) fn check_policy(&self, report: &Report) -> Vec<Finding> {
        let disabled = attribute(&self.path("proc/sys/kernel"), "modules_disabled");
        if disabled.is_some_and(|value| value == "1") {
            return vec![Err(Refusal::ModulesDisabled.into())];
        }
        vec![self.check_lockdown(report), self.check_signature(report)]
    }

    fn check_lockdown(&self, report: &Report) -> Finding {
        let folder = self.path(SECURITY);
        let Some(modes) = attribute(&folder, "lockdown") else {
            return match folder.join("lsm").exists() {
                true => well("lockdown: this kernel has none"),
                false => mind(
                    format!("lockdown cannot be seen: there is no /{SECURITY}/lockdown"),
                    "mount it: `mount -t securityfs securityfs /sys/kernel/security`",
                ),
            };
        };
        // `[none] integrity confidentiality`: the brackets are around the one that is on.
        let mode = modes.split(['[', ']']).nth(1).unwrap_or(&modes);
        match (mode, report.signed) {
            ("none", _) => well("lockdown: none"),
            (mode, true) => well(format!("lockdown: {mode}, and the patch is signed")),
            (mode, false) => unsigned(report, format!("lockdown is `{mode}`")),
        }
    }

    fn check_signature(&self, report: &Report) -> Finding {
        let parameters = self.path("sys/module/module/parameters");
        let enforced = attribute(&parameters, "sig_enforce").is_some_and(|value| value == "Y");
        match (enforced, report.signed) {
            (true, false) => unsigned(report, "module.sig_enforce is set".to_owned()),
            (_, true) => well("signed; whether by a key that this kernel knows, it says itself"),
            (false, false) => well("not signed, which this kernel does not ask for"),
        }
    }
}

fn unsigned(report: &Report, policy: String) -> Finding {
    let name = report.name.clone();
    Err(Refusal::Unsigned { name, policy }.into())
}
