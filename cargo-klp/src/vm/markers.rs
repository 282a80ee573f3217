// SPDX-License-Identifier: GPL-2.0-only
//! The lines by which a kernel says that something went wrong.

/// Starts of lines after which a run cannot be trusted.
const STARTS: &[&str] = &[
    "BUG: ",
    "WARNING: ",
    "Oops: ",
    "Oops[",
    "Kernel panic",
    "PANIC: ",
    "general protection",
    "double fault: ",
    "int3: ",
    "invalid opcode: ",
    "stack segment: ",
    "watchdog: BUG: soft lockup",
    "Call Trace:",
    // Lockdep has given up.
    "INFO: trying to register non-static key",
];

/// Parts of lines with the same meaning, where the start varies.
const PARTS: &[&str] = &[
    "hard LOCKUP",
    "self-detected stall",
    "detected stalls on CPUs",
    "detected expedited stalls",
    "blocked for more than",
    "blocked in I/O wait for more than",
];

/// The last line of a warning's report.
const END_OF_REPORT: &str = "---[ end trace";

/// Watches the kernel's lines, letting through what the caller expects.
#[derive(Debug)]
pub struct Watch<'a> {
    allowed: &'a [String],
    in_allowed_report: bool,
}

impl<'a> Watch<'a> {
    /// A watch that lets reports through whose first line contains one of `allowed`.
    pub fn new(allowed: &'a [String]) -> Self {
        Self {
            allowed,
            in_allowed_report: false,
        }
    }

    /// The marker that `text` carries, unless it belongs to a report that is allowed.
    pub fn check(&mut self, text: &str) -> Option<&'static str> {
        if self.in_allowed_report {
            self.in_allowed_report = !text.starts_with(END_OF_REPORT);
            return None;
        }
        let marker = find(text)?;
        if self
            .allowed
            .iter()
            .any(|allowed| text.contains(allowed.as_str()))
        {
            self.in_allowed_report = text.starts_with("WARNING: ");
            return None;
        }
        Some(marker)
    }
}

fn find(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let start = STARTS.iter().find(|marker| text.starts_with(**marker));
    start
        .or_else(|| PARTS.iter().find(|marker| text.contains(**marker)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_recognised() {
        for line in [
            "BUG: kernel NULL pointer dereference, address: 0000000000000000",
            "WARNING: CPU: 0 PID: 1 at kernel/livepatch/shadow.c:171 klp_shadow_alloc+0x1/0x2",
            "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [insmod:81]",
            "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
            "INFO: task sleep:77 blocked for more than 120 seconds.",
            "Kernel panic - not syncing: Fatal exception",
            " Call Trace:",
            // Kernels that check themselves.
            "BUG: KASAN: use-after-free in init+0x3b/0x60 [mistakes]",
            "BUG: sleeping function called from invalid context at include/linux/sched/mm.h:274",
            "WARNING: possible circular locking dependency detected",
            "WARNING: possible recursive locking detected",
            "WARNING: suspicious RCU usage",
            "INFO: trying to register non-static key.",
        ] {
            assert!(Watch::new(&[]).check(line).is_some(), "{line}");
        }
    }

    #[test]
    fn ordinary_lines_pass() {
        for line in [
            "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
            "livepatch: enabling patch 'x'",
            "rcu: Hierarchical RCU implementation.",
        ] {
            assert_eq!(Watch::new(&[]).check(line), None, "{line}");
        }
    }

    #[test]
    fn an_allowed_warning_is_let_through_to_its_end_only() {
        let allowed = ["klp_shadow_alloc".to_owned()];
        let mut watch = Watch::new(&allowed);
        assert_eq!(
            watch.check("WARNING: CPU: 0 PID: 1 at klp_shadow_alloc+0x1"),
            None
        );
        assert_eq!(watch.check("Call Trace:"), None);
        assert_eq!(watch.check("---[ end trace 0000000000000000 ]---"), None);
        assert_eq!(watch.check("Call Trace:"), Some("Call Trace:"));
    }
}
