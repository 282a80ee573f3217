// SPDX-License-Identifier: GPL-2.0-only
//! The patches of `examples/`, built by the tools under test.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use klp_link::link::Core;

use super::{repository, variable};

/// A built patch: files that the build left, and what the linker proper gave to the link step.
pub struct Example {
    /// The module.
    pub ko: PathBuf,
    /// The module with debug info.
    pub debug: PathBuf,
    /// The output of `ld -r`.
    pub joined: PathBuf,
}

impl Example {
    /// The example whose module is `module`; all are built when the first is asked for.
    pub fn new(module: &str) -> Self {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        let folder = BUILT.get_or_init(|| build("examples"));
        Self::built_in(folder, module)
    }

    /// The example `module` of an earlier [`build`].
    pub fn built_in(folder: &Path, module: &str) -> Self {
        let out = folder.join("x86_64-unknown-none/debug");
        Self {
            ko: out.join(format!("{module}.ko")),
            debug: out.join(format!("{module}.ko.debug")),
            joined: folder.join("joined").join(format!("{module}.o")),
        }
    }
}

/// All examples that `cargo xtask test` has built for a core.
pub fn built(core: Core) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(core)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut modules: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "ko"))
        .collect();
    modules.sort();
    modules
}

/// One of them.
pub fn example(core: Core, module: &str) -> PathBuf {
    folder(core).join(format!("{module}.ko"))
}

fn folder(core: Core) -> PathBuf {
    let target = match core {
        Core::Builtin => "target",
        Core::Klp => "target/core-klp",
    };
    let examples = repository().join("examples").join(target);
    examples.join("x86_64-unknown-none/debug")
}

/// Keeps the linker's output, which the link step has no further use for.
const LD: &str = include_str!("ld");

/// Builds all examples into the target folder `name`, and gives its path.
pub fn build(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let joined = folder.join("joined");
    fs::create_dir_all(&joined).unwrap();
    let ld = joined.join("ld");
    fs::write(&ld, LD).unwrap();
    fs::set_permissions(&ld, fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = OsString::from(&joined);
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    let tool = |key: &str, program: &str| format!("{key}=\"{program}\"");
    let linker = "target.x86_64-unknown-none.linker";
    let status = Command::new(env!("CARGO"))
        .current_dir(repository().join("examples"))
        .arg("build")
        .arg("--config")
        .arg(tool("build.rustc-wrapper", env!("CARGO_BIN_EXE_klp-rustc")))
        .arg("--config")
        .arg(tool(linker, env!("CARGO_BIN_EXE_klp-ld")))
        .arg("--target-dir")
        .arg(&folder)
        .env("KLP_HOME", variable("KLP_TEST_HOME"))
        .env("KLP_TEST_JOINED", &joined)
        .env("PATH", path)
        .status()
        .unwrap();
    assert!(status.success());
    folder
}
