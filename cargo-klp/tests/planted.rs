// SPDX-License-Identifier: GPL-2.0-only
//! Wrong patches as users of live patching complain of them, and what a first reader makes of each by
//! its message alone.
//!
//! A case is a folder, `planted/cNN_NAME`, for the complaint NN of these:
//!
//! | NN | complaint |
//! |---|---|
//! | 1 | transitions that never end |
//! | 2 | callbacks, shadow variables and states beside atomic replace |
//! | 3 | targets that ftrace or the compiler keeps out of reach, found out late |
//! | 5 | errors that say nothing |
//! | 6 | crashes after a function that never returns was patched |
//! | 7 | positions of symbols that mean something else to each tool |
//! | 8 | the replaced module, which stays loaded |
//! | 9 | another build of a module, found by its name |
//! | 10 | callbacks: when they run, and what undoes them |
//! | 11 | patches of several teams |
//! | 12 | signatures |
//!
//! `wrong.rs` is the patch, `message.stderr` what is said of it, `fixed.rs` the same patch after somebody
//! did what the message says; `old.rs`, where it matters, the patch that is in use. Each is a patch crate
//! ([`scratch::Case`]). `KLP_BLESS=1` writes the messages; read them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cargo_klp::kernels;
use cargo_klp::vm::{Scenario, StepResult};
use scratch::expected::{compare, normaliser};
use scratch::{Case, Home, Workspace};
use tempfile::TempDir;

/// How many there are.
const CASES: usize = 20;
/// What a machine is needed for.
const ON_A_MACHINE: [&str; 3] = ["c08_still_loaded", "c09_other_build", "c12_not_signed"];
/// The command, in the guest.
const KLP: &str = "/bin/cargo-klp";

/// A planted mistake.
struct Planted {
    folder: PathBuf,
    workspace: Workspace,
    /// Patches that were built: each build takes away the one before.
    built: TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Planted {
    fn new(folder: PathBuf) -> Self {
        // The workspace has one member at a time.
        static ONE: Mutex<()> = Mutex::new(());
        let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            folder,
            workspace: Workspace::new("planted").with_variable("KLP_CORE", "builtin"),
            built: tempfile::tempdir().unwrap(),
            _alone: alone,
        }
    }

    fn named(name: &str) -> Self {
        Self::new(folder().join(name))
    }

    /// What has `part`.
    fn case(&self, part: &str) -> Case {
        let name = self.folder.file_name().unwrap().to_string_lossy();
        let text = fs::read_to_string(self.folder.join(part).with_extension("rs")).unwrap();
        Case::new(&name, &text)
    }

    fn has(&self, part: &str) -> bool {
        self.folder.join(part).with_extension("rs").exists()
    }

    fn ko(&self, part: &str) -> PathBuf {
        self.built.path().join(part).with_extension("ko")
    }

    /// Builds a part, which must do.
    fn build(&self, part: &str) {
        self.build_as(part, part);
    }

