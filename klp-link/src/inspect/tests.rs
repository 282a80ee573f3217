// SPDX-License-Identifier: GPL-2.0-only
use super::fixture::{FUNC, File, Pointer};
use super::*;
use crate::info::{self, Info, SECTION};

fn refused(file: Vec<u8>) -> String {
    read(&file).unwrap_err().to_string()
}

fn functions(report: &Report) -> Vec<String> {
    let functions = report.functions();
    functions
        .map(|(object, func)| {
            format!(
                "{}:{},{} → {}",
                object.name, func.symbol, func.sympos, func.new.name
            )
        })
        .collect()
}

fn callbacks(report: &Report) -> Vec<String> {
    let callbacks = report.callbacks();
    callbacks
        .map(|(object, callback)| {
            format!(
                "{}:{} {}",
                object.name,
                callback.kind.name(),
                callback.function
            )
        })
        .collect()
}

#[test]
fn tables_in_c_are_read_without_knowing_the_kernel() {
    let mut file = File::new();
    let objects: [(&str, &[(&str, u64)]); 3] = [
        ("", &[("show", 0), ("seek", 3)]),
        ("e1000", &[("probe", 0)]),
        ("other", &[]),
    ];
    file.patch(true, &objects);
    file.callback(1, 0, "acquire");
    file.callback(1, 3, "release");
    file.states(&[(7, 2), (9, 1)], false);
    file.import("_printk");
    file.import(".klp.sym.vmlinux.jiffies,2");
    let report = read(&file.finish("fix")).unwrap();
    assert_eq!(report.name, "fix");
    assert_eq!(report.kernel.release, "6.1.0");
    assert_eq!(report.kernel.vermagic, "6.1.0 SMP");
    assert_eq!(report.tables, Tables::Kernel);
    assert_eq!(report.replace, Some(true));
    assert!(!report.described);
    let expected = [
        "vmlinux:show,0 → new_show",
        "vmlinux:seek,3 → new_seek",
        "e1000:probe,0 → new_probe",
    ];
    assert_eq!(functions(&report), expected);
    let expected = ["e1000:pre_patch acquire", "e1000:post_unpatch release"];
    assert_eq!(callbacks(&report), expected);
    let states = report.states.unwrap();
    let states: Vec<_> = states.iter().map(|s| (s.id, s.version)).collect();
    assert_eq!(states, [(7, 2), (9, 1)]);
    let imports: Vec<_> = report
        .imports
        .iter()
        .map(|i| (i.name.as_str(), i.object.as_deref(), i.sympos))
        .collect();
    let expected = [
        ("__this_module", None, None),
        ("_printk", None, None),
        ("jiffies", Some("vmlinux"), Some(2)),
    ];
    assert_eq!(imports, expected);
    assert_eq!(report.shadows, Some(Vec::new()), "it uses none");
}

#[test]
fn a_patch_that_uses_shadow_variables_may_not_say_which() {
    let mut file = File::new();
    file.patch(false, &[("", &[("show", 0)])]);
    file.import("klp_shadow_get_or_alloc");
    assert_eq!(read(&file.finish("fix")).unwrap().shadows, None);
}

#[test]
fn kpatch_builds_sections_are_read() {
    let mut file = File::new();
    let show = file.function("show", &[0xc3], &[]);
    let pre = file.function("pre", &[0xc3], &[]);
    let pointers = [
        (0, Pointer::Code(show)),
        (32, Pointer::Number(2)),
        (40, Pointer::Text("show")),
        (48, Pointer::Text("vmlinux")),
        (56, Pointer::Code(show)),
        (96, Pointer::Text("probe")),
        (104, Pointer::Text("e1000")),
    ];
    file.table(".kpatch.funcs", 112, &pointers);
    let pointers = [(0, Pointer::Code(pre)), (8, Pointer::Text("e1000"))];
    file.table(".kpatch.callbacks.pre_patch", 16, &pointers);
    let report = read(&file.finish("kpatch_fix")).unwrap();
    assert_eq!((report.tables, report.replace), (Tables::Kpatch, None));
    let expected = ["vmlinux:show,2 → show", "e1000:probe,0 → show"];
    assert_eq!(functions(&report), expected);
    assert_eq!(callbacks(&report), ["e1000:pre_patch pre"]);
}

#[test]
fn klp_builds_sections_are_read() {
    let mut file = File::new();
    let show = file.function("show", &[0xc3], &[]);
    let post = file.function("post", &[0xc3], &[]);
    let pointers = [
        (0, Pointer::Text("show")),
        (8, Pointer::Code(show)),
        (16, Pointer::Number(1)),
    ];
    file.table(".init.klp_funcs", 24, &pointers);
    let pointers = [
        (8, Pointer::Section(".init.klp_funcs")),
        (24, Pointer::Code(post)),
        (56, Pointer::Number(1)),
    ];
    file.table(".init.klp_objects", 64, &pointers);
    let report = read(&file.finish("livepatch_fix")).unwrap();
    assert_eq!((report.tables, report.replace), (Tables::KlpBuild, None));
    assert_eq!(functions(&report), ["vmlinux:show,1 → show"]);
    assert_eq!(callbacks(&report), ["vmlinux:post_patch post"]);
}

