// SPDX-License-Identifier: GPL-2.0-only
//! Who else redirects the functions that are to be replaced.

use klp_link::inspect::{Function, Report};

use super::probes::Probe;
use super::traced::Traced;
use super::{Finding, Machine, Refusal, mind, or_well, well};
use crate::cores::Core;
use crate::machine::Patch;

impl Machine {
    pub(super) fn check_functions(&self, report: &Report) -> Vec<Finding> {
        let (traced, probes) = (self.traced(), self.probes());
        let all: Vec<_> = report.functions().collect();
        let found =
            all.iter()
                .filter_map(
                    |(object, function)| match self.patched_by(&object.name, function) {
                        Some(patch) => Some(patched(report, function, &patch)),
                        None => redirected(function, &traced, &probes)
                            .map(|refusal| Err(refusal.into())),
                    },
                )
                .collect();
        or_well(found, format!("{}, which nobody else redirects", all.len()))
    }

    /// The patch that replaces a function, of several the last one.
    pub(super) fn patched_by(&self, object: &str, function: &Function) -> Option<Patch> {
        let mut patches = self.patches().into_iter().rev();
        patches.find(|patch| patch.replaces(object, &function.symbol, function.sympos))
    }
}

fn patched(report: &Report, function: &Function, patch: &Patch) -> Finding {
    let (symbol, name) = (&function.symbol, &patch.name);
    if patch.core != Core::from(report.core) {
        return Err(Refusal::OtherCoreHasIt {
            function: symbol.clone(),
            patch: name.clone(),
            core: patch.core,
        }
        .into());
    }
    match report.replace {
        Some(true) => well(format!(
            "{symbol} is patched by {name}, which this patch takes the place of"
        )),
        _ => mind(
            format!(
                "{symbol} is patched by {name}: this patch goes on top, and its version alone is run"
            ),
            format!(
                "see that it has {name}'s change as well: `cargo klp diff {name}.ko {}.ko`",
                report.name
            ),
        ),
    }
}

/// Why ftrace would not give the function to a patch.
fn redirected(function: &Function, traced: &[Traced], probes: &[Probe]) -> Option<Refusal> {
    let symbol = &function.symbol;
    let traced = traced.iter().find(|traced| traced.symbol == *symbol)?;
    if !traced.redirected {
        return None;
    }
    let probed = |probe: &Probe| probe.symbol == *symbol && probe.entry;
    let function = symbol.clone();
    Some(match probes.iter().any(probed) {
        true => Refusal::PostHandler { function },
        false => Refusal::Redirected {
            function,
            users: traced.called.clone(),
        },
    })
}
