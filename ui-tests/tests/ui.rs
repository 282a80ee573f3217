// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees: the compiler's words for each mistake, and that right code is accepted.
//!
//! A case is a file. `TRYBUILD=overwrite cargo test -p ui-tests` blesses the messages; read them.
//! The kernel that the cases are built for is the one in `kernels/6.1-ui`, of which there are types
//! only.

use std::sync::Once;

fn cases() -> trybuild::TestCases {
    static KERNEL: Once = Once::new();
    KERNEL.call_once(|| {
        for (name, value) in [
            ("KLP_HOME", env!("CARGO_MANIFEST_DIR")),
            ("KLP_KERNEL", "6.1-ui"),
        ] {
            // SAFETY: the tests come here before anything else, so no other thread of ours reads
            // the environment yet.
            unsafe { std::env::set_var(name, value) };
        }
    });
    trybuild::TestCases::new()
}

#[test]
fn mistakes_are_named() {
    let cases = cases();
    for subject in [
        "pairing",
        "livepatch",
        "kernel",
        "param",
        "patch",
        "shadow",
        "state",
        "prototype",
        "types",
    ] {
        cases.compile_fail(format!("cases/{subject}/*.rs"));
    }
}

/// These also run, against the kernel of `src/lib.rs`.
#[test]
fn right_code_passes() {
    cases().pass("cases/pass/*.rs");
}
