// SPDX-License-Identifier: GPL-2.0-only
//! Whether such a kernel knows klp.ko's locks, by their names: what it does not know it cannot check.

use anyhow::{Result, ensure};
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::Scenario;

use crate::repo::{Repo, step};

/// The names that klp.ko gives to those that any patch makes it take.
const LOCKS: [&str; 3] = ["klp_burial", "klp_coming", "klp_engine"];

/// Loads and unloads a patch, and asks the kernel.
pub fn look(repo: &Repo, kernel: &Kernel) -> Result<()> {
    step("the locks of klp.ko");
    let patch = "target/core-klp/x86_64-unknown-none/debug/cmdline.ko";
    let mut vm = repo.machine(kernel);
    vm.files.push((kernel.core.clone(), "klp.ko".into()));
    vm.files
        .push((repo.examples().join(patch), "cmdline.ko".into()));
    vm.scenario = Scenario::new()
        .quiet("insmod klp.ko")
        .quiet("insmod cmdline.ko")
        .quiet("wait-transition cmdline")
        .quiet("echo 0 > /sys/kernel/klp/cmdline/enabled")
        .quiet("wait-gone cmdline")
        .quiet("rmmod cmdline")
        .step("cat /proc/lockdep");
    let said = vm.run(&mut |_| {})?;
    let known: Vec<_> = said.steps.iter().flat_map(|step| step.output()).collect();
    for lock in LOCKS {
        ensure!(
            known.iter().any(|line| line.ends_with(lock)),
            "the kernel does not know the lock {lock}: look at klp-kernel/core/src/lock.rs"
        );
    }
    println!("{}", LOCKS.join(", "));
    Ok(())
}
