// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp sign`, against the kernel's own `sign-file`, which lies beside what
//! `KLP_TEST_SYMVERS` names, and on a kernel that loads signed modules only.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cargo_klp::vm::{Scenario, Vm};
use tempfile::TempDir;

/// A key, its certificate and a module.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new() -> Self {
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        case.make("key.pem", "cert.pem");
        let module = env::var_os("KLP_TEST_MODULE").expect("a module");
        fs::copy(module, case.path("plain.ko")).unwrap();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn make(&self, key: &str, certificate: &str) {
        let mut openssl = Command::new("openssl");
        openssl
            .args("req -new -x509 -newkey rsa:2048 -nodes -subj /CN=klp -days 2".split(' '))
            .arg("-keyout")
            .arg(self.path(key))
            .arg("-out")
            .arg(self.path(certificate));
        assert!(openssl.output().unwrap().status.success());
    }

    fn sign(&self, arguments: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-klp"));
        command.args(["klp", "sign"]).args(arguments.split(' '));
        command.current_dir(self.folder.path()).output().unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }
}

#[test]
#[ignore = "needs a kernel's sign-file: run by cargo xtask test"]
fn a_signature_is_that_of_the_kernels_own_tool() {
    let case = Case::new();
    let symvers = env::var_os("KLP_TEST_SYMVERS").expect("a kernel's build tree");
    let tool = Path::new(&symvers).with_file_name("scripts/sign-file");
    for digest in ["sha256", "sha384", "sha512"] {
        let mut theirs = Command::new(&tool);
        theirs.current_dir(case.folder.path());
        theirs.args([digest, "key.pem", "cert.pem", "plain.ko", "theirs.ko"]);
        assert!(theirs.status().unwrap().success());
        let ours = format!("plain.ko --key key.pem --cert cert.pem --digest {digest} -o ours.ko");
        assert!(case.sign(&ours).status.success());
        assert!(case.bytes("ours.ko") == case.bytes("theirs.ko"), "{digest}");
    }
    // In place of a signature that is there.
    assert!(
        case.sign("ours.ko --key key.pem --cert cert.pem --digest sha512")
            .status
            .success()
    );
    assert!(case.bytes("ours.ko") == case.bytes("theirs.ko"));
}

#[test]
#[ignore = "needs a module: run by cargo xtask test"]
fn what_cannot_be_signed_is_refused_and_left_alone() {
    let case = Case::new();
    case.make("other.pem", "other-cert.pem");
    let plain = case.bytes("plain.ko");
    fs::write(case.path("damaged.ko"), b"x~Module signature appended~\n").unwrap();
    for (arguments, said) in [
        (
            "plain.ko --key key.pem --cert other-cert.pem",
            "other-cert.pem: the certificate is that of another key",
        ),
        (
            "plain.ko --key cert.pem --cert cert.pem",
            "cert.pem: there is no private key in it",
        ),
        (
            "plain.ko --key key.pem --cert key.pem",
            "key.pem: there is no X.509 certificate in it",
        ),
        (
            "damaged.ko --key key.pem --cert cert.pem",
            "damaged.ko: its signature is damaged",
        ),
        (
            "missing.ko --key key.pem --cert cert.pem",
            "cannot read missing.ko",
        ),
    ] {
        let output = case.sign(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(said), "{arguments}: {message}");
    }
    assert!(case.bytes("plain.ko") == plain);
}

#[test]
#[ignore = "boots a kernel: run by cargo xtask test"]
fn a_kernel_that_wants_signatures_asks_for_the_key_of_ours() {
    let case = Case::new();
    assert!(
        case.sign("plain.ko --key key.pem --cert cert.pem -o signed.ko")
            .status
            .success()
    );
    let mut vm = Vm::new(env::var_os("KLP_TEST_VMLINUZ").expect("a kernel image"));
    vm.guest = Some(env!("CARGO_BIN_EXE_klp-guest").into());
    vm.extra_command_line
        .push("module.sig_enforce=1".to_owned());
    let mut scenario = Scenario::new();
    for name in ["plain.ko", "signed.ko"] {
        vm.files.push((case.path(name), name.into()));
        scenario = scenario.step(format!("insmod {name}"));
    }
    vm.scenario = scenario;
    let run = vm.run(&mut |line| println!("{}", line.text)).unwrap();
    for step in &run.steps {
        assert!(
            step.output()[0].ends_with("Key was rejected by service"),
            "{step:?}"
        );
    }
    let reasons = run.lines.iter().filter_map(|line| {
        let (_, reason) = line.text.split_once("Loading of ")?;
        reason.strip_suffix(" is rejected")
    });
    // It has read the signature: all that it lacks is the key, which Debian has not signed.
    let reasons: Vec<_> = reasons.collect();
    assert_eq!(reasons, ["unsigned module", "module with unavailable key"]);
}
