// SPDX-License-Identifier: GPL-2.0-only
//! A scratch workspace of patch crates, built as authors build theirs: by plain `cargo build`.
//!
//! `KLP_TEST_HOME` names a klp folder (`KLP_HOME`) whose default kernel the patches are built for.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test binary uses its own part"
)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
pub mod elf;
pub mod examples;
pub mod expected;
mod home;
mod normal;
pub mod readelf;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub use case::Case;
pub use examples::Example;
pub use home::Home;
pub use normal::Normaliser;

/// The workspace's part of its `Cargo.toml`, before the members.
const WORKSPACE: &str = "\
[workspace]
resolver = \"3\"
";

/// A workspace in the build's folder for temporary files: what cases depend on is compiled once.
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// `KLP_HOME` of its builds.
    pub home: PathBuf,
    /// Variables of its builds.
    variables: Vec<(OsString, OsString)>,
}

/// The folder that an environment variable names, which must be set.
pub fn variable(name: &str) -> PathBuf {
    let value = env::var_os(name).unwrap_or_else(|| panic!("set {name} to run this test"));
    PathBuf::from(value)
}

/// This repository.
pub fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap().to_owned()
}

impl Workspace {
    /// The workspace `name` with the conventions of `examples/` and the kernels of `KLP_TEST_HOME`.
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let tools = root.join(".cargo/tools");
        fs::create_dir_all(&tools).unwrap();
        let examples = repository().join("examples");
        copy(
            &examples.join(".cargo/config.toml"),
            &root.join(".cargo/config.toml"),
        );
        copy(&examples.join("Cargo.lock"), &root.join("Cargo.lock"));
        for (name, program) in [
            ("klp-rustc", env!("CARGO_BIN_EXE_klp-rustc")),
            ("klp-ld", env!("CARGO_BIN_EXE_klp-ld")),
            ("klp-run", env!("CARGO_BIN_EXE_klp-run")),
        ] {
            let link = tools.join(name);
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(program, &link).unwrap();
        }
        Self {
            root,
            home: variable("KLP_TEST_HOME"),
            variables: Vec::new(),
        }
    }

    /// The same for another `KLP_HOME`.
    pub fn with_home(mut self, home: &Path) -> Self {
        home.clone_into(&mut self.home);
        self
    }

    /// The same with a variable of the environment set.
    pub fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Writes the crate of `case`, as the only member.
    pub fn write(&self, case: &Case) {
        let folder = self.root.join(&case.folder);
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &case.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::write(folder.join("Cargo.toml"), case.manifest(&repository())).unwrap();
        let workspace = format!("{WORKSPACE}members = [\"{}\"]\n", case.folder);
        fs::write(self.root.join("Cargo.toml"), workspace).unwrap();
    }

    /// `cargo build` of the member, after its outputs of earlier builds were removed.
    pub fn build(&self, case: &Case) -> Output {
        self.write(case);
        for output in self.outputs(case) {
            fs::remove_file(output).unwrap();
        }
        self.cargo().arg("build").output().unwrap()
    }

    /// cargo, as it is called in this workspace.
    pub fn cargo(&self) -> Command {
        self.command(env!("CARGO"))
    }

    /// A program that calls cargo in this workspace.
    pub fn command(&self, program: &str) -> Command {
        let mut cargo = Command::new(program);
        cargo
            .current_dir(&self.root)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_QUIET", "false")
            .env("CARGO_TERM_COLOR", "never")
            .env("KLP_HOME", &self.home)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("KLP_KERNEL")
            .env_remove("KLP_CORE")
            .env_remove("RUSTC")
            .env_remove("RUSTC_WRAPPER")
            .env_remove("RUSTFLAGS");
        // What cargo told this test about its own package is not for the build in it.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(name);
            }
        }
        cargo.envs(self.variables.iter().map(|(name, value)| (name, value)));
        cargo
    }

    /// The folder that cargo shows its outputs in.
    pub fn out(&self) -> PathBuf {
        self.root.join("target/x86_64-unknown-none/debug")
    }

    /// A file that a build of `case` left, such as its `ko`.
    pub fn output(&self, case: &Case, extension: &str) -> PathBuf {
        self.out().join(format!("{}.{extension}", case.module()))
    }

    /// What builds of `case` left beside cargo's own output; also what is half-written.
    pub fn outputs(&self, case: &Case) -> Vec<PathBuf> {
        let ours = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let stem = name.split('.').next().unwrap_or_default();
            path.is_file() && (stem.replace('-', "_") == case.module() || name.starts_with(".tmp"))
        };
        let entries = fs::read_dir(self.out()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(ours).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    let text = fs::read(from).unwrap();
    // Only what changed is written: cargo builds anew what is younger than its output.
    if fs::read(to).ok().as_ref() != Some(&text) {
        fs::write(to, text).unwrap();
    }
}
