// SPDX-License-Identifier: GPL-2.0-only
//! Which functions klp's core makes jump to their replacements, and who may be in the way of that,
//! on a real kernel. `KLP_TEST_SOAK` has klp.ko, the modules of `xtask/soak` and the patches for them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::path::Path;

use cargo_klp::vm::{Run, Scenario, StepResult, Vm};

const EVENTS: &str = "/sys/kernel/tracing/kprobe_events";
const ENABLE: &str = "/sys/kernel/tracing/events/kprobes/enable";
const JUMPS: &str = "grep jumps /sys/kernel/klp/stats";
const SHAPES: &str = "cat /proc/klp_shapes";
const CMDLINE: &str = "cat /proc/cmdline";
const DISABLE: &str = "echo 0 > /sys/kernel/klp/soak_first/enabled";
const THEIRS: &str = "insmod cumulative.ko";

fn run(scenario: Scenario) -> Run {
    let mut vm = Vm::new(env::var_os("KLP_TEST_VMLINUZ").expect("a kernel image"));
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    vm.cpus = 2;
    let files = env::var_os("KLP_TEST_SOAK").expect("the modules of the soak");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let theirs = examples.join("target/x86_64-unknown-none/debug/cumulative.ko");
    for file in env::split_paths(&files).chain([theirs]) {
        let name = file.file_name().unwrap().into();
        vm.files.push((file, name));
    }
    vm.scenario = scenario;
    vm.run(&mut |line| println!("{}", line.text)).unwrap()
}

/// What klp's core does until it has nothing left to do.
fn loaded(scenario: Scenario, patch: &str) -> Scenario {
    scenario
        .quiet(format!("insmod {patch}.ko"))
        .quiet(format!("wait-transition {patch}"))
        .quiet("sleep 2")
}

fn unloaded(scenario: Scenario, patch: &str) -> Scenario {
    scenario
        .quiet(format!("echo 0 > /sys/kernel/klp/{patch}/enabled"))
        .quiet(format!("wait-gone {patch}"))
        .quiet(format!("rmmod {patch}"))
}

fn steps<'r>(run: &'r Run, command: &str) -> Vec<&'r StepResult> {
    let steps = run.steps.iter().filter(|step| step.command == command);
    steps.collect()
}

fn output(run: &Run, command: &str) -> Vec<String> {
    let steps = steps(run, command).into_iter();
    steps.map(|step| step.output()[0].to_owned()).collect()
}

/// Whether each command line was the patch's.
fn patched(run: &Run) -> Vec<bool> {
    let lines = output(run, CMDLINE).into_iter();
    lines.map(|line| line == "first").collect()
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn only_functions_that_nobody_else_writes_to_jump() {
    let scenario = Scenario::new()
        .quiet("insmod klp.ko")
        .quiet("insmod klp_shapes.ko")
        .step(SHAPES)
        .quiet(format!(
            "echo 'p:probed klp_shapes:klp_shape_probed+5' > {EVENTS}"
        ))
        .quiet(format!("echo 1 > {ENABLE}"));
    let scenario = loaded(scenario, "soak_shapes")
        .step(JUMPS)
        .step(SHAPES)
        // The kernel writes to the start of two of the functions now.
        .quiet("echo > /proc/klp_shapes")
        .quiet(format!("echo 0 > {ENABLE}"))
        .quiet(format!("echo > {EVENTS}"))
        .step(SHAPES);
    let run = run(unloaded(scenario, "soak_shapes").step(SHAPES).step(JUMPS));
    let new = "plain 100 probed 100 labelled 100 called 100 fixed 100 looping 100";
    assert_eq!(
        output(&run, SHAPES),
        [
            "plain 4 probed 6 labelled 2 called 2 fixed 2 looping 2",
            new,
            new,
            "plain 4 probed 6 labelled 3 called 3 fixed 2 looping 2",
        ]
    );
    assert_eq!(output(&run, JUMPS), ["jumps 1", "jumps 0"]);
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_module_may_go_with_the_jumps_in_it() {
    let scenario = Scenario::new()
        .quiet("insmod klp.ko")
        .quiet("insmod klp_shapes.ko");
    let scenario = loaded(scenario, "soak_shapes")
        .step(JUMPS)
        .step("rmmod klp_shapes")
        .step(JUMPS)
        .step("insmod klp_shapes.ko")
        .step(SHAPES);
    let run = run(unloaded(scenario, "soak_shapes").step(SHAPES));
    let jumps = output(&run, JUMPS);
    assert_eq!(jumps, ["jumps 2", "jumps 0"]);
    for command in ["rmmod klp_shapes", "insmod klp_shapes.ko"] {
        assert!(steps(&run, command)[0].succeeded());
    }
    let answers = output(&run, SHAPES);
    assert!(
        answers[0].starts_with("plain 100 probed 100"),
        "{answers:?}"
    );
    assert!(answers[1].starts_with("plain 4 probed 6"), "{answers:?}");
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_kprobe_on_a_jump_works_and_holds_the_patch() {
    let traced = "grep -c ': (cmdline_proc_show+0x5/' /sys/kernel/tracing/trace";
    let scenario = loaded(Scenario::new().quiet("insmod klp.ko"), "soak_first")
        .step(JUMPS)
        .quiet(format!("echo 'p:p0 cmdline_proc_show+5' > {EVENTS}"))
        .quiet(format!("echo 1 > {ENABLE}"))
        .step(CMDLINE)
        .step(traced)
        .step(DISABLE)
        .step(CMDLINE)
        .quiet(format!("echo 0 > {ENABLE}"))
        .quiet(format!("echo > {EVENTS}"))
        .step(CMDLINE);
    let run = run(unloaded(scenario, "soak_first").step(CMDLINE).step(JUMPS));
    assert_eq!(output(&run, JUMPS), ["jumps 1", "jumps 0"]);
    assert_eq!(patched(&run), [true, true, true, false]);
    assert_eq!(output(&run, traced), ["1"]);
    let refused = &steps(&run, DISABLE)[0];
    assert!(
        !refused.succeeded() && refused.output()[0].ends_with("Device or resource busy"),
        "{refused:?}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_patch_for_the_kernels_own_core_is_refused_a_function_that_jumps() {
    let scenario = loaded(Scenario::new().quiet("insmod klp.ko"), "soak_first")
        .step(JUMPS)
        .step(THEIRS)
        .step(CMDLINE)
        .step(JUMPS)
        // By the other direct route.
        .step(THEIRS)
        .step(CMDLINE);
    let scenario = unloaded(scenario, "soak_first")
        .step(THEIRS)
        .quiet("wait-transition cumulative")
        .step(CMDLINE);
    let run = run(scenario);
    assert_eq!(output(&run, JUMPS), ["jumps 1", "jumps 0"]);
    let loads = steps(&run, THEIRS);
    let loads: Vec<_> = loads.iter().map(|step| step.succeeded()).collect();
    assert_eq!(loads, [false, false, true]);
    assert_eq!(patched(&run), [true, true, false]);
    assert!(output(&run, CMDLINE)[2].ends_with("klp=fix2"));
}
