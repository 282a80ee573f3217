// SPDX-License-Identifier: GPL-2.0-only
//! Ordinary modules, and patches for the core that one of them is: their form, for every kernel of
//! `KLP_TEST_HOME`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cargo_klp::home::Home as KlpHome;
use cargo_klp::kernels;
use cargo_klp::vm::{Scenario, StepResult};
use klp_link::profile::{Layout, Profile};
use klp_runtime::contract::{ABI, CORE_CRC};
use scratch::elf::{Elf, Relocation};
use scratch::{Case, Home, Workspace};

const MODULE: &str = "\
#![no_std]
#![no_main]
use klp_kernel::contract::KernelIdentity;
use klp_kernel::prelude::*;

klp::module! { license: \"GPL\", description: \"A core\", init: start, exit: stop }

#[kernel(object = \"vmlinux\")]
unsafe extern \"C\" {
    static saved_command_line: *const c_char;
}

unsafe extern \"C\" {
    static __klp_kernel_identity: KernelIdentity;
}

#[cfg(linux_at_least = \"6.12\")]
static SERIES: &str = \"6.12 or later\";
#[cfg(not(linux_at_least = \"6.12\"))]
static SERIES: &str = \"before 6.12\";

fn start() -> Result {
    // SAFETY: nothing is ever run.
    let line = unsafe { saved_command_line };
    // SAFETY: as above.
    let identity = unsafe { &__klp_kernel_identity };
    pr_info!(\"{} {} {line:?}\", SERIES, identity.version.as_str());
    pr_info!(\"{} {}\", struct_size!(ftrace_ops), thread_flag!(TIF_PATCH_PENDING));
    Ok(())
}

fn stop() {}

#[export]
extern \"C\" fn b_second() {}

#[export]
extern \"C\" fn a_first() {}
";

const PATCH: &str = "\
//@ metadata: core = \"klp\"
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: \"GPL\" }

#[kernel(object = \"vmlinux\")]
unsafe extern \"C\" {
    static saved_command_line: *const c_char;
}

#[shadow(id = 7)]
unsafe static COUNT: Shadow<seq_file, c_int>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn meminfo_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { COUNT.free_all() };
    0
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    c_int::from(unsafe { saved_command_line }.is_null())
}
";

const SHN_LIVEPATCH: u16 = 0xff20;
/// `R_X86_64_32S`.
const ADDRESS_32S: u32 = 11;
/// The bytes of a stub, relocated fields zero, on kernels with return thunks.
const STUB: [u8; 16] = *b"\x48\xc7\x04\x24\0\0\0\0\xe9\0\0\0\0\xcc\xcc\xcc";

/// One workspace has one member at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Builds `case` for all kernels.
fn each_kernel(case: &Case, check: fn(&Profile, &Path, &Elf)) {
    let _alone = alone();
    let home = KlpHome::at(scratch::variable("KLP_TEST_HOME"));
    for kernel in kernels::all(&home) {
        println!("{}", kernel.release);
        let workspace = Workspace::new("core").with_variable("KLP_KERNEL", &kernel.release);
        let output = workspace.build(case);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("warning"), "{said}");
        let ko = workspace.output(case, "ko");
        tool("readelf", &["--all", "--wide"], &ko);
        let elf = Elf::read(&fs::read(&ko).unwrap());
        check(&kernels::open(&kernel).unwrap(), &ko, &elf);
    }
}

