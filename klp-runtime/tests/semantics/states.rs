// SPDX-License-Identifier: GPL-2.0-only
//! States: id and version; an incompatible cumulative patch is refused.

use crate::catalog::{CUMULATIVE, CUMULATIVE_2, FIRST, STATE, STATE_2};
use crate::kernel::Kernel;
use klp_runtime::{Error, StateSpec};
use klp_sim::Event;

#[test]
fn a_patch_has_states_with_versions() {
    let kernel = Kernel::with_patches(&[STATE_2]);
    let spec = kernel.engine().patch("state_2").unwrap().spec();
    assert_eq!(spec.state(1), Some(&StateSpec { id: 1, version: 2 }));
    assert_eq!(spec.state(2), None);
}

#[test]
fn a_cumulative_patch_must_know_all_states() {
    let mut kernel = Kernel::with_patches(&[STATE]);
    assert_eq!(kernel.enable(CUMULATIVE), Err(Error::Incompatible));
    assert_eq!(
        kernel.lines(),
        ["Livepatch patch (cumulative) is not compatible with the already installed livepatches."]
    );
}

#[test]
fn a_cumulative_patch_may_know_more_of_a_state() {
    let mut kernel = Kernel::with_patches(&[STATE]);
    kernel.on(CUMULATIVE_2);
    assert_eq!(kernel.engine().patches().len(), 1);
}

#[test]
fn a_patch_that_knows_less_of_a_state_is_refused() {
    for before in [STATE_2, CUMULATIVE_2] {
        let mut kernel = Kernel::with_patches(&[before]);
        assert_eq!(kernel.enable(STATE), Err(Error::Incompatible));
    }
}

#[test]
fn a_patch_that_knows_as_much_of_a_state_is_fine() {
    let mut kernel = Kernel::with_patches(&[STATE_2]);
    kernel.on(CUMULATIVE_2);
}

#[test]
fn without_replace_states_of_others_are_no_business_of_a_patch() {
    let mut kernel = Kernel::with_patches(&[STATE]);
    kernel.on(FIRST);
}

#[test]
fn callbacks_learn_what_the_latest_patch_says_about_a_state() {
    let mut kernel = Kernel::with_patches(&[STATE, STATE_2, FIRST]);
    kernel.on(CUMULATIVE_2);
    let seen = kernel.take_seen();
    let previous = seen.into_iter().filter_map(|event| match event {
        Event::Callback(called) => Some(called.previous),
        Event::Line { .. } => None,
    });
    let latest = vec![StateSpec { id: 1, version: 2 }];
    assert_eq!(previous.collect::<Vec<_>>(), [latest.clone(), latest]);
}

#[test]
fn without_an_earlier_patch_there_is_no_earlier_state() {
    let mut kernel = Kernel::new();
    kernel.on(STATE);
    let none = |event: &Event| match event {
        Event::Callback(called) => called.previous.is_empty(),
        Event::Line { .. } => true,
    };
    assert!(kernel.take_seen().iter().all(none));
}
