// SPDX-License-Identifier: GPL-2.0-only
//! Stock modules added to a kernel's profile: `KLP_TEST_MODULES` is the kernel's module folder
//! (`/lib/modules/RELEASE/kernel`).
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};

use klp_link::profile::{BuildError, Layout, Profile, ProfileBuilder, SectionKind};
use proptest::prelude::*;

/// The file of a stock module, whatever its compression.
fn module(path: &str) -> Vec<u8> {
    let folder = common::path("KLP_TEST_MODULES");
    let endings = [".ko", ".ko.xz", ".ko.zst", ".ko.gz"];
    let found = endings
        .iter()
        .find_map(|end| std::fs::read(folder.join(format!("{path}{end}"))).ok());
    found.unwrap_or_else(|| panic!("no {path}.ko in {}", folder.display()))
}

/// The module uncompressed, from the profile builder's point of view the plainest form.
fn plain(path: &str) -> Vec<u8> {
    let file = module(path);
    match file.starts_with(b"\x7fELF") {
        true => file,
        false => {
            let mut plain = Vec::new();
            let mut reader = lzma_rust2::XzReader::new(file.as_slice(), false);
            std::io::copy(&mut reader, &mut plain).unwrap();
            plain
        }
    }
}

fn builder() -> ProfileBuilder {
    ProfileBuilder::from_profile(&common::profile()).unwrap()
}

