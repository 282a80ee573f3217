// SPDX-License-Identifier: GPL-2.0-only
//! Inputs of the kernel-driven tests, from environment variables, all of one kernel:
//!
//! | variable | |
//! |---|---|
//! | `KLP_TEST_VMLINUZ` | the kernel image |
//! | `KLP_TEST_SYMVERS` | `Module.symvers` of its headers |
//! | `KLP_TEST_MODULES` | its module folder, `/lib/modules/RELEASE/kernel` |
//! | `KLP_TEST_GUEST` | folder captured in a guest: see `profile_guest.rs` |

use std::path::PathBuf;
use std::sync::OnceLock;

use klp_link::profile::{Profile, ProfileBuilder};

/// The path in an environment variable, which must be set.
pub fn path(variable: &str) -> PathBuf {
    let value = std::env::var_os(variable);
    PathBuf::from(value.unwrap_or_else(|| panic!("set {variable} to run this test")))
}

/// The file that an environment variable names.
pub fn file(variable: &str) -> Vec<u8> {
    let path = path(variable);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The profile of `KLP_TEST_VMLINUZ`, made once per test binary, as file bytes.
pub fn profile_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let builder = ProfileBuilder::from_vmlinux(&file("KLP_TEST_VMLINUZ"));
        let builder = builder.unwrap_or_else(|error| panic!("{error}"));
        builder.build().to_bytes().unwrap()
    })
}

/// The same, opened.
pub fn profile() -> Profile {
    Profile::from_bytes(profile_bytes()).unwrap()
}
