// SPDX-License-Identifier: GPL-2.0-only
//! What fuzz targets share: a real kernel cut down to what some patches ask of it.
//!
//! Mutations of a whole kernel would hardly ever hit anything, and each link would search it. So
//! seeds are made with a kernel that has the names in some patches, and no others.

pub mod elf;
pub mod kernel;
pub mod types;
pub mod vmlinuz;

#[path = "../../klp-link/src/profile/kallsyms/fixture.rs"]
pub mod kallsyms;

use std::path::Path;
use std::sync::LazyLock;

use klp_link::profile::Profile;

/// Where the example `seeds` leaves the small kernel's profile.
pub const PROFILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/kernel.profile");

/// The small kernel's profile.
pub fn profile() -> &'static Profile {
    static PROFILE_OPEN: LazyLock<Profile> = LazyLock::new(|| {
        let profile = Profile::open(Path::new(PROFILE));
        profile.unwrap_or_else(|error| panic!("{error}; `cargo xtask fuzz` makes it"))
    });
    &PROFILE_OPEN
}
