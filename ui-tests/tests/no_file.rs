// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees when the kernel's types were taken away. A test of its own, because the
//! environment is the whole process's.

#[test]
fn the_file_is_named() {
    // SAFETY: the only test of this program, which has started no thread that reads the
    // environment.
    unsafe { std::env::set_var("KLP_BTF", "no/such/folder") };
    trybuild::TestCases::new().compile_fail("cases/no_file/*.rs");
}
