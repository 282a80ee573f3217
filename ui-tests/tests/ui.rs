// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees: the compiler's words for each mistake, and that right code is accepted.
//!
//! A case is a file. `TRYBUILD=overwrite cargo test -p ui-tests` blesses the messages; read them.
//! The kernel that the cases are built for is the one in `kernels/6.1-ui`, of
//! which there are types only: `.cargo/config.toml` names it.

#[test]
fn mistakes_are_named() {
    let cases = trybuild::TestCases::new();
    for subject in [
        "pairing",
        "livepatch",
        "kernel",
        "param",
        "patch",
        "module",
        "export",
        "shadow",
        "state",
        "prototype",
        "types",
    ] {
        cases.compile_fail(format!("cases/{subject}/*.rs"));
    }
}

/// What depends on the types that a function is used with is said only when there is code to be made.
#[test]
fn mistakes_are_named_when_code_is_made() {
    let cases = trybuild::TestCases::new();
    // Has all of them built, not only checked.
    cases.pass("cases/pass/log.rs");
    cases.compile_fail("cases/built/*.rs");
}

/// These also run, against the kernel of `src/lib.rs`.
#[test]
fn right_code_passes() {
    trybuild::TestCases::new().pass("cases/pass/*.rs");
}