fn tool(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn info(ko: &Path, field: &str) -> String {
    tool("modinfo", &["-F", field], ko).trim().to_owned()
}

/// `saved_command_line` is reached through `_printk`, by the distance in the kernel's image.
fn is_anchored(profile: &Profile, elf: &Elf) {
    let livepatch = |symbol: &&scratch::elf::Symbol| symbol.section == SHN_LIVEPATCH;
    assert_eq!(elf.symbols.iter().filter(livepatch).count(), 0);
    assert!(elf.undefined().contains(&"_printk"));
    let kernel = profile.object("vmlinux").unwrap();
    let address = |name| kernel.symbol(name, 0).unwrap().address;
    let distance = address("saved_command_line").wrapping_sub(address("_printk"));
    let reached = |relocation: &&Relocation| {
        // A distance counts from the end of its instruction, which the addend makes good.
        let before = distance.wrapping_sub(relocation.addend.cast_unsigned());
        elf.symbols[relocation.symbol].name == "_printk" && before <= 8
    };
    assert_eq!(elf.relocations(".text").iter().filter(reached).count(), 1);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_module_is_no_patch() {
    each_kernel(&Case::new("a_core", MODULE), |profile, ko, elf| {
        assert_eq!(
            (info(ko, "livepatch"), info(ko, "depends")),
            Default::default()
        );
        assert_eq!(info(ko, "description"), "A core");
        assert!(elf.section(".data.klp").is_none());
        is_anchored(profile, elf);
        exports(profile, elf);
        let identity = elf.section(".rodata.klp.identity").unwrap();
        let build_id = profile.object("vmlinux").unwrap().build_id().unwrap();
        assert_eq!(&identity.data[..20], build_id);
        assert_eq!(&identity.data[40..], profile.version().as_bytes());
        let later = kernels_since_6_12(profile);
        let said = elf.section(".rodata").unwrap().data.clone();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(said.contains("6.12 or later"), later, "{said}");
        assert_eq!(said.contains("before 6.12"), !later, "{said}");
    });
}

fn kernels_since_6_12(profile: &Profile) -> bool {
    let mut numbers = profile.release().split('.').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap(), numbers.next().unwrap()) >= (6, 12)
}

/// Two exports for GPL-compatible modules, in the order of their names.
fn exports(profile: &Profile, elf: &Elf) {
    let layout = Layout::new(profile.release(), profile.btf()).unwrap();
    let (table, crcs) = match layout.field("module", "gpl_syms") {
        Ok(_) => ("__ksymtab_gpl", "__kcrctab_gpl"),
        Err(_) => ("__ksymtab", "__kcrctab"),
    };
    assert_eq!(elf.section(table).unwrap().data, [0; 24]);
    let strings = &elf.section("__ksymtab_strings").unwrap().data;
    let names = elf.relocations(table).iter().filter(|r| r.offset % 12 == 4);
    let name = |relocation: &Relocation| {
        let text = &strings[usize::try_from(relocation.addend).unwrap()..];
        let text = text.split(|&byte| byte == 0).next().unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    };
    let names: Vec<_> = names.map(name).collect();
    assert_eq!(names, ["a_first", "b_second"]);
    let crcs = elf.section(crcs).map(|crcs| crcs.data.clone());
    let expected = profile.mitigations().modversions;
    let expected = expected.then(|| CORE_CRC.to_le_bytes().repeat(2));
    assert_eq!(crcs, expected);
    let flags = elf.section("__kflagstab").map(|flags| flags.data.clone());
    assert_eq!(flags, (table == "__ksymtab").then(|| vec![1, 1]));
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_patch_for_the_core() {
    each_kernel(&Case::new("for_the_core", PATCH), |profile, ko, elf| {
        assert_eq!(
            (info(ko, "livepatch"), info(ko, "depends")),
            ("Y".into(), "klp".into())
        );
        is_anchored(profile, elf);
        let undefined = elf.undefined();
        assert!(
            undefined.contains(&"klp_core_enable_patch"),
            "{undefined:?}"
        );
        assert!(
            undefined.contains(&"klp_core_shadow_free_all"),
            "{undefined:?}"
        );
        assert!(!undefined.contains(&"klp_enable_patch"), "{undefined:?}");
        versions(elf);
        header(profile, elf);
        stubs(elf);
    });
}

/// What the core exports has the contract's CRC.
fn versions(elf: &Elf) {
    let Some(versions) = elf.section("__versions") else {
        return;
    };
    let own = versions
        .data
        .chunks(64)
        .filter(|entry| entry[8..].starts_with(b"klp_core_"));
    let own: Vec<_> = own.map(|entry| entry[..8].to_vec()).collect();
    assert_eq!(own, vec![u64::from(CORE_CRC).to_le_bytes().to_vec(); 2]);
}

fn header(profile: &Profile, elf: &Elf) {
    let data = &elf.section(".data.klp").unwrap().data;
    assert_eq!(data[..4], ABI.to_le_bytes());
    let build_id = profile.object("vmlinux").unwrap().build_id().unwrap();
    assert_eq!(&data[4..24], build_id);
    assert_eq!(elf.symbol("__klp_patch").unwrap().value, 32);
}

/// At a stub's start the stack is as at any function's.
fn can_be_unwound(elf: &Elf, stub: u64) {
    let unwind = &elf.section(".orc_unwind").unwrap().data;
    let starts = elf.relocations(".orc_unwind_ip").iter();
    let starts: Vec<_> = starts.map(|r| r.addend.cast_unsigned()).collect();
    let size = unwind.len() / starts.len();
    let entry = |address| {
        let index = starts.partition_point(|&start| start <= address) - 1;
        &unwind[index * size..(index + 1) * size]
    };
    let function = elf.symbol("init_module").unwrap().value;
    let end = elf.section(".text").unwrap().data.len() as u64;
    assert_eq!(entry(stub), entry(function));
    assert_ne!(entry(stub), entry(end));
}

/// One stub for each function, in the order of the table, known to the kernel's return thunks.
fn stubs(elf: &Elf) {
    let data = elf.relocations(".data.klp");
    let at = |offset: u64| data.iter().find(|r| r.offset == offset).unwrap().addend;
    let directs = at(24).cast_unsigned();
    let text = &elf.section(".text").unwrap().data;
    for (index, name) in (0..).zip(["meminfo_proc_show", "cmdline_proc_show"]) {
        let stub = at(directs + index * 8).cast_unsigned();
        let symbol = elf.symbol(&format!("klp_direct_{name}")).unwrap();
        assert_eq!((symbol.value, symbol.size, stub % 16), (stub, 16, 0));
        can_be_unwound(elf, stub);
        let start = usize::try_from(stub).unwrap();
        assert_eq!(text[start..start + 16], STUB);
        let relocations = elf.relocations(".text").iter();
        let new = relocations.clone().find(|r| r.offset == stub + 4).unwrap();
        let function = elf
            .symbols
            .iter()
            .find(|symbol| symbol.name.ends_with(name));
        assert_eq!(new.kind, ADDRESS_32S);
        assert!(function.is_some());
        let thunk = relocations.clone().find(|r| r.offset == stub + 9).unwrap();
        assert_eq!(elf.symbols[thunk.symbol].name, "__x86_return_thunk");
        let sites = elf.relocations(".return_sites").iter();
        assert_eq!(
            sites
                .filter(|r| r.addend.cast_unsigned() == stub + 8)
                .count(),
            1
        );
    }
}

/// A core that only says what it gets.
const CORE: &str = "\
//@ name: klp
#![no_std]
#![no_main]
use klp_kernel::contract::{CoreHeader, KernelIdentity};
use klp_kernel::prelude::*;

klp::module! { license: \"GPL\", init: start, exit: stop }

#[kernel(object = \"vmlinux\")]
unsafe extern \"C\" {
    static saved_command_line: *const c_char;
    #[kernel(unchecked = \"its type differs between kernels\")]
    fn kallsyms_lookup_name(name: *const c_char) -> c_ulong;
}

unsafe extern \"C\" {
    static __klp_kernel_identity: KernelIdentity;
}

fn start() -> Result {
    // SAFETY: the name is a string; nobody else changes anything.
    let found = unsafe { kallsyms_lookup_name(c\"saved_command_line\".as_ptr()) };
    pr_info!(\"anchored: {}\", found == &raw const saved_command_line as c_ulong);
    // SAFETY: the link step defines it.
    pr_info!(\"version: {}\", unsafe { &__klp_kernel_identity }.version.as_str());
    Ok(())
}

fn stop() {}

/// # Safety
/// `patch` is that of a patch for this core.
#[export]
unsafe extern \"C\" fn klp_core_enable_patch(patch: *const c_void) -> c_int {
    // SAFETY: what stands before a patch for this core.
    let header = unsafe { &*patch.cast::<CoreHeader>().sub(1) };
    // SAFETY: the link step defines it.
    let own = unsafe { &__klp_kernel_identity };
    pr_info!(\"of this kernel: {}\", header.build_id == own.build_id);
    // SAFETY: there are two stubs of 16 bytes each.
    let stub = unsafe { *(*header.directs.add(1) as *const [u8; 9]) };
    pr_info!(\"stub: {:x?}\", stub);
    0
}

#[export]
extern \"C\" fn klp_core_shadow_free_all(_id: c_ulong, _dtor: *const c_void) {}
";

/// The module loader takes all this, and the kernel has rewritten the return in a stub.
#[test]
#[ignore = "boots kernels: run by cargo xtask test"]
fn a_core_and_its_patch_are_loaded() {
    let _alone = alone();
    let home = KlpHome::at(scratch::variable("KLP_TEST_HOME"));
    for kernel in kernels::all(&home) {
        println!("{}", kernel.release);
        let workspace = Workspace::new("core").with_variable("KLP_KERNEL", &kernel.release);
        let mut vm = kernels::machine(&kernel);
        vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
        let (core, patch) = (
            Case::new("own_core", CORE),
            Case::new("for_the_core", PATCH),
        );
        for case in [&core, &patch] {
            let output = workspace.build(case);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
            let ko = workspace.output(case, "ko");
            let kept = ko.with_extension("kept");
            fs::copy(&ko, &kept).unwrap();
            vm.files
                .push((kept, format!("{}.ko", case.module()).into()));
        }
        vm.scenario = Scenario::new()
            .step("cat /proc/sys/kernel/version")
            .step("insmod klp.ko")
            .step("insmod for_the_core.ko");
        let run = vm.run(&mut |_| {}).unwrap();
        assert!(run.steps.iter().all(StepResult::succeeded));
        let lines = run.steps.iter().flat_map(|step| &step.lines);
        let lines: Vec<_> = lines.map(|line| line.text.as_str()).collect();
        println!("{}", lines.join("\n"));
        let version = format!("version: {}", lines[0]);
        for expected in [
            "anchored: true",
            &version,
            "of this kernel: true",
            "stub: [48, c7, 4, 24, ",
        ] {
            assert!(
                lines.iter().any(|line| line.contains(expected)),
                "{expected}"
            );
        }
        let stub = lines.iter().find(|line| line.contains("stub: ")).unwrap();
        assert!(stub.ends_with("c3]"), "{stub}");
    }
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn the_choice_of_a_core_is_an_input() {
    let _alone = alone();
    let case = Case::new("for_either", &PATCH.replace("core = \"klp\"", ""));
    let workspace = Workspace::new("core");
    workspace.write(&case);
    let built_for = |core: Option<&str>| {
        let mut cargo = workspace.cargo();
        cargo.arg("build").envs(core.map(|core| ("KLP_CORE", core)));
        let output = cargo.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        info(&workspace.output(&case, "ko"), "depends")
    };
    assert_eq!(built_for(None), "");
    assert_eq!(built_for(Some("klp")), "klp");
    assert_eq!(built_for(Some("builtin")), "");

    let mut cargo = workspace.cargo();
    let output = cargo
        .arg("build")
        .env("KLP_CORE", "other")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("the core `other`"),
        "{said}"
    );
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_core_is_kept_beside_its_kernel() {
    let _alone = alone();
    let home = Home::with_kernel();
    let kept = home.profile(&home.release).with_file_name("a_core.ko");
    let workspace = Workspace::new("core").with_home(home.folder.path());
    let case = Case::new("a_core", MODULE);
    assert!(workspace.build(&case).status.success());
    assert!(!kept.exists());

    let text = format!("//@ metadata: provides-core = true\n{MODULE}");
    let case = Case::new("a_core", &text);
    assert!(workspace.build(&case).status.success());
    let built = workspace.output(&case, "ko");
    assert_eq!(fs::read(kept).unwrap(), fs::read(built).unwrap());
}