    /// Keeps what a part is built into under the name of another.
    fn build_as(&self, part: &str, name: &str) {
        let case = self.case(part);
        let output = self.workspace.build(&case);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}/{part}: {said}", case.folder);
        fs::copy(self.workspace.output(&case, "ko"), self.ko(name)).unwrap();
    }

    /// `cargo klp …`, where the patches that were built are.
    fn klp(&self, arguments: &[&str]) -> Output {
        let mut command = self.workspace.command(env!("CARGO_BIN_EXE_cargo-klp"));
        let command = command.current_dir(self.built.path());
        command.arg("klp").args(arguments).output().unwrap()
    }

    /// What is said must be in the file beside the case.
    fn says(&self, said: &[u8]) {
        let said = normaliser(&self.workspace).apply(said);
        compare(&self.folder.join("message.stderr"), &said).unwrap();
    }

    /// The wrong patch is not built, and the fixed one is.
    fn is_refused_when_built(&self) {
        let case = self.case("wrong");
        let output = self.workspace.build(&case);
        assert!(!output.status.success(), "{} builds", case.folder);
        assert!(self.workspace.outputs(&case).is_empty(), "{}", case.folder);
        self.says(&output.stderr);
        self.build("fixed");
    }

    /// The wrong patch must not follow the one that is in use, and the fixed one may.
    fn is_refused_after_the_old_one(&self) {
        for part in ["old", "wrong", "fixed"] {
            self.build(part);
        }
        let output = self.klp(&["diff", "old.ko", "wrong.ko"]);
        assert!(!output.status.success(), "{}", self.folder.display());
        self.says(&[output.stdout, output.stderr].concat());
        let output = self.klp(&["diff", "old.ko", "fixed.ko"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
    }

    /// Runs commands where `files` of the folder of built patches are. Those with `wrong.ko` must fail,
    /// and say what is in the file beside the case; all others must do.
    fn is_refused_on_a_machine(&self, files: &[&str], commands: &[&str]) {
        let run = self.machine(files, commands);
        for step in &run {
            let said = step.output().join("\n");
            let wrong = step.command.contains("wrong.ko");
            assert_eq!(step.succeeded(), !wrong, "{}: {said}", step.command);
            if wrong {
                self.says(said.as_bytes());
            }
        }
    }

    fn machine(&self, files: &[&str], commands: &[&str]) -> Vec<StepResult> {
        let home = cargo_klp::home::Home::at(scratch::variable("KLP_TEST_HOME"));
        let mut vm = kernels::machine(&kernels::selected(&home, None).unwrap());
        vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
        vm.programs
            .push((env!("CARGO_BIN_EXE_cargo-klp").into(), KLP.into()));
        for file in files {
            vm.files.push((self.built.path().join(file), file.into()));
        }
        vm.memory_mib = 2048;
        vm.scenario = commands.iter().fold(Scenario::new(), |scenario, command| {
            scenario.step(command.replacen("klp ", &format!("{KLP} klp "), 1))
        });
        vm.run(&mut |line| println!("{}", line.text)).unwrap().steps
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planted")
}

/// The folders of all cases.
fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().flatten();
    let mut folders: Vec<_> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn a_message_is_enough_to_fix_a_patch() {
    let only = env::var("KLP_TEST_CASE").unwrap_or_default();
    let folders = folders();
    assert_eq!(folders.len(), CASES);
    let on_a_machine = |folder: &PathBuf| ON_A_MACHINE.iter().any(|name| folder.ends_with(name));
    let folders = folders.into_iter().filter(|folder| !on_a_machine(folder));
    for folder in folders.filter(|folder| folder.to_string_lossy().contains(&only)) {
        println!("{}", folder.display());
        let planted = Planted::new(folder);
        match planted.has("old") {
            true => planted.is_refused_after_the_old_one(),
            false => planted.is_refused_when_built(),
        }
    }
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_module_that_was_replaced_is_still_loaded() {
    let planted = Planted::named(ON_A_MACHINE[0]);
    for part in ["old", "wrong", "fixed"] {
        planted.build(part);
    }
    planted.is_refused_on_a_machine(
        &["old.ko", "wrong.ko", "fixed.ko"],
        &["klp load old.ko", "klp load wrong.ko", "klp load fixed.ko"],
    );
}

/// The patch is right, and the profile that it was linked with has another build of the module.
#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn another_build_of_the_module_is_loaded() {
    let mut planted = Planted::named(ON_A_MACHINE[1]);
    let home = Home::with_kernel();
    planted.workspace = planted.workspace.with_home(home.folder.path());
    let loaded = planted.ko("klp_target");
    fs::copy(scratch::variable("KLP_TEST_MODULE"), &loaded).unwrap();
    let other = planted.built.path().join("other/klp_target.ko");
    fs::create_dir(other.parent().unwrap()).unwrap();
    fs::write(&other, another_build(fs::read(&loaded).unwrap())).unwrap();
    for (module, name) in [("other/klp_target.ko", "wrong"), ("klp_target.ko", "fixed")] {
        let output = planted.klp(&["kernel", "add-module", module]);
        assert!(output.status.success(), "{output:?}");
        planted.build_as("wrong", name);
    }
    planted.is_refused_on_a_machine(
        &["klp_target.ko", "wrong.ko", "fixed.ko"],
        &[
            "insmod klp_target.ko",
            "klp load wrong.ko",
            "klp load fixed.ko",
        ],
    );
}

/// A module with another build-id.
fn another_build(mut module: Vec<u8>) -> Vec<u8> {
    const NOTE: &[u8] = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0";
    let mut notes = module.windows(NOTE.len());
    let at = notes.position(|bytes| bytes == NOTE).unwrap() + NOTE.len();
    module[at] ^= 1;
    module
}

/// Whether the kernel knows the key is not for the message to say, and Debian's knows none of ours.
#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_machine_takes_signed_modules_only() {
    let planted = Planted::named(ON_A_MACHINE[2]);
    planted.build("wrong");
    let mut openssl = Command::new("openssl");
    openssl.current_dir(planted.built.path()).args(
        "req -new -x509 -newkey rsa:2048 -nodes -subj /CN=klp -days 2 -keyout KEY.pem -out CERT.pem"
            .split(' '),
    );
    assert!(openssl.output().unwrap().status.success());
    let sign = "sign wrong.ko --key KEY.pem --cert CERT.pem -o fixed.ko";
    let output = planted.klp(&sign.split(' ').collect::<Vec<_>>());
    assert!(output.status.success(), "{output:?}");
    planted.is_refused_on_a_machine(
        &["wrong.ko", "fixed.ko"],
        &[
            "echo Y > /sys/module/module/parameters/sig_enforce",
            "klp load wrong.ko",
            "klp verify fixed.ko",
        ],
    );
}
