// SPDX-License-Identifier: GPL-2.0-only
//! klp.ko beside the kernel's own core, in the same virtual machines with the same patches.

mod calls;
mod loading;
mod shadow;
mod table;
mod transitions;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use cargo_klp::cores::Core;
use cargo_klp::fetch;
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::{Run, Scenario, Vm};

use crate::repo::{Repo, step};
use crate::series::Series;
use crate::targets::{self, Headers};

/// The patches that are loaded.
const PATCHES: [&str; 3] = ["bench_calls", "bench_shadow", "bench_symbols"];

/// The file of a patch for a core, in the guest.
fn file(core: Core, patch: &str) -> String {
    format!("{core}-{patch}.ko")
}

/// Loads a patch.
fn insmod(core: Core, patch: &str, parameters: &str) -> String {
    let line = format!("insmod {} {parameters}", file(core, patch));
    line.trim_end().to_owned()
}

/// Takes a patch off again, and unloads it.
fn unload(core: Core, scenario: Scenario, patch: &str) -> Scenario {
    scenario
        .quiet(format!("echo 0 > {}/{patch}/enabled", core.folder()))
        .quiet(format!("wait-gone {patch}"))
        .quiet(format!("rmmod {patch}"))
}

/// What is measured with: a kernel, and what is loaded there.
struct Bench<'a> {
    repo: &'a Repo,
    kernel: Kernel,
}

/// Builds everything, measures, and prints the tables.
pub fn run(repo: &Repo, series: &Series) -> Result<()> {
    let (kernel, headers) = targets::prepare_for_modules(repo, series)?;
    let bench = Bench { repo, kernel };
    bench.build(&headers)?;
    table::print_all(&bench)
}

impl Bench<'_> {
    fn folder(&self) -> PathBuf {
        self.repo.root.join("xtask/bench/runtime")
    }

    fn module(&self) -> PathBuf {
        self.folder().join("klp_bench.ko")
    }

    /// Where the patches for a core are built.
    fn target(&self, core: Core) -> PathBuf {
        self.folder().join("patches/target").join(core.name())
    }

    /// Builds the module that is patched, klp.ko, and the patches for both cores.
    fn build(&self, headers: &Headers) -> Result<()> {
        step("building the module that is patched");
        targets::build_in(
            self.repo,
            &self.kernel,
            headers,
            &self.folder(),
            &["klp_bench"],
        )?;
        self.repo.build_core()?;
        step("building the patches for both cores");
        let patches = self.folder().join("patches");
        Core::ALL.into_iter().try_for_each(|core| {
            let target = self.target(core);
            self.repo.cargo_build_for(&patches, core, &target)
        })
    }

    /// A virtual machine with all that was built.
    fn machine(&self, cpus: u32, scenario: Scenario) -> Result<Vm> {
        let mut vm = self.repo.machine(&self.kernel);
        vm.cpus = cpus;
        vm.memory_mib = 1536;
        vm.timeout = Duration::from_secs(1200);
        vm.busybox = Some(fetch::static_busybox(&self.repo.home.downloads())?);
        vm.files.push((self.kernel.core.clone(), "klp.ko".into()));
        vm.files.push((self.module(), "klp_bench.ko".into()));
        for core in Core::ALL {
            let built = self.target(core).join("x86_64-unknown-none/debug");
            for patch in PATCHES {
                let on_host = built.join(format!("{patch}.ko"));
                vm.files.push((on_host, file(core, patch).into()));
            }
        }
        vm.scenario = scenario;
        Ok(vm)
    }
}

/// A scenario in which both klp.ko and the module that is patched are there.
fn loaded() -> Scenario {
    Scenario::new()
        .quiet("insmod klp.ko")
        .quiet("insmod klp_bench.ko")
}

/// Runs a machine in which every step has to work.
fn run_all(vm: &Vm) -> Result<Run> {
    let run = vm.run(&mut |_| {})?;
    let failed = run.steps.iter().find(|step| !step.succeeded());
    match failed {
        Some(step) => anyhow::bail!("`{}` failed: {:?}", step.command, step.lines),
        None => Ok(run),
    }
}

/// The middle one.
fn median(mut numbers: Vec<f64>) -> Result<f64> {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.get(numbers.len() / 2).copied();
    middle.context("nothing was measured")
}
