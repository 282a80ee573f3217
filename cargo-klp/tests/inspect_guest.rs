// SPDX-License-Identifier: GPL-2.0-only
//! What `cargo klp inspect` shows of every example is what the loaded patch's sysfs says.
//!
//! `KLP_TEST_HOME` names a klp folder with the kernel and klp.ko; the examples have been built
//! (`cargo xtask test` does all of it). The modules that they patch are not needed: a patch shows its
//! objects and functions in sysfs also while those are not loaded.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::collections::BTreeMap;
use std::time::Duration;

use cargo_klp::cores::Core;
use cargo_klp::home::Home;
use cargo_klp::vm::{Run, Scenario};
use cargo_klp::{fetch, inspect, kernels};
use klp_link::inspect::Report;
use scratch::examples::built;

/// klp's core, as the guest has it.
const KLP: &str = "klp.ko";

/// Loads each patch by itself and looks at what it shows.
fn scenario(core: Core, reports: &[Report]) -> Scenario {
    let mut scenario = Scenario::new();
    if core == Core::Klp {
        scenario = scenario.step(format!("insmod {KLP}"));
    }
    for report in reports {
        let name = &report.name;
        scenario = scenario
            .step(format!("insmod {name}.ko"))
            .step(format!("wait-transition {name}"))
            .step(folders(core, name))
            .step(parameters(name))
            .step(sections(name))
            .step(build_id(name))
            .step(format!("echo 0 > {}/{name}/enabled", core.folder()))
            .step(format!("wait-gone {name}"))
            .step(format!("rmmod {name}"));
    }
    scenario
}

fn folders(core: Core, name: &str) -> String {
    let folder = core.folder();
    format!("cd {folder}/{name}; busybox find . -mindepth 1 -type d")
}

/// Mode, name and value of each.
fn parameters(name: &str) -> String {
    format!(
        "for file in /sys/module/{name}/parameters/*; do [ -e $file ] && \
         echo $(busybox stat -c %a $file) $(busybox basename $file) $(busybox cat $file); done; true"
    )
}

fn sections(name: &str) -> String {
    format!("busybox ls -a /sys/module/{name}/sections")
}

/// The note's bytes behind its header.
fn build_id(name: &str) -> String {
    format!(
        "busybox tail -c 20 /sys/module/{name}/notes/.note.gnu.build-id | busybox hexdump -v -e '1/1 \"%02x\"'"
    )
}

fn output(run: &Run, command: &str) -> Vec<String> {
    let step = run.steps.iter().find(|step| step.command == command);
    let lines = step.unwrap().output();
    let mut lines: Vec<_> = lines.iter().map(|line| line.trim().to_owned()).collect();
    lines.sort();
    lines
}

/// The folders that a core makes: one for each object, in it one for each function, by position.
fn expected_folders(report: &Report) -> Vec<String> {
    let objects = report
        .objects
        .iter()
        .map(|object| format!("./{}", object.name));
    let functions = report.functions().map(|(object, func)| {
        let position = func.sympos.max(1);
        format!("./{}/{},{position}", object.name, func.symbol)
    });
    let mut all: Vec<_> = objects.chain(functions).collect();
    all.sort();
    all
}

/// Those with a file, in the mode that root sees.
fn expected_parameters(report: &Report) -> Vec<String> {
    let shown = report.parameters.iter().filter(|p| p.mode != 0);
    let mut all: Vec<_> = shown
        .map(|p| format!("{:o} {} {}", p.mode, p.name, p.default.as_ref().unwrap()))
        .collect();
    all.sort();
    all
}

fn sysfs_says_the_same(core: Core) {
    let home = Home::at(scratch::variable("KLP_TEST_HOME"));
    let kernel = kernels::selected(&home, None).unwrap();
    let mut vm = kernels::machine(&kernel);
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    vm.busybox = Some(fetch::static_busybox(&home.downloads()).unwrap());
    vm.timeout = Duration::from_secs(300);
    if core == Core::Klp {
        vm.files.push((kernel.core.clone(), KLP.into()));
    }
    let patches: BTreeMap<_, _> = built(core.into())
        .into_iter()
        .map(|ko| (ko.clone(), inspect::read(&ko).unwrap()))
        .collect();
    for (ko, report) in &patches {
        vm.files
            .push((ko.clone(), format!("{}.ko", report.name).into()));
    }
    let reports: Vec<_> = patches.into_values().collect();
    vm.scenario = scenario(core, &reports);
    let run = vm.run(&mut |line| println!("{}", line.text)).unwrap();
    let failed: Vec<_> = run.steps.iter().filter(|step| !step.succeeded()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    for report in &reports {
        let name = &report.name;
        let theirs = output(&run, &folders(core, name));
        assert_eq!(expected_folders(report), theirs, "{name}");
        let theirs = output(&run, &parameters(name));
        assert_eq!(expected_parameters(report), theirs, "{name}");
        let theirs = output(&run, &build_id(name));
        assert_eq!(report.build_id.as_slice(), theirs, "{name}");
        let theirs = output(&run, &sections(name));
        assert!(theirs.contains(&".text".to_owned()), "{theirs:?}");
        assert!(!theirs.contains(&".klp.info".to_owned()), "{theirs:?}");
    }
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn on_the_kernels_own_core() {
    sysfs_says_the_same(Core::Builtin);
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn on_klps_core() {
    sysfs_says_the_same(Core::Klp);
}
