// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees before there is any kernel to build for. A test of its own, because the
//! environment is the whole process's.

#[test]
fn the_next_step_is_named() {
    for (name, value) in [("KLP_BTF", ""), ("KLP_HOME", env!("CARGO_TARGET_TMPDIR"))] {
        // SAFETY: the only test of this program, which has started no thread that reads the
        // environment.
        unsafe { std::env::set_var(name, value) };
    }
    trybuild::TestCases::new().compile_fail("cases/no_kernel/*.rs");
}
