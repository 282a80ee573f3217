// SPDX-License-Identifier: GPL-2.0-only
//! A real kernel's profile: facts every kernel must show, exports against `Module.symvers`,
//! speed, and damaged images.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use klp_link::profile::{Layout, Profile, ProfileBuilder, SectionKind};

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn kernel_facts() {
    let profile = common::profile();
    assert!(
        profile
            .vermagic()
            .starts_with(&format!("{} ", profile.release()))
    );
    assert!(
        profile.vermagic().ends_with(' '),
        "{:?}",
        profile.vermagic()
    );
    assert!(profile.banner().contains(profile.release()));
    assert!(profile.version().starts_with('#'), "{}", profile.version());
    assert!(profile.banner().ends_with(profile.version()));
    let bit = profile.patch_pending().unwrap();
    assert!((1..32).contains(&bit), "TIF_PATCH_PENDING {bit}");
    assert_eq!(
        profile.mitigations().modversions,
        profile.vermagic().contains(" modversions ")
    );
    println!(
        "{} {:?} {:?}",
        profile.release(),
        profile.vermagic(),
        profile.mitigations()
    );
    for range in profile.init_ranges() {
        println!("init {:x}..{:x}", range.start, range.end);
    }
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn symbols_that_every_kernel_has() {
    let profile = common::profile();
    let vmlinux = profile.object("vmlinux").unwrap();
    let show = vmlinux.symbol("cmdline_proc_show", 0).unwrap();
    assert_eq!(
        (show.kind, show.section, show.sympos),
        ('t', SectionKind::Text, 1)
    );
    assert!(
        show.traceable() && show.size > 0 && show.size < 4096,
        "{show:?}"
    );
    let saved = vmlinux.symbol("saved_command_line", 0).unwrap();
    assert!(!saved.traceable() && saved.ftrace_location.is_none());
    let start_kernel = vmlinux.symbol("start_kernel", 0).unwrap();
    assert!(start_kernel.init && !start_kernel.traceable());
    assert_eq!(start_kernel.section, SectionKind::InitText);
    assert!(vmlinux.symbol("no_such_function", 0).is_none());
    let traceable = vmlinux
        .symbols()
        .filter(|symbol| symbol.traceable())
        .count();
    println!("{} symbols, {traceable} traceable", vmlinux.symbols().len());
    assert!(traceable > 10_000);
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn sympos_counts_in_kallsyms_order() {
    let profile = common::profile();
    let vmlinux = profile.object("vmlinux").unwrap();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut last = 0;
    for symbol in vmlinux.symbols() {
        let count = counts.entry(symbol.name).or_default();
        *count += 1;
        assert_eq!(symbol.sympos, *count, "{symbol:?}");
        assert!(symbol.address >= last, "{symbol:?}");
        last = symbol.address;
    }
    let (name, count) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap();
    let named = vmlinux.symbols_named(name);
    assert_eq!(named.len(), count as usize);
    assert_eq!(vmlinux.symbol(name, count), named.last().copied());
    assert!(vmlinux.symbol(name, 0).is_none() && vmlinux.symbol(name, count + 1).is_none());
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn suggestions_are_quick() {
    let profile = common::profile();
    let vmlinux = profile.object("vmlinux").unwrap();
    let start = Instant::now();
    assert_eq!(
        vmlinux.nearest("cmdline_proc_shwo", 3).first(),
        Some(&"cmdline_proc_show")
    );
    println!("nearest: {:?}", start.elapsed());
    assert!(cfg!(debug_assertions) || start.elapsed() < Duration::from_secs(1));
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn open_and_look_up_within_20_ms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kernel.klpprof");
    std::fs::write(&path, common::profile_bytes()).unwrap();
    let best = (0..5).map(|_| open_and_look_up(&path)).min().unwrap();
    println!(
        "open and look up: {best:?}, {} bytes",
        common::profile_bytes().len()
    );
    assert!(
        cfg!(debug_assertions) || best < Duration::from_millis(20),
        "{best:?}"
    );
}

fn open_and_look_up(path: &std::path::Path) -> Duration {
    let start = Instant::now();
    let profile = Profile::open(path).unwrap();
    let vmlinux = profile.object("vmlinux").unwrap();
    assert!(vmlinux.symbol("cmdline_proc_show", 0).is_some());
    start.elapsed()
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn layouts() {
    let profile = common::profile();
    let start = Instant::now();
    let layout = Layout::new(profile.release(), profile.btf()).unwrap();
    let parsed = start.elapsed();
    let task = layout.of_struct("task_struct").unwrap();
    let pid = layout.field("task_struct", "pid").unwrap();
    println!("BTF: parsed {parsed:?}, with lookups {:?}", start.elapsed());
    assert!(pid.offset + pid.size <= task.size && pid.size == 4);
    assert_eq!(
        layout
            .field("task_struct", "thread_info.flags")
            .unwrap()
            .offset,
        0
    );
    assert_eq!(
        layout
            .enumerator(Some("module_state"), "MODULE_STATE_LIVE")
            .unwrap(),
        0
    );
    let start = Instant::now();
    assert_eq!(layout.enumerator(None, "MODULE_STATE_COMING").unwrap(), 1);
    println!("enumerator of any enum: {:?}", start.elapsed());
    let prototypes = layout.prototypes("cmdline_proc_show").unwrap();
    assert_eq!(prototypes[0].returns, "int");
    assert_eq!(prototypes[0].parameters[0].type_name, "struct seq_file *");
    let start = Instant::now();
    let message = layout.of_struct("task_strukt").err().unwrap().to_string();
    println!("{message} ({:?})", start.elapsed());
    assert!(message.contains("task_struct"), "{message}");
}

/// `Module.symvers`: CRC, symbol, provider, EXPORT_SYMBOL or EXPORT_SYMBOL_GPL, namespace.
#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_SYMVERS: run by cargo xtask test"]
fn exports_match_module_symvers() {
    let profile = common::profile();
    let modversions = profile.mitigations().modversions;
    let symvers = String::from_utf8(common::file("KLP_TEST_SYMVERS")).unwrap();
    let mut checked = 0;
    for line in symvers.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [crc, name, "vmlinux", kind, rest @ ..] = fields.as_slice() else {
            continue;
        };
        let export = profile
            .export(name)
            .unwrap_or_else(|| panic!("{name} is missing"));
        let crc = u32::from_str_radix(crc.trim_start_matches("0x"), 16).unwrap();
        assert_eq!(export.crc, modversions.then_some(crc), "{name}");
        assert_eq!(export.gpl, kind.ends_with("_GPL"), "{name}");
        let namespace = rest.first().copied().unwrap_or_default();
        assert_eq!(export.namespace.unwrap_or_default(), namespace, "{name}");
        assert_eq!(export.provider, "vmlinux");
        checked += 1;
    }
    println!("{checked} exports checked");
    assert_eq!(profile.export_names().count(), checked);
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn damaged_images_are_errors() {
    let image = common::file("KLP_TEST_VMLINUZ");
    for length in [
        0, 1, 0x1f0, 0x1f2, 0x204, 0x24d, 0x400, 0x5000, 100_000, 5_000_000,
    ] {
        let cut = image.get(..length).unwrap_or(&image);
        assert!(ProfileBuilder::from_vmlinux(cut).is_err(), "{length}");
    }
    for position in [
        0x1f1, 0x202, 0x248, 0x24a, 0x24e, 0x8000, 0x10_0000, 0x40_0000,
    ] {
        let mut bad = image.clone();
        bad[position] ^= 0x5a;
        // A flipped byte may be in code, which a profile does not look at.
        let _ = ProfileBuilder::from_vmlinux(&bad);
    }
}
