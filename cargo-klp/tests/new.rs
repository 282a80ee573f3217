// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp new`: the crate that it makes builds and runs as it is, wherever it lies.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cargo_klp::toolchain::Toolchain;

/// An empty folder elsewhere, with the tools on the PATH as if they were installed.
struct Elsewhere {
    folder: tempfile::TempDir,
    path: std::ffi::OsString,
}

impl Elsewhere {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = PathBuf::from(env::var_os("KLP_TEST_HOME").expect("KLP_TEST_HOME is set"));
        fs::create_dir(folder.path().join("home")).unwrap();
        for part in ["kernels", "sysroots"] {
            symlink(home.join(part), folder.path().join("home").join(part)).unwrap();
        }
        let tools = Path::new(env!("CARGO_BIN_EXE_cargo-klp"))
            .parent()
            .unwrap()
            .to_owned();
        let old = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([tools].into_iter().chain(env::split_paths(&old))).unwrap();
        Self { folder, path }
    }

    /// A program as an author calls it in `folder`.
    fn command(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path().join(folder))
            .env("PATH", &self.path)
            .env("KLP_HOME", self.folder.path().join("home"))
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("KLP_BTF");
        command
    }

    fn succeed(&self, folder: &str, arguments: &[&str]) -> String {
        let output = self.command("cargo", folder).args(arguments).output();
        let output = output.unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}: {told}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[test]
#[ignore = "needs a kernel profile, boots a kernel: run by cargo xtask test"]
fn a_new_patch_builds_runs_on_both_cores_and_is_tidy() {
    let elsewhere = Elsewhere::new();
    elsewhere.succeed("", &["klp", "new", "my-fix"]);
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_string_lossy();
    for file in ["Cargo.toml", "src/main.rs", ".cargo/config.toml"] {
        let text = fs::read_to_string(elsewhere.folder.path().join("my-fix").join(file)).unwrap();
        assert!(
            !text.contains(&*checkout),
            "{file} points into the checkout:\n{text}"
        );
        assert!(!text.contains("{{"), "{file} has a hole:\n{text}");
    }
    elsewhere.succeed("my-fix", &["build"]);
    let strict = ["clippy", "--all-targets", "--", "--deny", "warnings"];
    elsewhere.succeed("my-fix", &strict);
    let built = elsewhere
        .folder
        .path()
        .join("my-fix/target/x86_64-unknown-none/debug");
    assert!(built.join("my_fix.ko").is_file());
    let shown = elsewhere.succeed("my-fix", &["run"]);
    let with = shown
        .lines()
        .find(|line| line.starts_with("  with   |"))
        .unwrap();
    assert!(with.ends_with("my-fix=loaded"), "{shown}");
    let manifest = elsewhere.folder.path().join("my-fix/Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(
        &manifest,
        text.replace("core = \"builtin\"", "core = \"klp\""),
    )
    .unwrap();
    let shown = elsewhere.succeed("my-fix", &["run"]);
    let expected = [
        "% insmod klp.ko",
        "klp: 'my_fix': patching complete",
        "% rmmod klp",
        with,
    ];
    for line in expected {
        assert!(shown.contains(line), "no {line:?} in:\n{shown}");
    }
}

#[test]
#[ignore = "needs a kernel profile and rust-analyzer: run by cargo xtask test"]
fn an_editor_shows_a_mistake_and_nothing_else() {
    let elsewhere = Elsewhere::new();
    elsewhere.succeed("", &["klp", "new", "my-fix"]);
    let source = elsewhere.folder.path().join("my-fix/src/main.rs");
    let text = fs::read_to_string(&source).unwrap();
    fs::write(&source, text.replace("_v: *mut c_void", "_v: c_int")).unwrap();
    let analysis = analyze(&elsewhere, "my-fix");
    assert!(!analysis.status.success());
    let told = errors(&analysis);
    assert!(
        told.lines().count() == 1 && told.contains("`v` is `void *` in kernel "),
        "{told}"
    );
}

/// What rust-analyzer says of a crate, with the compiler that builds patches.
///
/// rustup's, where that one has no sources, would have them fetched.
fn analyze(elsewhere: &Elsewhere, folder: &str) -> Output {
    let mut analyzer = elsewhere.command("rust-analyzer", folder);
    let rustc = Toolchain::find().unwrap().rustc;
    if let (true, Some(bin)) = (rustc.is_absolute(), rustc.parent()) {
        let path = env::split_paths(&elsewhere.path);
        let path = env::join_paths([bin.to_owned()].into_iter().chain(path)).unwrap();
        analyzer.env("RUSTC", &rustc).env("PATH", path);
    }
    let output = analyzer.args(["diagnostics", "."]).output();
    output.expect("rust-analyzer runs: apt-get install rust-web-analyzer")
}

/// The errors among rust-analyzer's diagnostics, a line each.
fn errors(analysis: &Output) -> String {
    let told = String::from_utf8_lossy(&analysis.stdout);
    // A line of progress is wiped out by backspaces.
    let lines = told.split(['\n', '\u{8}']);
    let errors = lines.filter(|line| line.starts_with("at crate") && line.contains(": Error "));
    errors.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_folder_that_exists_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fix")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-klp"))
        .args(["klp", "new", "fix"])
        .current_dir(folder.path())
        .env("KLP_HOME", folder.path().join("home"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && told.contains("fix exists already"),
        "{told}"
    );
    assert_eq!(fs::read_dir(folder.path().join("fix")).unwrap().count(), 0);
}
