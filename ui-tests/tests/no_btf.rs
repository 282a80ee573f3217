// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees for a kernel without type information. A test of its own, because the
//! environment is the whole process's.

#[test]
fn the_kernel_is_named() {
    for (name, value) in [
        ("KLP_BTF", ""),
        ("KLP_HOME", env!("CARGO_MANIFEST_DIR")),
        ("KLP_KERNEL", "6.1-no-btf"),
    ] {
        // SAFETY: the only test of this program, which has started no thread that reads the
        // environment.
        unsafe { std::env::set_var(name, value) };
    }
    trybuild::TestCases::new().compile_fail("cases/no_btf/*.rs");
}
