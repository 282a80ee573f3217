// SPDX-License-Identifier: GPL-2.0-only
//! klp's core when things go wrong, on a real kernel: `KLP_TEST_VMLINUZ` names it, and
//! `KLP_TEST_SOAK` klp.ko and the modules of `xtask/soak`, which are built for it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cargo_klp::vm::{Run, Scenario, StepResult, Vm};

const FAIL: &str = "/sys/module/klp/parameters/fail_allocation";
const ENABLED: &str = "/sys/kernel/klp/soak_first/enabled";
/// More allocations than any operation on `soak_first` makes.
const MANY: usize = 40;
/// What is there, in one line: patches, modules, the patched module's answer, the core's memory.
const STATE: &str = "echo $(ls /sys/kernel/klp) $(cut -d' ' -f1 /proc/modules) \
    $(cat /proc/klp_soak) $(grep allocations /sys/kernel/klp/stats)";
/// Takes the patch away, if it is there.
const CLEAN_UP: &str = "[ ! -d /sys/kernel/klp/soak_first ] || { sleep 0.2; \
    echo 0 > /sys/kernel/klp/soak_first/enabled; \
    while ! rmmod soak_first 2>/dev/null; do sleep 0.1; done; }";

/// Runs what `steps` adds to a machine with the core.
fn run(steps: impl FnOnce(Scenario) -> Scenario) -> Run {
    let mut vm = Vm::new(env::var_os("KLP_TEST_VMLINUZ").expect("a kernel image"));
    vm.guest = Some(PathBuf::from(env!("CARGO_BIN_EXE_klp-guest")));
    vm.timeout = Duration::from_secs(600);
    let modules = env::var_os("KLP_TEST_SOAK").expect("the modules of the soak");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let more = [
        "targets/klp_target.ko",
        "target/x86_64-unknown-none/debug/asleep.ko",
    ];
    for file in env::split_paths(&modules).chain(more.map(|file| examples.join(file))) {
        let name = file.file_name().unwrap().into();
        vm.files.push((file, name));
    }
    vm.scenario = steps(Scenario::new().quiet("insmod klp.ko"));
    vm.run(&mut |line| println!("{}", line.text)).unwrap()
}

/// The steps with this command.
fn all<'r>(run: &'r Run, command: &str) -> Vec<&'r StepResult> {
    let steps = run.steps.iter().filter(|step| step.command == command);
    steps.collect()
}

fn output<'r>(run: &'r Run, command: &str) -> Vec<Vec<&'r str>> {
    all(run, command).iter().map(|step| step.output()).collect()
}

