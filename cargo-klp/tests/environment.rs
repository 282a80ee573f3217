// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees when something around the patch is missing or damaged: one clear message,
//! exit code 1, and nothing changed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use scratch::{Case, Home, Workspace};

const PATCH: &str = "\
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: \"GPL\" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
";

fn image() -> PathBuf {
    let kernels = scratch::variable("KLP_TEST_HOME").join("kernels");
    let release = fs::read_to_string(kernels.join("default")).unwrap();
    kernels.join(release.trim()).join("vmlinuz")
}

/// Builds `text` in `workspace`; the build must fail, leave nothing, and say each of `expected`.
fn refused(workspace: &Workspace, text: &str, expected: &[&str]) {
    let _alone = alone();
    let case = Case::new("environment", text);
    let output = workspace.build(&case);
    assert!(workspace.outputs(&case).is_empty());
    says(&output, expected);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("linking with"), "{said}");
}

/// All cases are of one crate's name, so one builds at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program failed with one message, which has all of `expected`.
fn says(output: &Output, expected: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    for part in expected {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    assert!(!text.contains("Caused by"), "{text}");
    let errors = text.lines().filter(|line| line.starts_with("error"));
    let own = errors.filter(|line| !line.starts_with("error: could not compile"));
    assert_eq!(own.count(), 1, "{text}");
}

fn workspace(home: &Path) -> Workspace {
    Workspace::new("environment").with_home(home)
}

/// `cargo klp ARGUMENTS` with `home`; it must fail with `expected` and change no file of `home`.
fn command_refused(home: &Path, arguments: &[&str], expected: &[&str]) {
    let before = files(home);
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-klp"))
        .arg("klp")
        .args(arguments)
        .env("KLP_HOME", home)
        .env_remove("KLP_KERNEL")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    says(&output, expected);
    assert_eq!(files(home), before);
}

/// All files of a klp folder, with their contents' length and time.
fn files(home: &Path) -> BTreeMap<PathBuf, (u64, std::time::SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![home.join("kernels")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                let facts = (metadata.len(), metadata.modified().unwrap());
                found.insert(entry.path(), facts);
            }
        }
    }
    found
}

