// SPDX-License-Identifier: GPL-2.0-only
//! Patches whose behaviour in a running kernel depends on the link step.
//!
//! A patch is a file in `patches/`, built as authors build theirs and run on the default kernel of
//! `KLP_TEST_HOME`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use cargo_klp::vm::{Run, Scenario, Vm, VmError};
use scratch::{Case, Workspace};

fn source(patch: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patches");
    folder.join(format!("{patch}.rs"))
}

/// Loads the patch and reads `/proc/cmdline`, then takes the patch off again.
fn run(patch: &str) -> Result<Run, VmError> {
    let workspace = Workspace::new(&format!("behaviour-{patch}"));
    let case = Case::read(&source(patch));
    let output = workspace.build(&case);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let kernels = workspace.home.join("kernels");
    let release = fs::read_to_string(kernels.join("default")).unwrap();
    let mut vm = Vm::new(kernels.join(release.trim()).join("vmlinuz"));
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    let ko = format!("{patch}.ko");
    vm.files
        .push((workspace.output(&case, "ko"), ko.clone().into()));
    vm.scenario = Scenario::new()
        .step(format!("insmod {ko}"))
        .quiet(format!("wait-transition {patch}"))
        .step("cat /proc/cmdline")
        .step(format!("echo 0 > /sys/kernel/livepatch/{patch}/enabled"))
        .quiet(format!("wait-gone {patch}"))
        .step(format!("rmmod {patch}"));
    vm.run(&mut |line| println!("{}", line.text))
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_panic_is_a_bug_at_the_authors_line() {
    let text = fs::read_to_string(source("panics")).unwrap();
    let line = text.lines().position(|line| line.ends_with("// the panic"));
    let expected = format!("kernel BUG at panics/src/main.rs:{}!", line.unwrap() + 1);
    let error = run("panics").unwrap_err();
    let VmError::Trouble { step, excerpt, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(step.as_deref(), Some("cat /proc/cmdline"));
    assert!(
        excerpt.iter().any(|line| line.contains(&expected)),
        "{error}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn slices_of_the_authors_own_are_whole() {
    let run = run("slices").unwrap();
    let cat = run
        .steps
        .iter()
        .find(|step| step.command == "cat /proc/cmdline");
    let mut words = cat.unwrap().output();
    words.sort_unstable();
    assert_eq!(words, ["word=one", "word=three", "word=two"]);
    let failed: Vec<_> = run.steps.iter().filter(|step| !step.succeeded()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
