// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp verify | load | unload | status | wait`, inside a virtual machine, on both cores.
//!
//! `KLP_TEST_HOME` names a klp folder with the kernel and klp's core for it; the examples and their
//! target modules have been built (`cargo xtask test` does all of it).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cargo_klp::home::Home;
use cargo_klp::kernels::{self, Kernel};
use cargo_klp::vm::{Run, Scenario, Source, StepResult, Vm};
use tempfile::TempDir;

/// The command, in the guest.
const KLP: &str = "/bin/cargo-klp";
/// klp's folder, in the guest.
const HOME: &str = "/klp";
/// The sleep takes a good part of what machines are given otherwise.
const TIMEOUT: Duration = Duration::from_secs(300);
/// How a task is held in a patched function: it sleeps there for 20 seconds.
const SLEEPER: &str = "start cat /proc/klp_wait > /tmp/waited";
/// Longer than that; the kernel's timers are up to two seconds late for so long a time.
const LONG: &str = "--timeout 40";

/// Damaged copies of a patch.
struct Damaged {
    folder: TempDir,
}

impl Damaged {
    /// `other.ko` is for another kernel, `odd.ko` differs from this one's in a later word.
    fn new(patch: &Path, release: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bytes = fs::read(patch).unwrap();
        let other = release.replacen("6.1", "5.9", 1);
        for (name, from, to) in [("other.ko", release, &*other), ("odd.ko", "SMP", "PMS")] {
            let damaged = replaced(&bytes, &format!("vermagic={release} SMP"), from, to);
            fs::write(folder.path().join(name), damaged).unwrap();
        }
        Self { folder }
    }
}

/// `bytes` with `from` in the place of `to`, once, in the text `within`.
fn replaced(bytes: &[u8], within: &str, from: &str, to: &str) -> Vec<u8> {
    let mut found = bytes.windows(within.len());
    let at = found
        .position(|window| window == within.as_bytes())
        .unwrap();
    let text = within.replacen(from, to, 1);
    let mut bytes = bytes.to_vec();
    bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
    bytes
}

fn kernel() -> Kernel {
    let home = env::var_os("KLP_TEST_HOME").expect("KLP_TEST_HOME names a klp folder");
    kernels::selected(&Home::at(home), None).unwrap()
}

/// The examples built into this folder of `examples/target`.
fn built(core: &str, module: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folder = examples.join("target").join(core);
    folder.join("x86_64-unknown-none/debug").join(module)
}

/// A machine with the command, patches for a core, and their target module.
fn vm(core: &str, scenario: Scenario) -> (Vm, Damaged) {
    let kernel = kernel();
    let damaged = Damaged::new(&built(core, "cmdline.ko"), &kernel.release);
    let mut vm = kernels::machine(&kernel);
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    let command = env!("CARGO_BIN_EXE_cargo-klp");
    vm.programs.push((command.into(), KLP.into()));
    for patch in ["cmdline.ko", "asleep.ko", "meminfo.ko"] {
        vm.files.push((built(core, patch), patch.into()));
    }
    for patch in ["other.ko", "odd.ko"] {
        let file = damaged.folder.path().join(patch);
        vm.files.push((file, patch.into()));
    }
    let of_klp = built("core-klp", "cmdline.ko");
    vm.files.push((of_klp, "for-klp.ko".into()));
    let target = env!("CARGO_MANIFEST_DIR").to_owned() + "/../examples/targets/klp_target.ko";
    vm.files.push((target.into(), "klp_target.ko".into()));
    vm.files.push((kernel.core.clone(), "klp.ko".into()));
    let kept = Kernel::named(&Home::at(HOME), &kernel.release).core;
    vm.files.push((kernel.core, kept));
    vm.scenario = scenario;
    vm.timeout = TIMEOUT;
    vm.memory_mib = 2048;
    (vm, damaged)
}

/// The command line that stands for `klp …` here.
fn line(command: &str) -> String {
    match command.strip_prefix("klp ") {
        Some(arguments) => format!("{KLP} klp {arguments}"),
        None => command.to_owned(),
    }
}

fn run(core: &str, commands: &[&str]) -> Run {
    let steps = commands.iter().fold(Scenario::new(), |scenario, command| {
        scenario.step(line(command))
    });
    let (vm, _damaged) = vm(core, steps);
    vm.run(&mut |line| println!("{}", line.text)).unwrap()
}

/// The step with this command; of several the first after `after` steps.
fn step<'a>(run: &'a Run, after: usize, command: &str) -> (usize, &'a StepResult) {
    let command = line(command);
    let mut steps = run.steps.iter().enumerate().skip(after);
    let found = steps.find(|(_, step)| step.command == command);
    found.unwrap_or_else(|| panic!("no step {command}"))
}

