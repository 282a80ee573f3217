// SPDX-License-Identifier: GPL-2.0-only
//! A patch on machines made of files.

use klp_link::inspect::{Code, FORMAT, FoundBy, Function, Header, Import, Kernel, Object, Tables};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, write};

use super::*;
use crate::machine::fake::Fake;

/// The build-id of the machine, and its note.
const BUILD_ID: &str = "30313233";
const NOTE: &str = "\x04\0\0\0\x04\0\0\0\x03\0\0\0GNU\x000123";

/// A machine that nothing speaks against.
fn machine() -> Fake {
    let fake = Fake::new();
    for (path, text) in [
        ("proc/sys/kernel/osrelease", "6.1.0\n"),
        ("proc/sys/kernel/modules_disabled", "0\n"),
        (
            "proc/meminfo",
            "MemTotal: 9000 kB\nMemAvailable:   4000 kB\n",
        ),
        ("sys/kernel/notes", NOTE),
        (
            "sys/kernel/security/lockdown",
            "[none] integrity confidentiality\n",
        ),
        ("sys/module/module/parameters/sig_enforce", "N\n"),
        ("sys/kernel/debug/kprobes/list", ""),
        ("sys/kernel/tracing/enabled_functions", ""),
    ] {
        fake.file(path, text);
    }
    fake.folder("sys/kernel/livepatch");
    fake
}

fn object(name: &str, symbol: &str) -> Object {
    let code = Code {
        name: "crate::new".into(),
        size: 1,
        digest: String::new(),
        reaches: Vec::new(),
    };
    Object {
        name: name.into(),
        build_id: Some(BUILD_ID.into()),
        functions: vec![Function {
            symbol: symbol.into(),
            sympos: 0,
            new: code,
            place: None,
        }],
        ..Object::default()
    }
}

/// A patch of one function of the kernel and one of a module, for that machine.
fn patch() -> Report {
    Report {
        format: FORMAT,
        name: "fix".into(),
        core: klp_link::link::Core::Builtin,
        tables: Tables::Kernel,
        described: true,
        replace: Some(false),
        kernel: Kernel {
            release: "6.1.0".into(),
            vermagic: "6.1.0 SMP".into(),
            build_id: Some(BUILD_ID.into()),
        },
        build_id: None,
        memory: 10 << 10,
        signed: false,
        license: None,
        description: None,
        authors: Vec::new(),
        version: None,
        depends: Vec::new(),
        objects: vec![object("vmlinux", "show"), object("a_driver", "send")],
        shadows: None,
        states: None,
        parameters: Vec::new(),
        imports: Vec::new(),
        relocations: Vec::new(),
        header: None,
    }
}

/// A module that says this of itself.
fn module(modinfo: &str) -> Vec<u8> {
    let (elf, x86) = (BinaryFormat::Elf, Architecture::X86_64);
    let mut module = write::Object::new(elf, x86, Endianness::Little);
    let kind = SectionKind::ReadOnlyData;
    let section = module.add_section(Vec::new(), b".modinfo".to_vec(), kind);
    module.append_section_data(section, modinfo.as_bytes(), 1);
    module.write().unwrap()
}

fn verify(fake: &Fake, report: &Report) -> Verification {
    fake.machine.verify(Candidate {
        file: &PatchFile::of_6_1_0("fix", &[]),
        report,
        core: Ok(None),
    })
}

/// What is said, with what next, by the only line of a check that is not all well.
#[track_caller]
fn only(verification: &Verification) -> (&'static str, Verdict, String) {
    let checks = verification.checks.iter();
    let odd: Vec<_> = checks.filter(|check| check.result != Verdict::Ok).collect();
    let [check] = odd.as_slice() else {
        panic!("not one line: {odd:#?}");
    };
    let code = check.code.map(|code| format!("{code}: "));
    let code = code.unwrap_or_default();
    let next = check.next.as_deref().unwrap_or("no next step");
    (
        check.check,
        check.result,
        format!("{code}{}\n{next}", check.found),
    )
}

#[track_caller]
fn refused(fake: &Fake, report: &Report, check: &str, parts: &[&str]) {
    says(fake, report, (check, Verdict::Refusal), parts);
}

#[track_caller]
fn warned(fake: &Fake, report: &Report, check: &str, parts: &[&str]) {
    says(fake, report, (check, Verdict::Warning), parts);
}

