// SPDX-License-Identifier: GPL-2.0-only
//! Boots real kernels: `KLP_TEST_VMLINUZ` names the image.

use std::{
    env,
    path::PathBuf,
    time::{Duration, Instant},
};

use cargo_klp::vm::transcript::{Transcript, TranscriptLine, When, compare};
use cargo_klp::vm::{Run, Scenario, Source, Vm, VmError};
use sha2::{Digest, Sha256};

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

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_panic_is_found_at_once_and_shown() {
    let started = Instant::now();
    let scenario = Scenario::new()
        .step("echo c > /proc/sysrq-trigger")
        .step("sleep 60");
    let error = run(scenario).unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(40),
        "{:?}",
        started.elapsed()
    );
    let VmError::Trouble {
        marker,
        step,
        excerpt,
    } = &error
    else {
        panic!("{error}")
    };
    assert!(["BUG: ", "Kernel panic"].contains(marker), "{marker}");
    assert_eq!(step.as_deref(), Some("echo c > /proc/sysrq-trigger"));
    assert!(
        excerpt
            .iter()
            .any(|line| line.contains("sysrq_handle_crash")),
        "{error}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_timeout_names_the_step() {
    let mut vm = vm(Scenario::new().step("cat /proc/uptime").step("sleep 600"));
    vm.timeout = Duration::from_secs(20);
    let error = vm.run(&mut |_| {}).unwrap_err();
    let VmError::TimedOut { step, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(step.as_deref(), Some("sleep 600"), "{error}");
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn captured_files_arrive_whole() {
    let run = run(Scenario::new()
        .step("capture /proc/kallsyms kallsyms")
        .step("sha256sum /proc/kallsyms")
        .step("capture /sys/kernel/btf/vmlinux btf")
        .step("sha256sum /sys/kernel/btf/vmlinux")
        .step("capture /nonexistent none"))
    .unwrap();
    for (name, step) in [("kallsyms", 1), ("btf", 3)] {
        let sum = hex(&Sha256::digest(&run.captures[name]));
        assert!(
            run.steps[step].output()[0].starts_with(&sum),
            "{name}: {sum}"
        );
    }
    assert!(run.captures["kallsyms"].len() > 1_000_000);
    assert_eq!(
        run.steps[4].output(),
        ["capture: /nonexistent: No such file or directory"]
    );
    assert_eq!(run.captures.len(), 2);
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn statuses_and_reasons_are_kept() {
    let run = run(Scenario::new()
        .step("sh -c 'echo out; echo err >&2; exit 3'")
        .step("nonexistent-command")
        .step("cat /nonexistent")
        .step("insmod scenario.txt")
        .step("rmmod nonexistent")
        .step("echo 1 > /proc/version")
        .step("kill -9 $$"))
    .unwrap();
    let statuses: Vec<_> = run.steps.iter().map(|step| step.status).collect();
    assert_eq!(statuses, [3, 127, 1, 1, 1, 1, 137].map(Some));
    assert_eq!(run.steps[0].output(), ["out", "err"]);
    assert_eq!(
        run.steps[2].output(),
        ["cat: /nonexistent: No such file or directory"]
    );
    let insmod = "insmod: ERROR: could not insert module scenario.txt: No such file or directory";
    assert_eq!(run.steps[3].output(), [insmod]);
    let rmmod = "rmmod: could not remove module nonexistent: No such file or directory";
    assert_eq!(run.steps[4].output(), [rmmod]);
    assert_eq!(
        run.steps[5].output(),
        ["echo: write error: Input/output error"]
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn log_and_output_are_in_order() {
    let long = "x".repeat(3000);
    let run = run(Scenario::new()
        .step("echo '<4>before' > /dev/kmsg; echo printed; echo '<4>after' > /dev/kmsg")
        .step(format!("echo {long}"))
        .quiet("echo h > /proc/sysrq-trigger")
        .step("start echo background; sleep 100")
        .step("sleep 1"))
    .unwrap();
    let first: Vec<_> = run.steps[0]
        .lines
        .iter()
        .map(|line| (line.source, line.text.as_str()))
        .collect();
    assert_eq!(run.steps[0].log(), ["before", "after"]);
    assert_eq!(run.steps[0].output(), ["printed"]);
    assert_eq!(first.len(), 3);
    assert_eq!(run.steps[1].output(), [long]);
    assert!(run.steps[2].quiet && run.steps[2].log()[0].starts_with("sysrq: HELP"));
    let background = run.steps[3].lines.iter().chain(&run.steps[4].lines);
    let background: Vec<_> = background
        .map(|line| (line.source, line.text.as_str()))
        .collect();
    assert_eq!(background, [(Source::Background, "background")]);
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn an_expected_warning_is_let_through() {
    let scenario = || Scenario::new().step("echo '<4>WARNING: CPU: 0 expected' > /dev/kmsg");
    assert!(matches!(
        run(scenario()),
        Err(VmError::Trouble {
            marker: "WARNING: ",
            ..
        })
    ));
    let mut vm = vm(scenario());
    vm.allowed_reports.push("CPU: 0 expected".into());
    assert!(vm.run(&mut |_| {}).is_ok());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_transcript_is_compared_with_a_real_run() {
    let text = "# Debug lines do not come here.\n\
        % echo h > /proc/sysrq-trigger\n[debug] livepatch: no\n% cat /nonexistent\n\
        cat: /nonexistent: No such file or directory\n% uname -s\nLinux\n";
    let mut transcript = Transcript::parse(text).unwrap();
    let run = run(transcript.scenario()).unwrap();
    let mismatch = compare(&transcript, &run).unwrap_err().to_string();
    assert!(
        mismatch.contains("+sysrq: HELP") && !mismatch.contains("-Linux"),
        "{mismatch}"
    );
    let help = run.steps[0].log()[0].to_owned();
    transcript.steps[0].lines.push(TranscriptLine {
        when: When::Always,
        text: help,
    });
    assert_eq!(compare(&transcript, &run), Ok(()));
}
