// SPDX-License-Identifier: GPL-2.0-only
//! A profile against the running kernel it is of.
//!
//! `KLP_TEST_GUEST` is a folder with three files captured as root in a guest that was booted from
//! `KLP_TEST_VMLINUZ` with `nokaslr`: `kallsyms` (/proc/kallsyms), `available_filter_functions`
//! (tracefs) and `btf_vmlinux` (/sys/kernel/btf/vmlinux). Modules that the guest had loaded are
//! compared too where `KLP_TEST_MODULES`, the kernel's module folder, has them.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use klp_link::profile::{Object, Profile, ProfileBuilder, Symbol};

/// One line of `/proc/kallsyms`.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
struct Line<'a> {
    address: u64,
    kind: char,
    name: &'a str,
}

fn guest(file: &str) -> Vec<u8> {
    let path = common::path("KLP_TEST_GUEST").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn guest_text(file: &str) -> String {
    String::from_utf8(guest(file)).unwrap()
}

/// The lines of each object, in order; "" for vmlinux.
fn lines(text: &str) -> BTreeMap<&str, Vec<Line<'_>>> {
    let mut objects: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for line in text.lines() {
        let (symbol, object) = line.split_once('\t').unwrap_or((line, ""));
        let mut words = symbol.splitn(3, ' ');
        let (address, kind, name) = (
            words.next().unwrap(),
            words.next().unwrap(),
            words.next().unwrap(),
        );
        let address = u64::from_str_radix(address, 16).unwrap();
        let kind = kind.chars().next().unwrap();
        let object = object.trim_matches(['[', ']']);
        objects.entry(object).or_default().push(Line {
            address,
            kind,
            name,
        });
    }
    objects
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_GUEST: run by cargo xtask test"]
fn every_vmlinux_symbol_in_order() {
    let text = guest_text("kallsyms");
    let objects = lines(&text);
    let profile = common::profile();
    let symbols = profile.object("vmlinux").unwrap().symbols();
    let ours: Vec<Line<'_>> = symbols
        .map(|symbol| Line {
            address: symbol.address,
            kind: symbol.kind,
            name: symbol.name,
        })
        .collect();
    let theirs = &objects[""];
    for (position, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours, theirs, "line {}", position + 1);
    }
    assert_eq!(ours.len(), theirs.len());
    println!("{} symbols agree", ours.len());
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_GUEST: run by cargo xtask test"]
fn the_btf_is_the_same() {
    assert!(common::profile().btf() == guest("btf_vmlinux"));
}

/// The kernel lists one name a location: the first that kallsyms has at the address. Locations
/// that belong to no function (overridden weak ones) show as `__ftrace_invalid_address__`.
#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_GUEST: run by cargo xtask test"]
fn traceable_functions_are_the_kernels() {
    let text = guest_text("available_filter_functions");
    let mut balance: BTreeMap<&str, i32> = BTreeMap::new();
    let listed = text.lines().filter(|line| !line.contains('['));
    for name in listed.filter(|line| !line.starts_with("__ftrace_invalid_address__")) {
        *balance.entry(name).or_default() += 1;
    }
    let listed: i32 = balance.values().sum();
    let profile = common::profile();
    for symbol in first_at_each_address(&profile.object("vmlinux").unwrap()) {
        *balance.entry(symbol.name).or_default() -= i32::from(symbol.traceable());
    }
    balance.retain(|_, count| *count != 0);
    assert!(balance.is_empty(), "kernel's count less ours: {balance:#?}");
    println!("{listed} traceable functions agree");
}

fn first_at_each_address<'a>(object: &Object<'a>) -> Vec<Symbol<'a>> {
    let mut symbols: Vec<Symbol<'a>> = object.symbols().collect();
    symbols.dedup_by_key(|symbol| symbol.address);
    symbols
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ, KLP_TEST_GUEST and KLP_TEST_MODULES: run by cargo xtask test"]
fn loaded_modules_in_order() {
    let text = guest_text("kallsyms");
    let functions = guest_text("available_filter_functions");
    let mut files = HashMap::new();
    collect(&common::path("KLP_TEST_MODULES"), &mut files);
    let mut compared = 0;
    for (name, lines) in lines(&text).iter().filter(|(name, _)| !name.is_empty()) {
        let Some(path) = files.get(*name) else {
            continue;
        };
        let profile = with_module(path);
        let object = profile.object(name).unwrap();
        compare_module(&object, lines);
        compare_functions(&object, &functions);
        compared += lines.len();
    }
    println!("{compared} module symbols agree");
    assert!(
        compared > 0,
        "the guest has no module of KLP_TEST_MODULES loaded"
    );
}

fn with_module(path: &Path) -> Profile {
    let mut builder = ProfileBuilder::from_profile(&common::profile()).unwrap();
    builder.add_module(&std::fs::read(path).unwrap()).unwrap();
    Profile::from_bytes(&builder.build().to_bytes().unwrap()).unwrap()
}

/// Module files by module name.
fn collect(folder: &Path, files: &mut HashMap<String, PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
            continue;
        }
        let name = path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace('-', "_");
        files.insert(name.split('.').next().unwrap().to_owned(), path);
    }
}

/// Names, types and order agree, and each section was loaded at one place.
fn compare_module(object: &Object<'_>, lines: &[Line<'_>]) {
    let symbols: Vec<Symbol<'_>> = object.symbols().filter(|symbol| !symbol.init).collect();
    let mut bases = HashMap::new();
    for (symbol, line) in symbols.iter().zip(lines) {
        assert_eq!(
            (symbol.name, symbol.kind),
            (line.name, line.kind),
            "{}",
            object.name()
        );
        let base = line.address.wrapping_sub(symbol.address);
        let known = *bases.entry(symbol.section_name).or_insert(base);
        assert_eq!(known, base, "{} {symbol:?}", object.name());
    }
    assert_eq!(symbols.len(), lines.len(), "{}", object.name());
}

fn compare_functions(object: &Object<'_>, functions: &str) {
    let ending = format!(" [{}]", object.name());
    let mut theirs: Vec<&str> = functions
        .lines()
        .filter_map(|line| line.strip_suffix(ending.as_str()))
        .collect();
    let traceable = object.symbols().filter(Symbol::traceable);
    let mut ours: Vec<&str> = traceable.map(|symbol| symbol.name).collect();
    theirs.sort_unstable();
    ours.sort_unstable();
    assert_eq!(ours, theirs, "{}", object.name());
}