#[track_caller]
fn says(fake: &Fake, report: &Report, expected: (&str, Verdict), parts: &[&str]) {
    let (check, verdict, text) = only(&verify(fake, report));
    assert_eq!((check, verdict), expected, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn a_machine_that_nothing_speaks_against() {
    let verification = verify(&machine(), &patch());
    assert_eq!(verification.refusals(), 0);
    let lines = verification.checks.iter();
    let lines: Vec<_> = lines
        .map(|check| format!("{}: {}", check.check, check.found))
        .collect();
    let expected = [
        "release: 6.1.0",
        "vermagic: the kernel has no module here to compare with: 6.1.0 SMP",
        "build-id: 30313233",
        "modules: a_driver is not loaded: it is patched when it is",
        "name: no module fix is loaded",
        "core: the kernel's own",
        "transition: no patch is in transition",
        "functions: 2, which nobody else redirects",
        "kprobes: none on these functions",
        "tracers: none on these functions",
        "policy: lockdown: none",
        "policy: not signed, which this kernel does not ask for",
        "memory: 10 KiB of 4000 that are available",
    ];
    assert_eq!(lines, expected);
    assert!(verification.warnings().unwrap().is_empty());
}

#[test]
fn another_kernel() {
    let fake = machine();
    fake.file("proc/sys/kernel/osrelease", "6.12.1\n");
    let parts = ["KLP205: ", "this machine runs 6.12.1"];
    refused(&fake, &patch(), "release", &parts);
}

#[test]
fn a_kernel_with_other_options() {
    let fake = machine();
    let theirs = module("name=dummy\0vermagic=6.1.0 SMP preempt \0");
    fake.file("lib/modules/6.1.0/kernel/net/dummy.ko", theirs);
    let parts = [
        "KLP231: ",
        "the vermagic `6.1.0 SMP`, and this one has `6.1.0 SMP preempt`",
    ];
    refused(&fake, &patch(), "vermagic", &parts);
}

#[test]
fn another_build_of_the_kernel() {
    let mut report = patch();
    report.kernel.build_id = Some("ab".into());
    warned(&machine(), &report, "build-id", &["ab…, here 30313233…"]);
    report.imports = vec![Import {
        name: "f".into(),
        by: FoundBy::Distance,
        object: Some("vmlinux".into()),
        sympos: Some(0),
    }];
    let parts = ["KLP232: ", "the one build ab"];
    refused(&machine(), &report, "build-id", &parts);
}

#[test]
fn another_build_of_a_module() {
    let fake = machine();
    fake.file("sys/module/a_driver/initstate", "live\n");
    fake.file("sys/module/a_driver/notes/.note.gnu.build-id", NOTE);
    assert_eq!(verify(&fake, &patch()).refusals(), 0);
    let other = NOTE.replace("0123", "0124");
    fake.file("sys/module/a_driver/notes/.note.gnu.build-id", &other);
    let parts = [
        "KLP229: ",
        "its build-id is 30313234, and the patch is for 30313233",
        "add-module",
    ];
    refused(&fake, &patch(), "modules", &parts);
}

#[test]
fn another_source_of_a_module() {
    let fake = machine();
    let mut report = patch();
    let driver = report.objects.last_mut().unwrap();
    driver.srcversion = Some("A".into());
    fake.file("sys/module/a_driver/initstate", "live\n");
    let found = |verification: &Verification| {
        let mut checks = verification.checks.iter();
        let modules = checks.find(|check| check.check == "modules");
        modules.unwrap().found.clone()
    };
    let unknown = found(&verify(&fake, &report));
    assert!(unknown.ends_with("which build of it is meant is not known"));
    fake.file("sys/module/a_driver/srcversion", "A\n");
    let same = found(&verify(&fake, &report));
    assert_eq!(same, "a_driver is loaded, the build that is meant");
    fake.file("sys/module/a_driver/srcversion", "B\n");
    let parts = ["KLP229: ", "srcversion is B, and the patch is for A"];
    refused(&fake, &report, "modules", &parts);
}

#[test]
fn what_is_loaded_already() {
    let fake = machine();
    fake.file("sys/module/fix/initstate", "live\n");
    refused(
        &fake,
        &patch(),
        "name",
        &["KLP207: fix is loaded already", "`cargo klp unload fix`"],
    );
}

#[test]
fn no_core() {
    let fake = Fake::new();
    let name = "fix".to_owned();
    let checked = fake.machine.verify(Candidate {
        file: &PatchFile::of_6_1_0("fix", &["klp"]),
        report: &patch(),
        core: Err(MachineError::NoCore {
            name: name.clone(),
            searched: None,
        }),
    });
    let core = |verification: &Verification| {
        let mut checks = verification.checks.iter();
        let check = checks.find(|check| check.check == "core").unwrap();
        format!("{}: {}", check.code.unwrap(), check.found)
    };
    assert!(core(&checked).starts_with("KLP233: fix needs a kernel with live patching"));
    let klp = Report {
        core: klp_link::link::Core::Klp,
        ..patch()
    };
    let checked = machine().machine.verify(Candidate {
        file: &PatchFile::of_6_1_0("fix", &["klp"]),
        report: &klp,
        core: Err(MachineError::NoCore {
            name,
            searched: None,
        }),
    });
    assert_eq!(
        core(&checked),
        "KLP208: fix runs on klp's core, which is not loaded"
    );
    let parts = ["KLP234: ", "/sys/kernel/klp is not there"];
    refused(&machine(), &klp, "core", &parts);
}

/// A patch for klp's core, of this ABI.
fn on_klp(abi: u32) -> Report {
    let header = Header {
        abi,
        kernel_build_id: BUILD_ID.into(),
        stubs: Vec::new(),
    };
    Report {
        core: klp_link::link::Core::Klp,
        header: Some(header),
        ..patch()
    }
}

#[test]
fn another_abi_of_a_core_that_is_loaded() {
    let fake = machine();
    fake.folder("sys/kernel/klp");
    fake.file("sys/module/klp/initstate", "live\n");
    assert_eq!(verify(&fake, &on_klp(4)).refusals(), 0);
    fake.file("sys/module/klp/version", "abi-4\n");
    assert_eq!(verify(&fake, &on_klp(4)).refusals(), 0);
    let old = ["KLP242: ", "ABI 3", "loaded has ABI 4", "build the patch"];
    refused(&fake, &on_klp(3), "core", &old);
    let new = ["KLP242: ", "ABI 5", "build klp.ko again"];
    refused(&fake, &on_klp(5), "core", &new);
}

#[test]
fn another_abi_of_a_core_that_is_a_file() {
    let core = || PatchFile::of_6_1_0("klp", &[]).with_version("abi-4");
    let fake = machine();
    let refusals = |report: &Report| {
        let verification = fake.machine.verify(Candidate {
            file: &PatchFile::of_6_1_0("fix", &["klp"]),
            report,
            core: Ok(Some(core())),
        });
        verification.refusals()
    };
    assert_eq!(refusals(&on_klp(4)), 0);
    assert_eq!(refusals(&on_klp(5)), 1);
}

#[test]
fn a_transition_under_way() {
    let fake = machine();
    fake.patch("klp/other", "1 1 0 1");
    refused(
        &fake,
        &patch(),
        "transition",
        &[
            "KLP215: ",
            "other is in transition",
            "`cargo klp wait other`",
        ],
    );
}

#[test]
fn functions_that_are_patched() {
    let fake = machine();
    fake.patch("livepatch/other", "1 0");
    fake.folder("sys/kernel/livepatch/other/vmlinux/show,1");
    // The patch is why ftrace says that the function is redirected.
    fake.file("sys/kernel/tracing/enabled_functions", "show (1) R I  \t\n");
    let on_top = ["show is patched by other: this patch goes on top"];
    warned(&fake, &patch(), "functions", &on_top);
    let replacing = Report {
        replace: Some(true),
        ..patch()
    };
    assert!(verify(&fake, &replacing).warnings().unwrap().is_empty());
    let of_another = Report {
        objects: vec![object("a_driver", "show")],
        ..patch()
    };
    let parts = ["show is redirected already"];
    refused(&fake, &of_another, "functions", &parts);
}

#[test]
fn functions_of_the_other_core() {
    let fake = machine();
    fake.patch("klp/other", "1 0 0 1");
    fake.folder("sys/kernel/klp/other/a_driver/send,1");
    refused(
        &fake,
        &patch(),
        "functions",
        &[
            "KLP235: send is patched by other on klp's core",
            "unload other",
        ],
    );
}

#[test]
fn functions_that_somebody_redirects() {
    let fake = machine();
    let list = "show (1) R I  \ttramp: 0xffffffffc0000000 (their_handler+0x0/0x10)\n";
    fake.file("sys/kernel/tracing/enabled_functions", list);
    refused(
        &fake,
        &patch(),
        "functions",
        &["KLP237: show is redirected already by their_handler"],
    );
    let probe = "ffffffff81000000  k  show+0x0    [FTRACE]\n";
    fake.file("sys/kernel/debug/kprobes/list", probe);
    refused(
        &fake,
        &patch(),
        "functions",
        &["KLP236: show has a kprobe with a post-handler"],
    );
}

#[test]
fn kprobes_inside_are_not_hit_any_more() {
    let fake = machine();
    let list =
        |place: &str| format!("ffffffff81000000  k  {place}\nffffffff81000100  r  other+0x0\n");
    fake.file("sys/kernel/debug/kprobes/list", list("show+0x0  [FTRACE]"));
    assert!(verify(&fake, &patch()).warnings().unwrap().is_empty());
    fake.file("sys/kernel/debug/kprobes/list", list("show+0x1b"));
    warned(&fake, &patch(), "kprobes", &["show+0x1b: inside"]);
}

#[test]
fn tracers_and_bpf_programs() {
    let fake = machine();
    let list = |text: &str| fake.file("sys/kernel/tracing/enabled_functions", text);
    list("show (1)           \n");
    let verification = verify(&fake, &patch());
    let found = |check: &Check| check.found.contains("show is traced (users: 1)");
    assert!(verification.checks.iter().any(found));
    list("show (1)     D  \n\tdirect-->bpf_trampoline_1_1+0x0/0x1000\n");
    warned(&fake, &patch(), "tracers", &["(bpf_trampoline_1_1)"]);
    list("show (1)     D  \n\tdirect-->my_tramp+0x0/0x10 [a_module]\n");
    let parts = ["KLP238: ", "trampoline by my_tramp"];
    refused(&fake, &patch(), "tracers", &parts);
}

#[test]
fn policies() {
    let signed = Report {
        signed: true,
        ..patch()
    };
    let fake = machine();
    fake.file("sys/module/module/parameters/sig_enforce", "Y\n");
    let parts = ["KLP240: ", "module.sig_enforce is set"];
    refused(&fake, &patch(), "policy", &parts);
    assert_eq!(verify(&fake, &signed).refusals(), 0);
    let fake = machine();
    fake.file(
        "sys/kernel/security/lockdown",
        "none [integrity] confidentiality\n",
    );
    refused(&fake, &patch(), "policy", &["lockdown is `integrity`"]);
    assert_eq!(verify(&fake, &signed).refusals(), 0);
    fake.file("proc/sys/kernel/modules_disabled", "1\n");
    let parts = ["KLP239: ", "modules_disabled is 1"];
    refused(&fake, &signed, "policy", &parts);
}

#[test]
fn no_memory() {
    let fake = machine();
    fake.file("proc/meminfo", "MemAvailable: 9 kB\n");
    let parts = ["KLP241: ", "10 KiB while it is loaded, and 9 KiB are"];
    refused(&fake, &patch(), "memory", &parts);
}

#[test]
fn what_cannot_be_seen_is_said() {
    let fake = Fake::new();
    fake.folder("sys/kernel/livepatch");
    fake.file("proc/sys/kernel/osrelease", "6.1.0\n");
    let checks = verify(&fake, &patch()).warnings().unwrap();
    let names: Vec<_> = checks.iter().map(|check| check.check).collect();
    assert_eq!(
        names,
        ["build-id", "kprobes", "tracers", "policy", "memory"]
    );
}

#[test]
fn programs_see_json() {
    let fake = machine();
    fake.file("proc/meminfo", "MemAvailable: 9 kB\n");
    let json = serde_json::to_value(verify(&fake, &patch())).unwrap();
    assert_eq!(json["patch"], "fix");
    let memory = json["checks"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&memory["check"], &memory["result"], &memory["code"]),
        (&"memory".into(), &"refusal".into(), &"KLP241".into())
    );
    assert_eq!(
        json["checks"][0],
        serde_json::json!({
            "check": "release", "result": "ok", "code": null, "found": "6.1.0", "next": null
        })
    );
}
