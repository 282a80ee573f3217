// SPDX-License-Identifier: GPL-2.0-only
//! Whether such a kernel would say so: a module makes mistakes, and each has to end its machine.

use anyhow::{Result, ensure};
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::{Scenario, VmError};

use crate::repo::{Repo, step};

/// The functions of `xtask/debug/mistakes`, and what the kernel says of each.
const MISTAKES: [(&str, &str); 5] = [
    ("use_after_free", "BUG: KASAN: use-after-free"),
    (
        "sleep_under_lock",
        "BUG: sleeping function called from invalid context",
    ),
    (
        "two_orders",
        "WARNING: possible circular locking dependency detected",
    ),
    (
        "two_of_a_class",
        "WARNING: possible recursive locking detected",
    ),
    ("no_reader", "WARNING: suspicious RCU usage"),
];

/// Makes each mistake in a machine of its own.
pub fn make(repo: &Repo, kernel: &Kernel) -> Result<()> {
    step("mistakes that the kernel has to report");
    let folder = repo.root.join("xtask/debug/mistakes");
    repo.cargo_build(&folder)?;
    for (mistake, report) in MISTAKES {
        let mut vm = repo.machine(kernel);
        let built = folder.join("target/x86_64-unknown-none/debug/mistakes.ko");
        vm.files.push((built, "mistakes.ko".into()));
        let insmod = format!("insmod mistakes.ko mistake={mistake}");
        vm.scenario = Scenario::new().step(insmod);
        let said = match vm.run(&mut |_| {}) {
            Err(VmError::Trouble { excerpt, .. }) => excerpt,
            Err(error) => return Err(error.into()),
            Ok(_) => Vec::new(),
        };
        ensure!(
            said.iter().any(|line| line.contains(report)),
            "the kernel does not report `{report}` for {mistake}: was it built with all of \
             xtask/debug/config?\n{}",
            said.join("\n")
        );
        println!("{mistake}: {report}");
    }
    Ok(())
}