/// Steps that are looked at in the order in which they ran.
struct Steps<'a> {
    run: &'a Run,
    next: usize,
}

impl<'a> Steps<'a> {
    fn of(run: &'a Run) -> Self {
        Self { run, next: 0 }
    }

    /// What the next step of this command printed; it must have ended so.
    fn said(&mut self, command: &str, well: bool) -> String {
        let (at, step) = step(self.run, self.next, command);
        self.next = at + 1;
        let text = step.output().join("\n");
        assert_eq!(step.succeeded(), well, "{command}: {text}");
        text
    }

    /// As [`said`](Self::said), for a step that must succeed and print this.
    fn is(&mut self, command: &str, expected: &str) {
        assert_eq!(self.said(command, true), expected, "{command}");
    }

    /// As [`said`](Self::said), for a step that must fail and say all of these.
    fn fails(&mut self, command: &str, parts: &[&str]) {
        let text = self.said(command, false);
        for part in parts {
            assert!(
                text.contains(part),
                "{command} does not say `{part}`:\n{text}"
            );
        }
    }

    /// As [`said`](Self::said), for a step that must succeed and say all of these.
    fn works(&mut self, command: &str, parts: &[&str]) {
        let text = self.said(command, true);
        for part in parts {
            assert!(
                text.contains(part),
                "{command} does not say `{part}`:\n{text}"
            );
        }
    }
}

