// SPDX-License-Identifier: GPL-2.0-only
//! What `cargo klp inspect` shows of every example, for both cores, is what readelf and modinfo say;
//! and the three forms of it and of `cargo klp diff`.
//!
//! The examples have been built (`cargo xtask test` does that). `INSTA_UPDATE=always` blesses the
//! forms; read them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cargo_klp::document::Format;
use cargo_klp::inspect;
use klp_link::inspect::{FoundBy, Pair, Report, diff};
use klp_link::link::Core;
use scratch::examples::{built, example};
use scratch::readelf::{Readelf, tool};

fn report(ko: &Path) -> Report {
    inspect::read(ko).unwrap()
}

/// Every example for both cores, what klp says of it and what readelf says.
fn each(check: impl Fn(&Path, &Report, &Readelf)) {
    for core in [Core::Builtin, Core::Klp] {
        let all = built(core);
        assert!(all.len() >= 16, "{}", all.len());
        for ko in all {
            println!("{}", ko.display());
            let report = report(&ko);
            assert_eq!(report.core, core);
            assert!(report.described);
            check(&ko, &report, &Readelf::read(&ko));
        }
    }
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn modinfo_says_the_same() {
    each(|ko, report, _| {
        let info = |field: &str| tool("modinfo", &["-F", field], ko).trim().to_owned();
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        assert_eq!(report.name, info("name"));
        assert_eq!(report.kernel.vermagic, info("vermagic"));
        assert_eq!(given(&report.license), info("license"));
        assert_eq!(given(&report.description), info("description"));
        assert_eq!(given(&report.version), info("version"));
        assert_eq!(report.authors.join("\n"), info("author"));
        assert_eq!(report.depends.join(","), info("depends"));
        let mut parameters: Vec<_> = report
            .parameters
            .iter()
            .map(|p| {
                format!(
                    "{}:{} ({})",
                    p.name,
                    given(&p.description),
                    given(&p.type_name)
                )
            })
            .collect();
        parameters.sort();
        let theirs = tool("modinfo", &["-p"], ko);
        let mut theirs: Vec<_> = theirs.lines().collect();
        theirs.sort_unstable();
        assert_eq!(parameters, theirs);
    });
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn readelf_finds_the_same_functions_and_states() {
    each(|_, report, elf| {
        for object in &report.objects {
            let ours: Vec<_> = object
                .functions
                .iter()
                .map(|func| (func.symbol.clone(), func.new.size))
                .collect();
            let table = elf.symbol(&format!("klp_funcs_{}", object.name)).unwrap();
            assert_eq!(ours, functions(elf, table.value..table.value + table.size));
        }
        let states = report.states.as_ref().unwrap().len() as u64;
        let table = elf.symbol("klp_states");
        assert_eq!(table.map_or(0, |table| table.size / 24 - 1), states);
    });
}

/// Names and new functions' sizes that a table of functions points to.
fn functions(elf: &Readelf, table: std::ops::Range<u64>) -> Vec<(String, u64)> {
    let relocations = elf.relocations[".rela.data.klp"].iter();
    let mut inside: Vec<_> = relocations.filter(|r| table.contains(&r.offset)).collect();
    inside.sort_by_key(|relocation| relocation.offset);
    let pairs = inside.chunks(2).map(|pair| {
        let [name, new] = pair else {
            panic!("a name without a function")
        };
        assert_eq!(
            (name.symbol.as_str(), new.symbol.as_str()),
            (".rodata.klp", ".text")
        );
        let is_new = |symbol: &&scratch::readelf::Symbol| {
            symbol.kind == "FUNC" && symbol.value == new.addend
        };
        let function = elf.symbols.iter().find(is_new).unwrap();
        (elf.strings[&name.addend].clone(), function.size)
    });
    pairs.collect()
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn readelf_finds_the_same_imports() {
    each(|_, report, elf| {
        let mut ours: Vec<_> = report
            .imports
            .iter()
            .filter(|import| import.by != FoundBy::Distance)
            .map(|import| match (&import.object, import.sympos) {
                (Some(object), Some(at)) => format!(".klp.sym.{object}.{},{at}", import.name),
                _ => import.name.clone(),
            })
            .collect();
        ours.sort();
        let symbols = elf.symbols.iter().filter(|symbol| !symbol.name.is_empty());
        let foreign = symbols.filter(|s| ["UND", "OS"].contains(&s.section.as_str()));
        let mut theirs: Vec<_> = foreign.map(|symbol| symbol.name.clone()).collect();
        theirs.sort();
        assert_eq!(ours, theirs);
    });
}

/// What livepatch finds for the kernel's own core is written as distances for klp's.
#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn both_cores_import_the_same_symbols_of_the_kernel() {
    let symbols = |core, by| -> Vec<_> {
        let report = report(&example(core, "cumulative"));
        let imports = report.imports.into_iter();
        imports
            .filter(|import| import.by == by)
            .map(|import| import.name)
            .collect()
    };
    let theirs = symbols(Core::Builtin, FoundBy::Livepatch);
    assert_eq!(theirs, ["saved_command_line", "sysctl_max_map_count"]);
    assert_eq!(symbols(Core::Klp, FoundBy::Distance), theirs);
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn readelf_finds_the_same_relocations() {
    each(|_, report, elf| {
        let ours: BTreeMap<_, _> = report
            .relocations
            .iter()
            .map(|r| {
                (
                    (
                        format!(".klp.rela.{}.{}", r.object, r.section),
                        r.symbol.clone(),
                    ),
                    r.count,
                )
            })
            .collect();
        let mut theirs = BTreeMap::new();
        let sections = elf.relocations.iter();
        for (section, relocations) in sections.filter(|(name, _)| name.starts_with(".klp.rela.")) {
            for relocation in relocations {
                let name = relocation.symbol.strip_prefix(".klp.sym.").unwrap();
                let name = name.split_once('.').unwrap().1.rsplit_once(',').unwrap().0;
                *theirs
                    .entry((section.clone(), name.to_owned()))
                    .or_default() += 1;
            }
        }
        assert_eq!(ours, theirs);
    });
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn readelf_finds_the_same_build_id_and_stubs() {
    each(|_, report, elf| {
        assert_eq!(report.build_id, elf.build_id);
        let ours: Vec<_> = report
            .header
            .iter()
            .flat_map(|header| &header.stubs)
            .map(|stub| (stub.name.clone(), stub.size))
            .collect();
        let stubs = elf
            .symbols
            .iter()
            .filter(|s| s.name.starts_with("klp_direct_"));
        let mut stubs: Vec<_> = stubs.collect();
        stubs.sort_by_key(|symbol| symbol.value);
        let theirs: Vec<_> = stubs.iter().map(|s| (s.name.clone(), s.size)).collect();
        assert_eq!(ours, theirs);
        assert_eq!(report.header.is_some(), report.core == Core::Klp);
        if let Some(header) = &report.header {
            assert_eq!(
                Some(&header.kernel_build_id),
                report.kernel.build_id.as_ref()
            );
        }
    });
}

/// The loader keeps what has the flag `A`.
#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn the_notes_are_not_loaded_and_survive_strip() {
    each(|ko, report, elf| {
        assert_eq!(elf.flags[".klp.info"], "");
        assert_eq!(elf.flags[".modinfo"], "A");
        let stripped = tempfile::NamedTempFile::new().unwrap();
        fs::copy(ko, stripped.path()).unwrap();
        tool("strip", &["--strip-debug"], stripped.path());
        assert_eq!(&self::report(stripped.path()), report);
    });
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn pairs_and_reasons_are_the_authors() {
    let pairs = |name: &str| -> Vec<(String, Pair)> {
        let report = report(&example(Core::Builtin, name));
        let callbacks = report.callbacks();
        callbacks
            .map(|(_, callback)| (callback.function.clone(), callback.pair.clone()))
            .collect()
    };
    let undone_by = |function: &str| Pair::UndoneBy {
        function: function.into(),
    };
    let undoes = |function: &str| Pair::Undoes {
        functions: vec![function.into()],
    };
    let expected = [
        ("prepare".to_owned(), undone_by("forget")),
        ("raise".to_owned(), undone_by("restore")),
        ("restore".to_owned(), undoes("raise")),
        ("forget".to_owned(), undoes("prepare")),
    ];
    assert_eq!(pairs("cumulative"), expected);
    let reason = Pair::None {
        reason: "dummy_alloc() makes the variables".into(),
    };
    assert_eq!(
        pairs("shadow_leak_fix1"),
        [("free_buffers".to_owned(), reason)]
    );
}

/// The same whichever compiler and kernel it was built with.
fn settled(mut report: Report) -> Report {
    report.kernel.release = "RELEASE".into();
    report.kernel.vermagic = "VERMAGIC".into();
    report.kernel.build_id = Some("BUILD-ID-OF-THE-KERNEL".into());
    report.build_id = Some("BUILD-ID".into());
    report.memory = 1000;
    report.imports.retain(|import| import.object.is_some());
    for object in &mut report.objects {
        object.build_id = object.build_id.take().map(|_| "BUILD-ID-OF-IT".into());
        let functions = object.functions.iter_mut().map(|func| &mut func.new);
        let callbacks = object.callbacks.iter_mut();
        let codes = functions.chain(callbacks.filter_map(|callback| callback.code.as_mut()));
        for code in codes {
            code.size = 100;
            code.digest = format!("DIGEST-OF-{}", code.name);
            code.reaches.clear();
        }
    }
    report
}

const FORMS: [(Format, &str); 3] = [
    (Format::Table, "table"),
    (Format::Json, "json"),
    (Format::Markdown, "markdown"),
];

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn all_forms_of_a_report() {
    for name in ["cumulative", "params"] {
        let report = settled(report(&example(Core::Builtin, name)));
        for (format, form) in FORMS {
            let shown = inspect::report(&report).show(format, &report).unwrap();
            insta::assert_snapshot!(format!("inspect_{name}_{form}"), shown);
        }
    }
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn all_forms_of_a_comparison() {
    let read = |name: &str| settled(report(&example(Core::Builtin, name)));
    let diff = diff(&read("cumulative_fix1"), &read("meminfo"));
    for (format, form) in FORMS {
        let shown = inspect::diff(&diff).show(format, &diff).unwrap();
        insta::assert_snapshot!(format!("diff_{form}"), shown);
    }
}

fn klp(command: &str, files: &[PathBuf]) -> Output {
    let mut klp = Command::new(env!("CARGO_BIN_EXE_cargo-klp"));
    klp.args(["klp", command]).args(files).output().unwrap()
}

#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn a_comparison_fails_where_the_new_patch_must_not_follow() {
    let example = |name| example(Core::Builtin, name);
    let good = klp("diff", &[example("cumulative_fix1"), example("cumulative")]);
    assert!(good.status.success(), "{good:?}");
    let bad = klp("diff", &[example("cumulative"), example("cumulative_fix1")]);
    assert!(!bad.status.success());
    let shown = String::from_utf8(bad.stdout).unwrap();
    let expected = "the state `BEFORE` (id 1) has version 1 in `cumulative_fix1`, but 2";
    assert!(shown.contains(expected), "{shown}");
    let said = String::from_utf8(bad.stderr).unwrap();
    assert!(said.contains("must not be loaded where"), "{said}");
    assert!(!shown.contains('\x1b'), "colours are for terminals");
}

/// A patch compared with itself: nothing differs.
#[test]
#[ignore = "needs built examples: run by cargo xtask test"]
fn a_patch_is_like_itself() {
    each(|_, report, _| {
        let json = serde_json::to_value(diff(report, report)).unwrap();
        for kind in [
            "functions",
            "callbacks",
            "shadows",
            "states",
            "parameters",
            "imports",
        ] {
            assert_eq!(json[kind], serde_json::json!([]), "{kind}");
        }
    });
}

#[test]
fn what_is_no_patch_is_said_to_be_none() {
    for (file, expected) in [
        ("nonexistent.ko", "cannot open nonexistent.ko: "),
        ("Cargo.toml", "Cargo.toml: unknown compression"),
    ] {
        let output = klp("inspect", &[file.into()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains(expected),
            "{said}"
        );
    }
}
