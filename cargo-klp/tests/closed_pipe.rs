// SPDX-License-Identifier: GPL-2.0-only
//! Nobody reads what a command prints, as behind `| head -1`: it ends as any other program does.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

/// `SIGPIPE` on Linux.
const SIGPIPE: i32 = 13;

/// `cargo klp ARGUMENTS` with a standard output that has been closed already.
fn ends_quietly(home: &Path, arguments: &[&str]) {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-klp"))
        .arg("klp")
        .args(arguments)
        .env("KLP_HOME", home)
        .stdout(writer)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.signal(), Some(SIGPIPE), "{said}");
    assert_eq!(said, "");
}

#[test]
fn what_was_made_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let patch = folder.path().join("fix");
    ends_quietly(folder.path(), &["new", &patch.to_string_lossy()]);
    assert!(patch.join("Cargo.toml").is_file());
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn the_list_of_kernels() {
    let home = env::var_os("KLP_TEST_HOME").expect("set KLP_TEST_HOME to run this test");
    ends_quietly(Path::new(&home), &["kernel", "list"]);
}