/// What background tasks printed.
fn background(run: &Run) -> String {
    let lines = run.steps.iter().flat_map(|step| &step.lines);
    let lines = lines.filter(|line| line.source == Source::Background);
    let lines: Vec<_> = lines.map(|line| line.text.as_str()).collect();
    lines.join("\n")
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn on_the_kernels_own_core() {
    let unload_now = "klp unload asleep --timeout 1";
    let unload = format!("klp unload asleep {LONG}");
    let run = run(
        "",
        &[
            "klp status",
            "klp load klp_target.ko",
            "klp load other.ko",
            "klp load odd.ko",
            "klp load scenario.ko",
            "klp load cmdline.ko",
            "cat /proc/cmdline",
            "klp load cmdline.ko",
            "klp unload cmdline",
            "klp unload cmdline",
            "insmod klp_target.ko",
            "klp unload klp_target",
            "klp load asleep.ko",
            "klp status",
            SLEEPER,
            "sleep 1",
            unload_now,
            "start /bin/cargo-klp klp status --watch",
            "klp status",
            "klp status asleep --json",
            "klp status cmdline",
            "klp load cmdline.ko",
            "klp wait --timeout 1",
            &unload,
            "sleep 1",
            "klp status",
            "klp wait",
            "cat /proc/modules",
        ],
    );
    let mut steps = Steps::of(&run);
    steps.is("klp status", "no patch is enabled");
    let not_a_patch = ["klp_target.ko is not a live patch", "`insmod`"];
    steps.fails("klp load klp_target.ko", &not_a_patch);
    let other = ["other.ko is for kernel 5.9", "and this machine runs 6."];
    steps.fails("klp load other.ko", &other);
    let odd = [
        "cannot load cmdline: ",
        "(Exec format error)",
        "| cmdline: version magic",
    ];
    steps.fails("klp load odd.ko", &odd);
    steps.fails("klp load scenario.ko", &["cannot read scenario.ko"]);
    steps.works(
        "klp load cmdline.ko",
        &["cmdline: loaded; all tasks run it after"],
    );
    steps.works("cat /proc/cmdline", &["klp=patched"]);
    steps.fails("klp load cmdline.ko", &["cmdline is loaded already"]);
    steps.is("klp unload cmdline", "cmdline: unloaded");
    steps.fails("klp unload cmdline", &["no patch cmdline is enabled"]);
    steps.fails("klp unload klp_target", &["`rmmod klp_target`"]);
    steps.works("klp load asleep.ko", &["asleep: loaded"]);
    steps.works(
        "klp status",
        &["builtin  asleep  yes      no", "klp_target"],
    );
    let held_up = [
        "asleep is still in transition after 1 s, held up by\n  ",
        "\n  cat:",
        " is sleeping on function klp_wait_show",
    ];
    steps.fails(unload_now, &held_up);
    let unpatching = [
        "builtin  asleep  no       unpatching",
        "asleep: in transition, held up by\n  ",
        "\n  cat:",
        held_up[2],
    ];
    steps.works("klp status", &unpatching);
    let json = [
        r#""name":"asleep","enabled":false,"transition":true"#,
        r#""comm":"cat""#,
    ];
    steps.works("klp status asleep --json", &json);
    steps.fails(
        "klp status cmdline",
        &["no patch cmdline is enabled\nthere is: asleep"],
    );
    let busy = [
        "error[KLP215]: cannot load cmdline: asleep is in transition, and only one patch can be",
        "`cargo klp wait asleep`",
    ];
    steps.fails("klp load cmdline.ko", &busy);
    steps.fails("klp wait --timeout 1", &held_up);
    steps.is(&unload, "asleep: unloaded");
    steps.is("klp status", "no patch is enabled");
    steps.is("klp wait", "");
    let modules = steps.said("cat /proc/modules", true);
    assert!(
        !modules.contains("cmdline") && !modules.contains("asleep"),
        "{modules}"
    );
    let watched = background(&run);
    assert!(watched.contains(held_up[2]), "{watched}");
    assert!(watched.ends_with("no patch is enabled"), "{watched}");
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn on_klps_core() {
    let with_home = "env KLP_HOME=/klp /bin/cargo-klp klp load cmdline.ko";
    let unload_now = "klp unload asleep --timeout 1";
    let unload_again = format!("klp unload asleep {LONG}");
    let wait = format!("klp wait asleep {LONG}");
    let run = run(
        "core-klp",
        &[
            "klp load cmdline.ko",
            "klp load cmdline.ko --core klp_target.ko",
            with_home,
            "cat /sys/module/klp/version",
            "cat /proc/cmdline",
            "insmod klp_target.ko",
            "klp load asleep.ko",
            "klp unload cmdline",
            "klp status",
            SLEEPER,
            "sleep 1",
            unload_now,
            "klp status",
            "klp unload cmdline",
            "klp status --json",
            "klp wait asleep --timeout 1",
            &wait,
            &unload_again,
            "klp unload klp",
            "klp unload cmdline",
            "klp status",
            "klp unload klp",
            "klp load cmdline.ko --core klp.ko --no-wait",
            "klp wait",
            "klp unload cmdline",
            "cat /proc/modules",
        ],
    );
    let mut steps = Steps::of(&run);
    let no_core = [
        "cmdline runs on klp's core, which is not loaded",
        "--core PATH/klp.ko",
    ];
    steps.fails("klp load cmdline.ko", &no_core);
    let not_the_core = ["klp_target.ko is not klp's core"];
    steps.fails("klp load cmdline.ko --core klp_target.ko", &not_the_core);
    let loaded = [
        "klp's core: loaded from /klp/kernels/6.",
        "cmdline: loaded; all tasks",
    ];
    steps.works(with_home, &loaded);
    // By which `klp verify` knows the core's ABI.
    steps.works("cat /sys/module/klp/version", &["abi-"]);
    steps.works("cat /proc/cmdline", &["klp=patched"]);
    steps.works("klp load asleep.ko", &["asleep: loaded"]);
    let not_on_top = [
        "cmdline is not the last patch: asleep was enabled after it",
        "`cargo klp unload asleep`",
    ];
    steps.fails("klp unload cmdline", &not_on_top);
    let table = [
        "klp   cmdline  yes      no          no       1      vmlinux",
        "klp   asleep   yes      no          no       2      klp_target",
        "klp's core: transitions 2; the last took",
    ];
    steps.works("klp status", &table);
    let held_up = [
        "asleep is still in transition after 1 s, held up by\n  ",
        "\n  cat:",
        " is sleeping on function klp_wait_show+0x",
    ];
    steps.fails(unload_now, &held_up);
    let unpatching = [
        "klp   asleep   no       unpatching",
        "asleep: in transition, held up by\n  ",
        "\n  cat:",
        held_up[2],
    ];
    steps.works("klp status", &unpatching);
    steps.fails("klp unload cmdline", &not_on_top);
    steps.works(
        "klp status --json",
        &[
            r#""reason":"is sleeping on function klp_wait_show+0x"#,
            " calls deep",
        ],
    );
    steps.fails("klp wait asleep --timeout 1", &held_up);
    steps.is(&wait, "");
    steps.is(&unload_again, "asleep: unloaded");
    steps.fails("klp unload klp", &["cannot unload klp: it is in use"]);
    steps.is("klp unload cmdline", "cmdline: unloaded");
    steps.works("klp status", &["no patch is enabled"]);
    steps.is("klp unload klp", "klp: unloaded");
    let no_wait = ["klp's core: loaded from klp.ko", "cmdline: loaded"];
    steps.works("klp load cmdline.ko --core klp.ko --no-wait", &no_wait);
    steps.is("klp wait", "");
    steps.is("klp unload cmdline", "cmdline: unloaded");
    let modules = steps.said("cat /proc/modules", true);
    assert!(
        !modules.contains("cmdline") && !modules.contains("asleep"),
        "{modules}"
    );
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn looked_at_before() {
    const EVENTS: &str = "/sys/kernel/tracing/kprobe_events";
    const ENABLE: &str = "/sys/kernel/tracing/events/kprobes/enable";
    const TRACER: &str = "/sys/kernel/tracing/current_tracer";
    let verify = "klp verify cmdline.ko";
    let set = |place: &str| format!("echo p:p0 {place} > {EVENTS}");
    let (entry, inside) = (set("cmdline_proc_show"), set("cmdline_proc_show+5"));
    let [on, off] = [1, 0].map(|value| format!("echo {value} > {ENABLE}"));
    let none = format!(": > {EVENTS}");
    let [trace, stop] = ["function", "nop"].map(|tracer| format!("echo {tracer} > {TRACER}"));
    let enforce = "echo Y > /sys/module/module/parameters/sig_enforce";
    let run = run(
        "",
        &[
            verify,
            "klp verify other.ko",
            "mount -t securityfs securityfs /sys/kernel/security",
            verify,
            &entry,
            &on,
            verify,
            &off,
            &none,
            &inside,
            &on,
            verify,
            &off,
            &none,
            "echo cmdline_proc_show > /sys/kernel/tracing/set_ftrace_filter",
            &trace,
            verify,
            &stop,
            "klp load cmdline.ko",
            verify,
            "cat /sys/kernel/tracing/enabled_functions",
            "klp verify meminfo.ko",
            "klp verify for-klp.ko",
            "klp verify for-klp.ko --core klp.ko --json",
            "klp unload cmdline",
            "klp verify for-klp.ko --core klp.ko",
            "klp verify for-klp.ko",
            enforce,
            verify,
            "klp load cmdline.ko",
            "cat /proc/modules",
        ],
    );
    let mut steps = Steps::of(&run);
    let unseen = "there is no /sys/kernel/security/lockdown";
    steps.works(verify, &["ok       core        the kernel's own", unseen]);
    let other = [
        "refusal[KLP205]  release     other.ko is for kernel 5.9",
        "error[KLP230]: cmdline must not be loaded",
        "(refusals: 1)",
    ];
    steps.fails("klp verify other.ko", &other);
    let well = steps.said(verify, true);
    let odd = |line: &&str| line.starts_with("  warning") || line.starts_with("  refusal");
    assert_eq!(well.lines().find(odd), None, "{well}");
    let functions = "ok      functions   1, which nobody else redirects";
    assert!(well.contains(functions), "{well}");
    let hit = "ok      kprobes     cmdline_proc_show+0x0: at the entry of a patched function";
    steps.works(verify, &[hit]);
    let not_hit = "warning  kprobes     cmdline_proc_show+0x5: inside";
    steps.works(verify, &[not_hit]);
    let traced = "ok      tracers     cmdline_proc_show is traced (users: 1)";
    steps.works(verify, &[traced]);
    steps.works("klp load cmdline.ko", &["cmdline: loaded; all tasks"]);
    let loaded = "refusal[KLP207]  name        cmdline is loaded already";
    steps.fails(verify, &[loaded, "is patched by cmdline: this patch"]);
    let replaces = "is patched by cmdline, which this patch takes the place of";
    steps.works("klp verify meminfo.ko", &[replaces]);
    let no_core = "cmdline runs on klp's core, which is not loaded";
    let taken = "cmdline_proc_show is patched by cmdline on the kernel's own core";
    steps.fails("klp verify for-klp.ko", &[no_core, taken]);
    let json = [r#""check": "core","#, r#""result": "refusal","#];
    steps.fails("klp verify for-klp.ko --core klp.ko --json", &json);
    steps.is("klp unload cmdline", "cmdline: unloaded");
    let first =
        "ok      core        klp's, not loaded yet: `cargo klp load` does it first, from klp.ko";
    steps.works("klp verify for-klp.ko --core klp.ko", &[first]);
    steps.fails("klp verify for-klp.ko", &[no_core]);
    let enforced = "this kernel takes signed modules only: module.sig_enforce is set";
    steps.fails(verify, &[enforced]);
    steps.fails(
        "klp load cmdline.ko",
        &["error[KLP240]", enforced, "`cargo klp sign"],
    );
    let modules = steps.said("cat /proc/modules", true);
    assert!(!modules.contains("cmdline"), "{modules}");
}