fn with(files: &[&[u8]]) -> Profile {
    let mut builder = builder();
    for file in files {
        builder
            .add_module(file)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    Profile::from_bytes(&builder.build().to_bytes().unwrap()).unwrap()
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn a_module_with_everything() {
    let profile = with(&[&module("drivers/net/veth"), &module("net/vmw_vsock/vsock")]);
    let veth = profile.object("veth").unwrap();
    let xmit = veth.symbol("veth_xmit", 0).unwrap();
    assert!(xmit.traceable() && xmit.size > 0, "{xmit:?}");
    assert_eq!(
        (xmit.section, xmit.section_name, xmit.kind),
        (SectionKind::Text, Some(".text"), 't')
    );
    let init = veth.symbols_named("veth_init");
    assert!(
        matches!(init.as_slice(), [init] if init.init && !init.traceable() && init.sympos == 0)
    );
    assert!(
        veth.symbols_named("__UNIQUE_ID_license845").is_empty(),
        ".modinfo is dropped"
    );
    assert!(!veth.btf().is_empty());
    let vsock = profile.object("vsock").unwrap();
    assert!(vsock.srcversion().is_some());
    let export = profile.export("vsock_bind_table").unwrap();
    assert_eq!((export.provider, export.gpl), ("vsock", true));
    assert_eq!(export.crc.is_some(), profile.mitigations().modversions);
    assert_eq!(profile.objects().count(), 3);
    assert_eq!(profile.export("printk"), common::profile().export("printk"));
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn every_compression_reads_the_same() {
    let plain = plain("drivers/net/veth");
    let symbols = |file: &[u8]| with(&[file]).object("veth").unwrap().symbols().count();
    let expected = symbols(&plain);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    assert_eq!(symbols(&gzip.finish().unwrap()), expected);
    let zstd = ruzstd::encoding::compress_to_vec(
        plain.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    assert_eq!(symbols(&zstd), expected);
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    xz.write_all(&plain).unwrap();
    assert_eq!(symbols(&xz.finish().unwrap()), expected);
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn a_module_added_again_is_replaced() {
    let file = module("net/vmw_vsock/vsock");
    let mut builder = builder();
    let kernel_only = common::profile().export_names().count();
    builder.add_module(&file).unwrap();
    builder.add_module(&file).unwrap();
    let profile = Profile::from_bytes(&builder.build().to_bytes().unwrap()).unwrap();
    let vsock: Vec<_> = profile
        .objects()
        .filter(|object| object.name() == "vsock")
        .collect();
    assert_eq!(vsock.len(), 1);
    let exports: Vec<_> = profile.export_names().collect();
    let mut once = exports.clone();
    once.dedup();
    assert_eq!(exports, once);
    assert!(exports.len() > kernel_only);
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn a_module_of_another_kernel_is_refused() {
    let profile = common::profile();
    let mut file = plain("drivers/net/veth");
    let needle = format!("vermagic={}", profile.release());
    let at = file
        .windows(needle.len())
        .position(|w| w == needle.as_bytes())
        .unwrap();
    file[at + "vermagic=".len()] = b'9';
    let error = builder().add_module(&file).unwrap_err();
    assert!(
        matches!(&error, BuildError::OtherKernel { module, .. } if module == "veth"),
        "{error}"
    );
    assert!(error.to_string().contains(profile.release()));
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn layouts_of_a_modules_own_types() {
    let profile = with(&[&module("drivers/net/veth")]);
    let kernel = Layout::new(profile.release(), profile.btf()).unwrap();
    assert!(kernel.of_struct("veth_priv").is_err());
    let split = profile.object("veth").unwrap().btf();
    let layout = Layout::with_split(&kernel, split).unwrap();
    let peer = layout.field("veth_priv", "peer").unwrap();
    assert_eq!((peer.offset, peer.size), (0, 8));
    assert_eq!(peer.type_name, "struct net_device *");
    // The module may repeat the kernel's types, so compare places, not type numbers.
    let pid = |layout: &Layout| layout.field("task_struct", "pid").unwrap().offset;
    assert_eq!(pid(&layout), pid(&kernel));
    let xmit = &layout.prototypes("veth_xmit").unwrap()[0];
    assert_eq!(
        (xmit.returns.as_str(), xmit.parameters.len()),
        ("netdev_tx_t", 2)
    );
    for length in (0..split.len()).step_by(101) {
        assert!(
            Layout::with_split(&kernel, &split[..length]).is_err(),
            "{length}"
        );
    }
}

/// Every stock module reads; all their exports agree with `Module.symvers`.
#[test]
#[ignore = "needs KLP_TEST_VMLINUZ, KLP_TEST_MODULES and KLP_TEST_SYMVERS: run by cargo xtask test"]
fn all_stock_modules() {
    let mut files = Vec::new();
    collect(&common::path("KLP_TEST_MODULES"), &mut files);
    let mut builder = builder();
    for path in &files {
        let added = builder.add_module(&std::fs::read(path).unwrap());
        added.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let profile = Profile::from_bytes(&builder.build().to_bytes().unwrap()).unwrap();
    println!(
        "{} modules, {} exports checked",
        files.len(),
        check_exports(&profile)
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, files),
            false => files.push(path),
        }
    }
}

fn check_exports(profile: &Profile) -> usize {
    let symvers = String::from_utf8(common::file("KLP_TEST_SYMVERS")).unwrap();
    let mut checked = 0;
    for line in symvers.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [crc, name, provider, kind, namespace @ ..] = fields.as_slice() else {
            continue;
        };
        let module = provider.rsplit('/').next().unwrap();
        let Some(export) = profile.export(name) else {
            assert!(
                profile.object(module).is_none(),
                "{name} of {module} is missing"
            );
            continue;
        };
        let crc = u32::from_str_radix(crc.trim_start_matches("0x"), 16).unwrap();
        assert_eq!(
            export.crc,
            profile.mitigations().modversions.then_some(crc),
            "{name}"
        );
        assert_eq!(export.gpl, kind.ends_with("_GPL"), "{name}");
        assert_eq!(
            export.provider.replace('_', "-"),
            module.replace('_', "-"),
            "{name}"
        );
        assert_eq!(
            export.namespace.unwrap_or(""),
            namespace.first().copied().unwrap_or("")
        );
        checked += 1;
    }
    checked
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
fn truncated_modules_are_errors() {
    let file = plain("drivers/net/veth");
    // Behind the section headers, which stand last, there is only the signature.
    let headers = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes(file[0x3c..0x3e].try_into().unwrap()));
    for length in (0..headers + 64 * count).step_by(997) {
        assert!(builder().add_module(&file[..length]).is_err(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "needs KLP_TEST_VMLINUZ and KLP_TEST_MODULES: run by cargo xtask test"]
    fn flipped_bytes_never_panic(part in 0.0..1.0f64, mask in 1u8..) {
        let mut bad = plain("drivers/net/veth");
        let position = (bad.len() as f64 * part) as usize;
        bad[position] ^= mask;
        let _ = builder().add_module(&bad);
    }
}