/// What `.klp.info` says of the function `show` of vmlinux.
fn described() -> Info {
    Info {
        format: info::FORMAT,
        objects: vec![info::Object {
            name: "vmlinux".into(),
            build_id: Some("ab12".into()),
            srcversion: None,
        }],
        functions: vec![info::Function {
            object: "vmlinux".into(),
            symbol: "show".into(),
            sympos: 0,
            place: crate::link::Place {
                file: "src/main.rs".into(),
                line: 3,
                column: 1,
            },
        }],
        callbacks: Vec::new(),
        shadows: Vec::new(),
        states: Vec::new(),
        types: None,
        kernel_symbols: Vec::new(),
    }
}

fn with_info(info: &[u8]) -> Vec<u8> {
    let mut file = File::new();
    file.patch(false, &[("", &[("show", 0)])]);
    file.section(SECTION, info);
    file.finish("fix")
}

#[test]
fn what_klp_noted_is_added() {
    let json = serde_json::to_vec(&described()).unwrap();
    let report = read(&with_info(&json)).unwrap();
    assert!(report.described);
    assert_eq!(report.kernel.build_id.as_deref(), Some("ab12"));
    let (_, func) = report.functions().next().unwrap();
    assert_eq!(func.place.as_ref().unwrap().line, 3);
}

#[test]
fn symbols_that_are_reached_by_distance_are_imports_as_well() {
    let mut info = described();
    for (name, sympos) in [("_printk", 0), ("jiffies", 2), ("task_call_func", 0)] {
        info.kernel_symbols.push(info::KernelSymbol {
            object: "vmlinux".into(),
            name: name.into(),
            sympos,
        });
    }
    let mut file = File::new();
    file.patch(false, &[("", &[("show", 0)])]);
    file.import("_printk");
    file.import(".klp.sym.vmlinux.jiffies,2");
    file.section(SECTION, &serde_json::to_vec(&info).unwrap());
    let report = read(&file.finish("fix")).unwrap();
    let imports: Vec<_> = report
        .imports
        .iter()
        .map(|i| (i.name.as_str(), i.by))
        .collect();
    let expected = [
        ("__this_module", FoundBy::Export),
        ("_printk", FoundBy::Export),
        ("jiffies", FoundBy::Livepatch),
        ("task_call_func", FoundBy::Distance),
    ];
    assert_eq!(imports, expected);
}

#[test]
fn notes_that_contradict_the_tables_are_refused() {
    let mut lying = described();
    lying.functions[0].symbol = "other".into();
    let error = refused(with_info(&serde_json::to_vec(&lying).unwrap()));
    assert!(error.contains("vmlinux:other,0, vmlinux:show,0"), "{error}");
    let mut silent = described();
    silent.functions.clear();
    let error = refused(with_info(&serde_json::to_vec(&silent).unwrap()));
    assert!(error.contains("functions"), "{error}");
    let mut more = described();
    more.states.push(info::State {
        id: 5,
        name: "LIMIT".into(),
        value_type: "c_int".into(),
        place: more.functions[0].place.clone(),
    });
    let error = refused(with_info(&serde_json::to_vec(&more).unwrap()));
    assert!(error.contains("states"), "{error}");
}

#[test]
fn notes_of_another_format_say_so_and_damaged_ones_too() {
    let mut later = serde_json::to_value(described()).unwrap();
    later["format"] = 99.into();
    let error = refused(with_info(later.to_string().as_bytes()));
    assert!(
        error.contains("format 99, this klp reads format 1"),
        "{error}"
    );
    let error = refused(with_info(b"{\"format\":1"));
    assert!(error.contains(".klp.info is damaged"), "{error}");
}

#[test]
fn what_is_no_patch_is_refused_by_name() {
    let error = refused(b"#!/bin/sh".to_vec());
    assert!(error.contains("unknown compression"), "{error}");
    let modinfo = b"name=e1000\0vermagic=6.1.0 SMP \0";
    let error = refused(File::new().finish_with(modinfo));
    assert!(error.contains("`e1000` is not a live patch"), "{error}");
    let error = refused(File::new().finish("empty"));
    assert!(error.contains("neither a `struct klp_patch`"), "{error}");
}

