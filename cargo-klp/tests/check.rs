// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp check`: what other kernels have of what a patch relies on.

mod scratch;

use scratch::{Case, Home, Workspace};

const PATCH: &str = "\
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: \"GPL\" }

klp_kernel::types! {
    struct task_struct { pid, comm }
    enum module_state { MODULE_STATE_LIVE }
    struct inode;
}

#[kernel(object = \"vmlinux\")]
unsafe extern \"C\" {
    static saved_command_line: *const c_char;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: a variable of the kernel's, set before user space is started.
    c_int::from(unsafe { *saved_command_line })
}
";

/// The rows, but for what klp's own crate adds.
const ROWS: [(&str, &str); 5] = [
    ("function", "cmdline_proc_show"),
    ("symbol", "saved_command_line"),
    ("type", "struct inode"),
    ("type", "struct task_struct { pid, comm }"),
    ("type", "enum module_state { MODULE_STATE_LIVE }"),
];

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn all_that_a_patch_relies_on_is_asked_for() {
    let home = Home::with_kernel();
    home.add("9.9.9");
    home.add_damaged("8.8.8");
    let workspace = Workspace::new("environment").with_home(home.folder.path());
    let case = Case::new("check", PATCH);
    workspace.write(&case);
    let check = |arguments: &[&str]| {
        let mut command = workspace.command(env!("CARGO_BIN_EXE_cargo-klp"));
        let command = command.args(["klp", "check"]).args(arguments);
        let output = command.output().unwrap();
        let [said, errors] = [&output.stdout, &output.stderr]
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (output.status.success(), said, errors)
    };
    // The one that it was built for, and a copy of it.
    let kernels = format!("{},9.9", home.release);
    let (fits, table, errors) = check(&["--kernels", &kernels]);
    assert!(fits, "{table}{errors}");
    for (kind, name) in ROWS {
        let is_row =
            |line: &str| line.starts_with(kind) && line.contains(name) && line.ends_with("ok  ok");
        let found = table.lines().any(|line| is_row(&squeezed(line)));
        assert!(found, "no row of {name} in:\n{table}");
    }
    let (fits, _, errors) = check(&["--kernels", "8.8"]);
    assert!(!fits && errors.contains("8.8.8/profile"), "{errors}");
    let (fits, _, errors) = check(&["--kernels", "7.7"]);
    assert!(!fits && errors.contains("7.7"), "{errors}");
}

/// Columns two blanks apart.
fn squeezed(line: &str) -> String {
    let cells = line
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join("  ")
}