/// Asserts that the first tries were refused for want of memory, and all later ones succeeded.
fn refused_then_done(steps: &[&StepResult], at_least: usize) {
    let refused = steps.iter().take_while(|step| !step.succeeded()).count();
    assert!((at_least..steps.len()).contains(&refused), "{refused}");
    for step in &steps[..refused] {
        assert!(
            step.output()[0].ends_with("Cannot allocate memory"),
            "{step:?}"
        );
    }
    assert!(steps[refused..].iter().all(|step| step.succeeded()));
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn without_memory_nothing_is_loaded_and_nothing_is_left() {
    let run = run(|scenario| {
        let scenario = scenario
            .quiet("insmod klp_soak.ko")
            // Somebody looks all the time: also at a patch that is shown in part only.
            .quiet("start while :; do cat /sys/kernel/klp/*/*; done >/dev/null 2>&1")
            // The core's lists have grown, then.
            .quiet("insmod soak_first.ko")
            .quiet("wait-transition soak_first")
            .quiet(CLEAN_UP)
            .step(STATE);
        (1..=MANY).fold(scenario, |scenario, nth| {
            scenario
                .quiet(format!("echo {nth} > {FAIL}"))
                .step("insmod soak_first.ko")
                .quiet(format!("echo 0 > {FAIL}"))
                .quiet(CLEAN_UP)
                .step(STATE)
        })
    });
    refused_then_done(&all(&run, "insmod soak_first.ko")[1..], 20);
    let states = output(&run, STATE);
    assert!(states[0][0].contains("original original"), "{states:?}");
    assert!(states.iter().all(|state| *state == states[0]), "{states:?}");
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn without_memory_a_module_is_not_loaded_unpatched() {
    let run = run(|scenario| {
        let scenario = scenario
            .quiet("insmod soak_first.ko")
            .quiet("wait-transition soak_first");
        (1..=10).fold(scenario, |scenario, nth| {
            scenario
                .quiet(format!("echo {nth} > {FAIL}"))
                .step("insmod klp_soak.ko")
                .quiet(format!("echo 0 > {FAIL}"))
                .step("cat /proc/klp_soak")
                .quiet("rmmod klp_soak")
        })
    });
    let loads = all(&run, "insmod klp_soak.ko");
    refused_then_done(&loads, 3);
    for (load, answer) in loads.iter().zip(output(&run, "cat /proc/klp_soak")) {
        assert_eq!(load.succeeded(), answer == ["first first"], "{answer:?}");
    }
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn without_memory_a_patch_stays_enabled() {
    let disable = format!("echo 0 > {ENABLED}");
    let run = run(|scenario| {
        let scenario = scenario.quiet("insmod klp_soak.ko");
        (1..=8).fold(scenario, |scenario, nth| {
            scenario
                .quiet("[ -d /sys/kernel/klp/soak_first ] || insmod soak_first.ko")
                .quiet("wait-transition soak_first")
                .quiet(format!("echo {nth} > {FAIL}"))
                .step(&disable)
                .quiet(format!("echo 0 > {FAIL}"))
                .quiet(
                    "[ \"$(cat /sys/kernel/klp/soak_first/enabled)\" = 1 ] || \
                    while ! rmmod soak_first 2>/dev/null; do sleep 0.1; done",
                )
                .step("cat /proc/klp_soak")
        })
    });
    let disabled = all(&run, &disable);
    refused_then_done(&disabled, 3);
    for (disable, answer) in disabled.iter().zip(output(&run, "cat /proc/klp_soak")) {
        assert_eq!(
            disable.succeeded(),
            answer == ["original original"],
            "{answer:?}"
        );
    }
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn who_loads_may_be_killed() {
    // A read sleeps in a function that is replaced, which holds the transition up.
    let load = "sh -c 'insmod soak_first.ko & sleep 0.0$0; kill -9 $!; wait' ";
    let held_up =
        |scenario: Scenario, after: usize| {
            scenario
            .quiet("start cat /proc/klp_soak")
            .quiet("sleep 0.3")
            .quiet(format!("{load}{after}"))
            // Either the patch is enabled, or its module is not there.
            .step("while [ -d /sys/module/soak_first ] && [ ! -d /sys/kernel/klp/soak_first ]; do \
                sleep 0.1; done; echo consistent")
            .quiet("sleep 2")
            .quiet(CLEAN_UP)
            .step(STATE)
        };
    let run = run(|scenario| {
        let scenario = scenario
            .quiet("insmod klp_soak.ko delay_ms=1000")
            .step(STATE);
        [0, 1, 2, 4, 8].into_iter().fold(scenario, held_up)
    });
    let states = output(&run, STATE);
    let what = |state: &Vec<&str>| state[0].split(" allocations").next().unwrap().to_owned();
    assert_eq!(states.len(), 6);
    assert!(
        states.iter().all(|state| what(state) == what(&states[0])),
        "{states:?}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_module_comes_and_goes_in_a_transition() {
    let in_transition = "cat /sys/kernel/klp/soak_first/transition";
    let run = run(|scenario| {
        scenario
            .step("insmod klp_soak.ko")
            .step("insmod soak_first.ko delay_ms=5000")
            .step("wait-transition soak_first")
            .quiet("start cat /proc/cmdline")
            .quiet("sleep 1")
            .step(format!("echo 0 > {ENABLED}"))
            .step("rmmod klp_soak")
            .step("cat /sys/kernel/klp/blocking")
            .step("insmod klp_soak.ko")
            .step("cat /proc/klp_soak")
            .step(in_transition)
            .step("wait-gone soak_first")
            .step("rmmod soak_first")
            .step("cat /proc/klp_soak")
            .step("rmmod klp_soak")
            .step("rmmod klp")
    });
    assert!(run.steps.iter().all(|step| step.succeeded()));
    assert_eq!(output(&run, in_transition), [["1"]]);
    let blocking = output(&run, "cat /sys/kernel/klp/blocking");
    assert!(blocking[0][0].contains(" is sleeping on function cmdline_proc_show+0x"));
    // Who is started after the transition began has switched already.
    assert_eq!(
        output(&run, "cat /proc/klp_soak"),
        [["original original"]; 2]
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_callback_that_refuses_leaves_nothing() {
    let (refused, done) = ("insmod soak_first.ko refuse=1", "insmod soak_first.ko");
    let refuse = |whether: u8| format!("echo {whether} > /sys/module/soak_first/parameters/refuse");
    let run = run(|scenario| {
        scenario
            .quiet("insmod klp_soak.ko")
            .step(refused)
            .step("ls -d /sys/kernel/klp/soak_first /sys/module/soak_first")
            .step("cat /proc/klp_soak")
            .step(done)
            .quiet("wait-transition soak_first")
            .quiet("rmmod klp_soak")
            .quiet(refuse(1))
            .step("insmod klp_soak.ko refused=1")
            .step("cat /proc/klp_soak")
            .quiet(refuse(0))
            .quiet("insmod klp_soak.ko")
            .step("cat /proc/klp_soak")
    });
    let failed = |command| !all(&run, command)[0].succeeded();
    assert!(failed(refused) && failed("insmod klp_soak.ko refused=1") && !failed(done));
    let left = output(
        &run,
        "ls -d /sys/kernel/klp/soak_first /sys/module/soak_first",
    );
    assert!(
        left[0].iter().all(|line| line.contains("No such file")),
        "{left:?}"
    );
    let answers = output(&run, "cat /proc/klp_soak");
    assert_eq!(answers[0], ["original original"]);
    assert!(answers[1][0].contains("No such file"));
    assert_eq!(answers[2], ["first first"]);
}

/// The kernel's own core has work to do as long as it has a transition; ours must not wait for that.
#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_transition_of_the_kernels_core_refuses_ours_at_once() {
    let theirs = "cat /sys/kernel/livepatch/asleep/transition";
    let run = run(|scenario| {
        scenario
            .quiet("insmod klp_target.ko")
            .quiet("insmod asleep.ko")
            .quiet("wait-transition asleep")
            .quiet("start cat /proc/klp_wait")
            .quiet("sleep 2")
            .step("echo 0 > /sys/kernel/livepatch/asleep/enabled")
            .step("insmod soak_first.ko")
            .step(theirs)
            .quiet("wait-gone asleep")
            .step("insmod soak_second.ko")
    });
    let refused = &all(&run, "insmod soak_first.ko")[0];
    assert!(
        refused.output()[0].ends_with("Device or resource busy"),
        "{refused:?}"
    );
    assert_eq!(output(&run, theirs), [["1"]], "it was waited for");
    assert!(all(&run, "insmod soak_second.ko")[0].succeeded());
}
