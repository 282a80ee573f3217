// SPDX-License-Identifier: GPL-2.0-only
//! klp's core beside others who watch the same function, and CPUs that come and go, on
//! a real kernel: the default one of the klp folder that `KLP_TEST_HOME` names, klp.ko for it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::path::Path;

use cargo_klp::home::Home;
use cargo_klp::kernels;
use cargo_klp::vm::{Run, Scenario, StepResult};

const TRACING: &str = "/sys/kernel/tracing";
const ANSWER: &str = "cat /proc/cmdline";
const FTRACE_OFF: &str = "echo 0 > /proc/sys/kernel/ftrace_enabled";

/// Runs a scenario with klp.ko and the patch of `/proc/cmdline`.
fn run(scenario: Scenario) -> Run {
    let home = env::var_os("KLP_TEST_HOME").expect("KLP_TEST_HOME names a klp folder");
    let kernel = kernels::selected(&Home::at(home), None).unwrap();
    let mut vm = kernels::machine(&kernel);
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    vm.cpus = 2;
    vm.files.push((kernel.core.clone(), "klp.ko".into()));
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let built = examples.join("target/core-klp/x86_64-unknown-none/debug/cmdline.ko");
    vm.files.push((built, "cmdline.ko".into()));
    vm.scenario = scenario;
    vm.run(&mut |line| println!("{}", line.text)).unwrap()
}

fn loaded(scenario: Scenario) -> Scenario {
    scenario
        .quiet("insmod klp.ko")
        .quiet("insmod cmdline.ko")
        .quiet("wait-transition cmdline")
}

fn unloaded(scenario: Scenario) -> Scenario {
    scenario
        .quiet("echo 0 > /sys/kernel/klp/cmdline/enabled")
        .quiet("wait-gone cmdline")
        .quiet("rmmod cmdline")
}

/// Whether each answer was the patch's.
fn answers(run: &Run) -> Vec<bool> {
    let steps = run.steps.iter().filter(|step| step.command == ANSWER);
    let patched = |step: &StepResult| step.output()[0].ends_with("klp=patched");
    steps.map(patched).collect()
}

fn step<'r>(run: &'r Run, command: &str) -> &'r StepResult {
    let mut steps = run.steps.iter();
    steps.find(|step| step.command == command).unwrap()
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn who_watches_a_function_goes_on_and_who_stops_ftrace_is_refused() {
    let hits = "grep -c ': (cmdline_proc_show+0x0/' /sys/kernel/tracing/trace";
    let traced = "grep -c 'cmdline_proc_show <-seq_read_iter' /sys/kernel/tracing/trace";
    let scenario = Scenario::new()
        .quiet(format!(
            "echo 'p:p0 cmdline_proc_show' > {TRACING}/kprobe_events"
        ))
        .quiet(format!(
            "echo 'r:r0 cmdline_proc_show' >> {TRACING}/kprobe_events"
        ))
        .quiet(format!("echo 1 > {TRACING}/events/kprobes/enable"))
        .step(ANSWER);
    let scenario = loaded(scenario)
        .step(ANSWER)
        .step(hits)
        .step(FTRACE_OFF)
        .step(ANSWER)
        .quiet(format!(
            "echo cmdline_proc_show > {TRACING}/set_ftrace_filter"
        ))
        .quiet(format!("echo function > {TRACING}/current_tracer"))
        .step(ANSWER)
        .step(traced)
        .quiet(format!("echo nop > {TRACING}/current_tracer"))
        .step(ANSWER);
    let scenario = unloaded(scenario).step(ANSWER);
    let run = run(scenario);
    assert_eq!(answers(&run), [false, true, true, true, true, false]);
    assert_eq!(step(&run, hits).output(), ["2"]);
    assert_eq!(step(&run, traced).output(), ["1"]);
    let refused = step(&run, FTRACE_OFF);
    assert!(!refused.succeeded());
    assert!(
        refused.output()[0].ends_with("Device or resource busy"),
        "{refused:?}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn cpus_come_and_go() {
    let cpu = "/sys/devices/system/cpu/cpu1/online";
    let on_cpu1 = "taskset 2 cat /proc/cmdline";
    let scenario = loaded(Scenario::new().quiet(format!("echo 0 > {cpu}")))
        .step(ANSWER)
        .quiet(format!("echo 1 > {cpu}"))
        .step(on_cpu1);
    // It comes while nobody has switched back yet, and goes in the next transition.
    let scenario = unloaded(scenario.quiet(format!("echo 0 > {cpu}")))
        .quiet(format!(
            "start sleep 0.01; echo 1 > {cpu}; echo 0 > {cpu}; echo 1 > {cpu}"
        ))
        .quiet("insmod cmdline.ko")
        .quiet("wait-transition cmdline")
        .quiet("sleep 0.5")
        .step("cat /sys/devices/system/cpu/online")
        .step(ANSWER);
    let run = run(unloaded(scenario).step(ANSWER));
    assert_eq!(answers(&run), [true, true, false]);
    assert!(step(&run, on_cpu1).output()[0].ends_with("klp=patched"));
    assert_eq!(
        step(&run, "cat /sys/devices/system/cpu/online").output(),
        ["0-1"]
    );
}
