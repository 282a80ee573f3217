// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask soak`: patches of klp's core come and go in a virtual machine under load.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::protocol::Record;
use cargo_klp::vm::{Scenario, Vm};

use crate::On;
use crate::repo::{Repo, step};
use crate::targets::{self, Headers};

/// The patches of `xtask/soak/patches`, as modules.
const PATCHES: [&str; 4] = [
    "soak_first.ko",
    "soak_second.ko",
    "soak_all.ko",
    "soak_shapes.ko",
];
/// More than a cycle takes on a slow machine, and what everything else takes.
const PER_CYCLE: Duration = Duration::from_secs(20);
const MORE: Duration = Duration::from_secs(300);

/// How long to soak.
#[derive(clap::Args)]
pub struct Length {
    #[command(flatten)]
    on: On,
    /// How many patches to load, enable, disable and unload.
    #[arg(long, default_value_t = 1000)]
    cycles: u32,
    /// How many processors the machine has. With more than one and without KVM, QEMU was seen to go
    /// on running a breakpoint that ftrace had taken away, which hangs the machine.
    #[arg(long, default_value_t = 1)]
    cpus: u32,
}

/// Builds everything, and runs it.
pub fn run(repo: &Repo, length: &Length) -> Result<()> {
    let (kernel, headers) = targets::prepare_for_modules(repo, length.on.kernel)?;
    cycles(repo, &kernel, &headers, length.cycles, length.cpus)
}

/// Builds what is loaded, and runs so many cycles on so many processors.
pub fn cycles(
    repo: &Repo,
    kernel: &Kernel,
    headers: &Headers,
    cycles: u32,
    cpus: u32,
) -> Result<()> {
    let modules = build(repo, kernel, headers)?;
    step(&format!("{cycles} cycles on Linux {}", kernel.release));
    let mut vm = machine(repo, kernel, modules);
    vm.cpus = cpus;
    vm.timeout = PER_CYCLE * cycles + MORE;
    // The serial line is slow, and says what is no warning a thousand times.
    vm.extra_command_line.push("loglevel=5".to_owned());
    vm.scenario = Scenario::new()
        .step("insmod klp.ko")
        .step(format!("soak {cycles}"))
        .step("rmmod klp")
        .step("cat /proc/modules");
    let said = vm.run(&mut |line| {
        if let Some(Record::Output(text)) = Record::parse(&line.text) {
            println!("{text}");
        }
    })?;
    let left: Vec<_> = said
        .steps
        .last()
        .map(|step| step.output())
        .unwrap_or_default();
    ensure!(left.is_empty(), "modules are left: {left:?}");
    ensure!(said.steps.iter().all(|step| step.succeeded()), "it failed");
    Ok(())
}

/// Builds klp's core, the module in C and the patches for it, and gives all of them.
pub fn build(repo: &Repo, kernel: &Kernel, headers: &Headers) -> Result<Vec<PathBuf>> {
    repo.build_core()?;
    step("building the patches and the module of the soak");
    let folder = repo.root.join("xtask/soak");
    let target = targets::build_in(
        repo,
        kernel,
        headers,
        &folder.join("module"),
        &["klp_soak", "klp_shapes"],
    )?;
    let patches = folder.join("patches");
    repo.cargo_build(&patches)?;
    let built = patches.join("target/x86_64-unknown-none/debug");
    let patches = PATCHES.map(|name| built.join(name));
    Ok(target
        .into_iter()
        .chain([kernel.core.clone()])
        .chain(patches)
        .collect())
}

fn machine(repo: &Repo, kernel: &Kernel, modules: Vec<PathBuf>) -> Vm {
    let mut vm = repo.machine(kernel);
    let named = |path: PathBuf| Some((path.clone(), path.file_name()?.into()));
    vm.files.extend(modules.into_iter().filter_map(named));
    vm
}
