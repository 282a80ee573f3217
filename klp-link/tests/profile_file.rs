// SPDX-License-Identifier: GPL-2.0-only
//! The profile file: distinct errors for each kind of damage, and no panic for any.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::path::Path;

use klp_link::profile::{Profile, ProfileBuilder, ProfileError};
use proptest::prelude::*;

fn error(bytes: &[u8]) -> ProfileError {
    Profile::from_bytes(bytes)
        .err()
        .expect("damaged bytes must be refused")
}

#[test]
fn a_missing_file_is_named() {
    let error = Profile::open(Path::new("no/such.klpprof")).err().unwrap();
    assert!(
        matches!(error, ProfileError::Io { verb: "open", .. }),
        "{error}"
    );
    assert!(error.to_string().contains("no/such.klpprof"));
}

#[test]
fn an_empty_or_foreign_file_is_not_a_profile() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(
        Profile::open(file.path()),
        Err(ProfileError::NotAProfile)
    ));
    std::fs::write(file.path(), b"\x7fELF, not a profile").unwrap();
    assert!(matches!(
        Profile::open(file.path()),
        Err(ProfileError::NotAProfile)
    ));
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn each_damage_has_its_error() {
    let good = common::profile_bytes();
    assert!(matches!(
        error(&good[..good.len() - 1]),
        ProfileError::Truncated { .. }
    ));
    assert!(matches!(error(&good[..20]), ProfileError::Truncated { .. }));
    assert!(matches!(
        error(&[good, b"x"].concat()),
        ProfileError::Corrupt { .. }
    ));
    let mut bad = good.to_vec();
    bad[8] = 99;
    assert!(matches!(
        error(&bad),
        ProfileError::OtherVersion { found: 99, .. }
    ));
    bad[0] = b'X';
    assert!(matches!(error(&bad), ProfileError::NotAProfile));
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
fn written_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kernel.klpprof");
    let builder = ProfileBuilder::from_profile(&common::profile()).unwrap();
    builder.build().write(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), common::profile_bytes());
    assert_eq!(
        Profile::open(&path).unwrap().release(),
        common::profile().release()
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "a temporary file is left"
    );
    let error = builder_error(&folder.path().join("no-folder/kernel.klpprof"));
    assert!(
        matches!(error, ProfileError::Io { verb: "write", .. }),
        "{error}"
    );
}

fn builder_error(path: &Path) -> ProfileError {
    let builder = ProfileBuilder::from_profile(&common::profile()).unwrap();
    builder.build().write(path).unwrap_err()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
    fn any_truncation_is_an_error(part in 0.0..1.0f64) {
        let good = common::profile_bytes();
        let length = (good.len() as f64 * part) as usize;
        prop_assert!(Profile::from_bytes(&good[..length]).is_err());
    }

    #[test]
    #[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
    fn a_flipped_byte_is_an_error(part in 0.0..1.0f64, mask in 1u8..) {
        let mut bad = common::profile_bytes().to_vec();
        // Bytes 24 to 64 of the header are unused.
        let position = 64 + ((bad.len() - 64) as f64 * part) as usize;
        bad[position] ^= mask;
        prop_assert!(Profile::from_bytes(&bad).is_err());
    }

    /// Damage behind a valid checksum: what a hostile writer can make.
    #[test]
    #[ignore = "needs KLP_TEST_VMLINUZ: run by cargo xtask test"]
    fn hostile_archives_never_panic(at in 1usize..4096, mask in 1u8..) {
        let mut bad = common::profile_bytes().to_vec();
        let position = bad.len() - at;
        bad[position] ^= mask;
        let crc = crc32fast::hash(&bad[64..]);
        bad[12..16].copy_from_slice(&crc.to_le_bytes());
        if let Ok(profile) = Profile::from_bytes(&bad) {
            read_all(&profile);
        }
    }
}

fn read_all(profile: &Profile) {
    let _ = (
        profile.release(),
        profile.export("printk"),
        profile.export_names().count(),
    );
    for object in profile.objects() {
        let _ = (
            object.symbols_named("schedule"),
            object.symbols().map(|s| s.size).max(),
        );
    }
}
