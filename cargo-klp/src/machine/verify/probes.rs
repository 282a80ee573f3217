// SPDX-License-Identifier: GPL-2.0-only
//! The kprobes of the functions that are to be replaced.
//!
//! One at the entry, which ftrace serves, goes on being hit. One further inside is not: nobody runs
//! the old function any more.

use klp_link::inspect::Report;

use super::{Finding, Machine, mind, or_well, well};
use crate::machine::reason;

/// Where debugfs shows all kprobes.
const LIST: &str = "sys/kernel/debug/kprobes/list";

/// A kprobe as the kernel lists it: `ADDRESS  k  SYMBOL+0xOFFSET  [MODULE] [FTRACE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    /// The function.
    pub(super) symbol: String,
    /// Whether ftrace serves it, which it does at the entry.
    pub(super) entry: bool,
    /// Where it is, as the kernel has it.
    place: String,
}

impl Probe {
    /// `None` for one that is off, and for what is no kprobe.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let place = words.nth(2)?;
        let flags = |flag| line.contains(flag);
        if flags("[DISABLED]") || flags("[GONE]") {
            return None;
        }
        Some(Self {
            symbol: place.split_once('+')?.0.to_owned(),
            entry: flags("[FTRACE]"),
            place: place.to_owned(),
        })
    }
}

impl Machine {
    /// All kprobes that are on; nothing where they cannot be seen.
    pub(super) fn probes(&self) -> Vec<Probe> {
        self.probes_or_why().unwrap_or_default()
    }

    fn probes_or_why(&self) -> Result<Vec<Probe>, String> {
        match std::fs::read_to_string(self.path(LIST)) {
            Ok(list) => Ok(list.lines().filter_map(Probe::parse).collect()),
            // Where debugfs is there and this is not, the kernel has no kprobes.
            Err(_) if self.path("sys/kernel/debug/tracing").exists() => Ok(Vec::new()),
            Err(error) => Err(reason(&error)),
        }
    }

    pub(super) fn check_kprobes(&self, report: &Report) -> Vec<Finding> {
        let probes = match self.probes_or_why() {
            Ok(probes) => probes,
            Err(why) => {
                return vec![mind(
                    format!("kprobes cannot be seen: /{LIST}: {why}"),
                    "run the command as root, with debugfs mounted: `mount -t debugfs debugfs \
                     /sys/kernel/debug`",
                )];
            }
        };
        let patched = |probe: &&Probe| {
            let mut functions = report.functions();
            functions.any(|(_, function)| function.symbol == probe.symbol)
        };
        let found = probes.iter().filter(patched).map(finding).collect();
        or_well(found, "none on these functions")
    }
}

fn finding(probe: &Probe) -> Finding {
    let place = &probe.place;
    match probe.entry {
        true => well(format!(
            "{place}: at the entry of a patched function, where it is hit as before"
        )),
        false => mind(
            format!(
                "{place}: inside a function that is patched, where it is not hit while the patch \
                 is enabled"
            ),
            "tell those who set it, or have them set it in the new function once the patch is \
             loaded",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kprobes_are_read_as_the_kernel_lists_them() {
        let parse = |line| Probe::parse(line).map(|probe| (probe.symbol, probe.entry));
        let at_entry = "ffffffff9d3c1a40  k  cmdline_proc_show+0x0    [FTRACE]";
        assert_eq!(parse(at_entry), Some(("cmdline_proc_show".into(), true)));
        // 6.12 and 7.2, whose functions start with an ENDBR.
        let behind_endbr = "ffffffff9bd02754  k  cmdline_proc_show+0x4    [FTRACE]";
        assert_eq!(
            parse(behind_endbr),
            Some(("cmdline_proc_show".into(), true))
        );
        let inside = "ffffffffc04a1017  r  send+0x17  a_driver [OPTIMIZED]";
        assert_eq!(parse(inside), Some(("send".into(), false)));
        assert_eq!(
            parse("ffffffff9d3c1a40  k  f+0x0  [DISABLED][FTRACE]"),
            None
        );
        assert_eq!(parse(""), None);
    }
}