/// A file's first half, in `folder`.
fn half(file: &Path, folder: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    let path = folder.join("half").join(file.file_name().unwrap());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn no_kernel_profile() {
    let home = Home::without_kernel();
    let expected = ["there is no kernel profile yet", "cargo klp kernel add"];
    refused(&workspace(home.folder.path()), PATCH, &expected);
}

/// A profile of an older klp is made again, where the image was kept.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn old_profile() {
    let home = Home::with_kernel();
    let profile = home.profile(&home.release);
    let mut bytes = fs::read(&profile).unwrap();
    bytes[8..12].copy_from_slice(&2_u32.to_le_bytes());
    fs::write(&profile, &bytes).unwrap();
    let expected = ["has format version 2", "cargo klp kernel add"];
    command_refused(home.folder.path(), &["kernel", "list"], &expected);

    symlink(image(), profile.with_file_name("vmlinuz")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-klp"))
        .args(["klp", "kernel", "list"])
        .env("KLP_HOME", home.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("made again from its image"), "{said}");
    assert_ne!(fs::read(&profile).unwrap(), bytes);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn unknown_kernel() {
    let home = Home::with_kernel();
    let release = home.release.clone();
    let text = format!("//@ metadata: kernel = \"9.9\"\n{PATCH}");
    let expected = [
        "no profile of kernel 9.9",
        "Cargo.toml",
        &release,
        "cargo klp kernel add",
    ];
    refused(&workspace(home.folder.path()), &text, &expected);
    let workspace = workspace(home.folder.path()).with_variable("KLP_KERNEL", "9.8");
    let expected = ["no profile of kernel 9.8", &release, "KLP_KERNEL"];
    refused(&workspace, PATCH, &expected);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn unknown_key_in_the_manifest() {
    let home = Home::with_kernel();
    let text = format!("//@ metadata: kernal = \"6.1\"\n{PATCH}");
    let expected = [
        "environment/Cargo.toml",
        "unknown field `kernal`",
        "`kernel`",
    ];
    refused(&workspace(home.folder.path()), &text, &expected);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn damaged_profiles() {
    let home = Home::with_kernel();
    let release = home.release.clone();
    let path = home.profile(&release);
    let good = fs::read(&path).unwrap();
    let write = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
    };
    let workspace = workspace(home.folder.path());
    let named = path.to_string_lossy().into_owned();
    let again = "cargo klp kernel add";
    write(|bytes| bytes.truncate(bytes.len() / 2));
    refused(&workspace, PATCH, &[&named, "truncated", again]);
    write(|bytes| bytes[100_000] ^= 1);
    refused(&workspace, PATCH, &[&named, "corrupt", again]);
    write(|bytes| bytes[8] = 0);
    refused(&workspace, PATCH, &[&named, "format version 0", again]);
    write(|bytes| bytes.clear());
    refused(&workspace, PATCH, &[&named, "not a kernel profile", again]);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_core_that_was_not_built() {
    let _alone = alone();
    let home = Home::with_kernel();
    let workspace = workspace(home.folder.path());
    let text = format!("//@ metadata: core = \"klp\"\n{PATCH}");
    let case = Case::new("environment", &text);
    let built = workspace.build(&case);
    assert!(built.status.success(), "it is needed for runs alone");
    let output = workspace.cargo().arg("run").output().unwrap();
    let build = format!("KLP_KERNEL={} cargo build", home.release);
    says(
        &output,
        &[
            "klp's core has not been built",
            &build,
            "core = \"builtin\"",
        ],
    );
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn programs_are_missing() {
    let home = Home::with_kernel();
    let folder = tempfile::tempdir().unwrap();
    let sh = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    // Everything that a build calls, but no ld.
    sh("rustc", "#!/bin/sh\nexec /usr/bin/rustc \"$@\"\n");
    symlink("/usr/bin/cc", folder.path().join("cc")).unwrap();
    let no_ld = workspace(home.folder.path()).with_variable("PATH", folder.path());
    refused(
        &no_ld,
        PATCH,
        &["cannot run ld", "apt-get install binutils"],
    );
    sh("ld", "#!/bin/sh\necho 'ld: out of memory' >&2\nexit 1\n");
    refused(&no_ld, PATCH, &["ld failed", "ld: out of memory"]);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn images_that_cannot_be_read() {
    let home = Home::without_kernel();
    let folder = tempfile::tempdir().unwrap();
    let add = |path: &str, expected: &[&str]| {
        command_refused(home.folder.path(), &["kernel", "add", path], expected);
    };
    add(
        "/nonexistent/vmlinuz",
        &["/nonexistent/vmlinuz", "No such file"],
    );
    let truncated = half(&image(), folder.path());
    add(&truncated, &[&truncated, "truncated", "copy it again"]);
    let text = folder.path().join("text");
    fs::write(&text, "not a kernel\n").unwrap();
    let text = text.to_string_lossy();
    add(&text, &[&text, "not a kernel image", "vmlinuz"]);
    assert!(files(home.folder.path()).is_empty());
}

#[test]
#[ignore = "needs a kernel profile and modules: run by cargo xtask test"]
fn modules_that_cannot_be_read() {
    let home = Home::with_kernel();
    let release = home.release.clone();
    let folder = tempfile::tempdir().unwrap();
    let module = scratch::variable("KLP_TEST_MODULE");
    let truncated = half(&module, folder.path());
    let image = image();
    let image = image.to_string_lossy();
    let other = folder.path().join("other.ko");
    fs::write(
        &other,
        of_another_kernel(&fs::read(&module).unwrap(), &release),
    )
    .unwrap();
    let other = other.to_string_lossy();
    for (path, expected) in [
        (truncated.as_str(), ["half/", "ELF"]),
        (&other, ["was built for kernel", &release]),
        ("/nonexistent/a.ko", ["/nonexistent/a.ko", "No such file"]),
    ] {
        command_refused(
            home.folder.path(),
            &["kernel", "add-module", path],
            &expected,
        );
        let add = ["kernel", "add", &image, "--module", path];
        command_refused(home.folder.path(), &add, &expected);
        let empty = Home::without_kernel();
        command_refused(empty.folder.path(), &add, &expected);
        assert!(files(empty.folder.path()).is_empty());
    }
}

/// The module with a vermagic whose release ends in another letter.
fn of_another_kernel(module: &[u8], release: &str) -> Vec<u8> {
    let mut module = module.to_owned();
    let vermagic = format!("vermagic={release}");
    let start = module
        .windows(vermagic.len())
        .position(|bytes| bytes == vermagic.as_bytes())
        .unwrap();
    module[start + vermagic.len() - 1] ^= 1;
    module
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_kernel_without_types() {
    let home = Home::without_kernel();
    let folder = tempfile::tempdir().unwrap();
    let image = klp_link::profile::extract_vmlinux(&fs::read(image()).unwrap()).unwrap();
    let vmlinux = folder.path().join("vmlinux");
    fs::write(&vmlinux, without_btf(&image)).unwrap();
    let path = vmlinux.to_string_lossy();
    let expected = [&path, "without type information", "CONFIG_DEBUG_INFO_BTF"];
    command_refused(home.folder.path(), &["kernel", "add", &path], &expected);
    assert!(files(home.folder.path()).is_empty());
}

/// The kernel with another name for its section `.BTF`.
fn without_btf(image: &[u8]) -> Vec<u8> {
    let mut image = image.to_owned();
    let name = b"\0.BTF\0";
    let start = image.windows(name.len()).rposition(|bytes| bytes == name);
    image[start.unwrap() + 1] = b'-';
    image
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn types_that_were_lost_are_taken_from_the_profile_again() {
    let home = Home::with_kernel();
    let workspace = workspace(home.folder.path());
    let case = Case::new("environment", PATCH);
    let _alone = alone();
    assert!(workspace.build(&case).status.success());
    let btf = home.profile(&home.release).with_file_name("btf");
    fs::remove_dir_all(&btf).unwrap();
    assert!(workspace.build(&case).status.success());
    assert!(btf.join("vmlinux").is_file());
}