#[test]
fn tables_that_do_not_hold_together_are_refused() {
    type Damage = fn(&mut File);
    let cases: [(&str, Damage); 6] = [
        ("does not fit the number", |file| {
            let (funcs, new) = (file.start_of("funcs_0"), file.function("f", &[0xc3], &[]));
            for at in [24, 32, 40] {
                file.point_to_code(funcs + at, new);
            }
        }),
        ("not at equal distances", |file| {
            let (funcs, new) = (file.start_of("funcs_0"), file.function("f", &[0xc3], &[]));
            file.point_to_code(funcs + 88, new);
        }),
        ("no symbol says how large", |file| file.forget("funcs_0")),
        ("there are several", |file| file.patch(true, &[("", &[])])),
        ("no element of zeros", |file| file.states(&[(1, 1)], true)),
        ("an entry has no name", |file| {
            let (funcs, new) = (
                file.array("funcs", 2 * FUNC),
                file.function("f", &[0xc3], &[]),
            );
            file.point_to_code(funcs + 8, new);
            file.patch_of("bare", funcs);
        }),
    ];
    for (expected, damage) in cases {
        let mut file = File::new();
        if expected != "an entry has no name" {
            file.patch(false, &[("", &[("show", 0)]), ("e1000", &[])]);
        }
        damage(&mut file);
        let error = refused(file.finish("fix"));
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn bad_names_of_livepatch_symbols_are_refused() {
    let mut file = File::new();
    file.patch(false, &[("", &[("show", 0)])]);
    file.import(".klp.sym.vmlinux");
    let error = refused(file.finish("fix"));
    assert!(error.contains(".klp.sym.OBJECT.NAME,SYMPOS"), "{error}");
}

#[test]
fn sections_that_share_bytes_are_refused() {
    let mut file = with_info(&serde_json::to_vec(&described()).unwrap());
    let headers = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes(file[0x3c..0x3e].try_into().unwrap()));
    let whole = (file.len() as u64).to_le_bytes();
    // Each header has its offset at 24 and its size at 32.
    for header in (1..count).map(|index| headers + index * 64) {
        file[header + 24..header + 32].fill(0);
        file[header + 32..header + 40].copy_from_slice(&whole);
    }
    let error = refused(file);
    assert!(error.contains("share bytes"), "{error}");
}

#[test]
fn damage_anywhere_is_an_error_or_a_report() {
    let mut file = File::new();
    file.patch(
        true,
        &[
            ("", &[("show", 0), ("seek", 2)]),
            ("e1000", &[("probe", 0)]),
        ],
    );
    file.callback(0, 1, "start");
    file.states(&[(7, 2)], false);
    let file = file.finish("fix");
    for at in 0..file.len() {
        for byte in [0x00, 0x7f, 0xff] {
            let mut damaged = file.clone();
            damaged[at] = byte;
            let _ = read(&damaged);
        }
        let _ = read(&file[..at]);
    }
}

/// The digest of `show`, which loads a constant and calls a helper.
fn digests(before: usize, constant: &str, helper: &[u8]) -> Code {
    let mut file = File::new();
    for index in 0..before {
        file.function(&format!("other_{index}"), &[0x90, 0xc3], &[]);
        file.constant(&format!("other_text_{index}"), "other");
    }
    file.function("helper", helper, &[]);
    file.constant("text", constant);
    file.patch(false, &[("", &[])]);
    // mov $text, %rdi (by its distance); call helper; ret
    let code = b"\x48\x8d\x3d\0\0\0\0\xe8\0\0\0\0\xc3";
    let show = file.function("show", code, &[(3, "text"), (8, "helper")]);
    let objects = file.start_of("objs");
    file.point_to_code(objects + 16, show);
    let report = read(&file.finish("fix")).unwrap();
    let (_, callback) = report.callbacks().next().unwrap();
    callback.code.clone().unwrap()
}

#[test]
fn a_digest_is_that_of_the_code_wherever_it_is() {
    let first = digests(0, "hello", &[0xc3]);
    assert_eq!(first, digests(3, "hello", &[0xc3]));
    assert_eq!(first.reaches.len(), 1);
    assert_eq!(first.reaches[0].name, "helper");
}

#[test]
fn a_constant_counts_as_code_and_a_callee_by_itself() {
    let first = digests(0, "hello", &[0xc3]);
    let other_text = digests(0, "Hello", &[0xc3]);
    assert_ne!(first.digest, other_text.digest);
    assert_eq!(first.reaches, other_text.reaches);
    let other_helper = digests(0, "hello", &[0x90, 0xc3]);
    assert_eq!(first.digest, other_helper.digest);
    assert_ne!(first.reaches, other_helper.reaches);
}

#[test]
fn the_schema_is_the_one_that_is_documented() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is wanted")]
    struct Forms {
        /// `cargo klp inspect --format json`
        inspect: Report,
        /// `cargo klp diff --format json`
        diff: Diff,
    }
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Forms>();
    let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/inspect.schema.json");
    if std::env::var_os("KLP_BLESS").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    let documented = std::fs::read_to_string(path).unwrap_or_default();
    assert!(documented == schema, "KLP_BLESS=1 writes {path} anew");
}
