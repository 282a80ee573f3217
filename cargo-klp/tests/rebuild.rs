// SPDX-License-Identifier: GPL-2.0-only
//! A patch is built again when anything changed that says which kernel it is built for.
//!
//! Nothing can be built for kernel 9.9.9: that its error comes shows that cargo has noticed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::fs;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use scratch::{Case, Home, Workspace};

const PATCH: &str = "\
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: \"GPL\" }

mod kernel {
    klp_kernel::types! { struct module; }
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    size_of::<kernel::module>() as c_int
}
";

/// A patch crate that has been written once.
struct Patch {
    home: Home,
    workspace: Workspace,
    case: Case,
    /// The workspace has one member at a time.
    _alone: MutexGuard<'static, ()>,
}

impl Patch {
    /// That of the workspace which `environment` has compiled klp's crates in.
    fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let home = Home::with_kernel();
        let workspace = Workspace::new("environment").with_home(home.folder.path());
        let case = Case::new("rebuild", PATCH);
        workspace.write(&case);
        Self {
            home,
            workspace,
            case,
            _alone: alone,
        }
    }

    /// What `cargo build` says for `KLP_KERNEL`: that it built, or why not.
    fn build(&self, kernel: Option<&str>) -> Result<String, String> {
        let mut cargo = self.workspace.cargo();
        cargo.envs(kernel.map(|kernel| ("KLP_KERNEL", kernel)));
        let output = cargo.arg("build").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.success() {
            true => Ok(said),
            false => Err(said),
        }
    }

    /// Builds what is out of date, after which nothing is.
    fn builds(&self, kernel: Option<&str>) {
        assert_compiled(&self.build(kernel).unwrap(), true);
        assert_compiled(&self.build(kernel).unwrap(), false);
    }

    /// The build fails because it is for kernel 9.9.9.
    fn is_for_the_damaged_one(&self, kernel: Option<&str>) {
        let said = self.build(kernel).unwrap_err();
        assert!(
            said.contains("9.9.9/profile: not a kernel profile"),
            "{said}"
        );
    }

    fn add_to_manifest(&self, line: &str) {
        let path = self
            .workspace
            .root
            .join(&self.case.folder)
            .join("Cargo.toml");
        let manifest = fs::read_to_string(&path).unwrap();
        fs::write(&path, manifest + line).unwrap();
    }
}

fn assert_compiled(said: &str, expected: bool) {
    assert_eq!(said.contains("Compiling rebuild"), expected, "{said}");
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn the_choice_of_a_kernel_is_an_input() {
    let patch = Patch::new();
    patch.home.add_damaged("9.9.9");
    patch.builds(None);

    patch.home.make_default("9.9.9");
    patch.is_for_the_damaged_one(None);
    patch.home.make_default(&patch.home.release);
    patch.builds(None);

    patch.is_for_the_damaged_one(Some("9.9"));
    patch.builds(None);

    patch.add_to_manifest("kernel = \"9.9\"\n");
    patch.is_for_the_damaged_one(None);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_profile_is_an_input() {
    let patch = Patch::new();
    patch.home.add("9.9.9");
    patch.builds(Some("9.9"));
    patch.home.add_damaged("9.9.9");
    patch.is_for_the_damaged_one(Some("9.9"));
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_later_kernel_of_the_series_is_an_input() {
    let patch = Patch::new();
    let release = &patch.home.release;
    let image = scratch::variable("KLP_TEST_HOME").join(format!("kernels/{release}/vmlinuz"));
    let series: Vec<_> = release.split('.').take(2).collect();
    let series = series.join(".");
    fs::remove_dir_all(patch.home.profile(release).parent().unwrap()).unwrap();
    patch.home.add(&format!("{series}.0"));
    patch.builds(Some(&series));

    let added = Command::new(env!("CARGO_BIN_EXE_cargo-klp"))
        .args(["klp", "kernel", "add"])
        .arg(image)
        .env("KLP_HOME", patch.home.folder.path())
        .output();
    assert!(added.unwrap().status.success());
    patch.builds(Some(&series));
}
