// SPDX-License-Identifier: GPL-2.0-only
//! Damaged objects give diagnostics or modules, never a panic, and never take for ever.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::fs;
use std::ops::Range;
use std::time::{Duration, Instant};

use klp_link::inspect;
use klp_link::link::{self, Core, Input};
use klp_link::profile::Profile;
use object::{Object, ObjectSection};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scratch::Example;

/// How long one link may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Bytes that the link step reads: headers, symbols, relocations, contents; little debug info.
fn interesting(object: &[u8]) -> Vec<Range<usize>> {
    let file = object::File::parse(object).unwrap();
    let headers = u64::from_le_bytes(object[0x28..0x30].try_into().unwrap()) as usize;
    let sections = file.sections().filter(|section| {
        let name = section.name().unwrap();
        !name.contains(".debug") || name == ".debug_line"
    });
    let ranges = sections.filter_map(|section| section.file_range());
    ranges
        .map(|(start, size)| start as usize..(start + size) as usize)
        .chain([0..64, headers..object.len()])
        .filter(|range| !range.is_empty())
        .collect()
}

fn links(object: &[u8], profile: &Profile) {
    let input = Input {
        object,
        module: "hostile",
        core: Core::Builtin,
        source_root: "/",
    };
    let started = Instant::now();
    if let Err(diagnostics) = link::link(input, profile) {
        assert!(!diagnostics.is_empty());
    }
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
}

fn with_patch(patch: &str, cases: u32, test: impl Fn(&[u8], &Profile, &mut TestRunner)) {
    let home = scratch::variable("KLP_TEST_HOME").join("kernels");
    let release = fs::read_to_string(home.join("default")).unwrap();
    let profile = Profile::open(&home.join(release.trim()).join("profile")).unwrap();
    let object = fs::read(Example::new(patch).joined).unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    test(&object, &profile, &mut runner);
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn changed_bytes() {
    with_patch(
        "livepatch_callbacks_demo",
        cases(100),
        |object, profile, runner| {
            let place = prop::sample::select(interesting(object)).prop_flat_map(|range| range);
            let change = (place, any::<u8>());
            let changes = prop::collection::vec(change, 1..4);
            let result = runner.run(&changes, |changes| {
                let mut object = object.to_vec();
                for (place, byte) in changes {
                    object[place] = byte;
                }
                links(&object, profile);
                Ok(())
            });
            result.unwrap();
        },
    );
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn truncated_files() {
    with_patch("cmdline", cases(30), |object, profile, runner| {
        let result = runner.run(&(0..object.len()), |len| {
            links(&object[..len], profile);
            Ok(())
        });
        result.unwrap();
    });
}

/// What `inspect` makes of a damaged patch, within the same time.
fn is_read(module: &[u8]) {
    let started = Instant::now();
    let _ = inspect::read(module);
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn damaged_patches_are_inspected() {
    let module = fs::read(Example::new("cumulative").ko).unwrap();
    assert!(inspect::read(&module).is_ok());
    let mut runner = TestRunner::new(Config {
        cases: cases(2000),
        failure_persistence: None,
        ..Config::default()
    });
    let change = (0..module.len(), any::<u8>());
    let changes = (prop::collection::vec(change, 1..4), 0..=module.len());
    let result = runner.run(&changes, |(changes, len)| {
        let mut damaged = module.clone();
        for (place, byte) in changes {
            damaged[place] = byte;
        }
        is_read(&damaged);
        is_read(&damaged[..len]);
        Ok(())
    });
    result.unwrap();
}

/// The number of cases: `PROPTEST_CASES`, unless it is not set.
fn cases(default: u32) -> u32 {
    let value = std::env::var("PROPTEST_CASES").ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
