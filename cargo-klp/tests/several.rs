// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp build --kernels`: a patch for kernels whose types differ.

mod scratch;

use scratch::{Case, Home, Workspace};

const PATCH: &str = "\
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: \"GPL\" }

mod kernel {
    klp_kernel::types! {
        struct file { f_flags }
        struct seq_file { private }
        struct vm_area_struct;
    }
}

#[kernel(object = \"vmlinux\")]
unsafe extern \"C\" {
    #[expect(dead_code)]
    fn swap(pair: c_int) -> c_int;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = \"vmlinux\")]
unsafe extern \"C\" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    size_of::<kernel::vm_area_struct>() as c_int
}
";

/// What the other kernel's messages are.
const EXPECTED: [&str; 5] = [
    "`file` has no member `f_flags` in kernel 9.9.9; did you mean `flags`?",
    "`seq_file` has no member `private` in kernel 9.9.9, nor one with a name like it",
    "kernel 9.9.9 has no struct or union `vm_area_struct`",
    "`pair` is `struct pair` in kernel 9.9.9, and `c_int` is not: `struct pair swap(struct pair pair)`",
    "the patch does not build for 9.9.9: see above",
];

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn what_one_kernel_lacks_is_named_with_the_kernel() {
    let home = Home::with_kernel();
    home.add_with_other_types("9.9.9");
    let workspace = Workspace::new("environment").with_home(home.folder.path());
    let case = Case::new("several", PATCH);
    workspace.write(&case);
    let kernels = format!("{},9.9", home.release);
    let output = workspace
        .command(env!("CARGO_BIN_EXE_cargo-klp"))
        .args(["klp", "build", "--kernels", &kernels])
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for expected in EXPECTED {
        assert!(said.contains(expected), "no {expected:?} in:\n{said}");
    }
    let kept = workspace.out().join("kernels");
    assert!(kept.join(&home.release).join("several.ko").is_file());
    assert!(!kept.join("9.9.9").exists());
}
