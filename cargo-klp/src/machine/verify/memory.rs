// SPDX-License-Identifier: GPL-2.0-only
//! Whether there is memory for a module.

use std::fs;

use klp_link::inspect::Report;

use super::{Finding, Machine, PatchFile, Refusal, mind, well};

const KIB: u64 = 1024;

impl Machine {
    /// While it is loaded the kernel has a copy of the file as well.
    pub(super) fn check_memory(&self, file: &PatchFile, report: &Report) -> Finding {
        let copy = fs::metadata(&file.path).map_or(0, |found| found.len());
        let needed = report.memory.saturating_add(copy).div_ceil(KIB);
        match self.available() {
            None => mind("free memory cannot be read", "mount /proc"),
            Some(available) if available >= needed => {
                well(format!("{needed} KiB of {available} that are available"))
            }
            Some(available) => Err(Refusal::NoMemory {
                name: report.name.clone(),
                needed,
                available,
            }
            .into()),
        }
    }

    /// What can be had without swapping, in KiB.
    fn available(&self) -> Option<u64> {
        let text = fs::read_to_string(self.path("proc/meminfo")).ok()?;
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}
