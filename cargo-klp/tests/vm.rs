// SPDX-License-Identifier: GPL-2.0-only
//! Boots real kernels: `KLP_TEST_VMLINUZ` names the image.

use std::{env, path::PathBuf, time::Duration};

use cargo_klp::vm::{Run, Scenario, Vm, VmError};

/// A machine that runs `steps`.
fn vm(scenario: Scenario) -> Vm {
    let kernel = env::var_os("KLP_TEST_VMLINUZ").expect("KLP_TEST_VMLINUZ names a kernel image");
    let mut vm = Vm::new(kernel);
    vm.guest = Some(PathBuf::from(env!("CARGO_BIN_EXE_klp-guest")));
    vm.scenario = scenario;
    vm
}

fn run(scenario: Scenario) -> Result<Run, VmError> {
    vm(scenario).run(&mut |line| println!("{}", line.text))
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn boots_and_says_which_kernel_it_is() {
    let run = run(Scenario::new().step("cat /proc/version")).unwrap();
    assert_eq!(run.steps.len(), 1);
    assert!(run.steps[0].succeeded());
    assert!(run.steps[0].output()[0].starts_with("Linux version "));
}
