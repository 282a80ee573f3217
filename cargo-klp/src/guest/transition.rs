// SPDX-License-Identifier: GPL-2.0-only
//! Waiting for patches: until all tasks have switched, until a patch is gone.

use std::time::Duration;

use super::{blockers, step::Print};
use crate::machine::{Machine, until};

/// Long enough for the kernel's core, which tries once a second and signals after 15 seconds.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits until `patch` is in no transition; prints who blocks if that does not come about.
pub fn wait_transition(patch: &str, print: Print<'_>) -> Result<(), String> {
    let machine = Machine::here();
    if !machine.shows(patch) {
        return Err(format!("wait-transition: {patch} is not enabled"));
    }
    let moving = || machine.patch(patch).filter(|patch| patch.transition);
    if until(LIMIT, || moving().is_none()) {
        return Ok(());
    }
    if let Some(patch) = moving() {
        blockers::print(&machine, &patch, print);
    }
    Err(format!(
        "wait-transition: {patch} is still in transition after {} s",
        LIMIT.as_secs()
    ))
}

/// Waits until `patch` is gone from sysfs.
pub fn wait_gone(patch: &str) -> Result<(), String> {
    let machine = Machine::here();
    let gone = until(LIMIT, || !machine.shows(patch));
    gone.then_some(()).ok_or_else(|| {
        format!(
            "wait-gone: {patch} is still there after {} s",
            LIMIT.as_secs()
        )
    })
}

/// Waits until every patch is enabled and in no transition.
pub fn settle(print: Print<'_>) -> Result<(), String> {
    let machine = Machine::here();
    let unsettled = || {
        let mut patches = machine.patches().into_iter();
        patches.find(|patch| patch.transition || !patch.enabled)
    };
    if until(LIMIT, || unsettled().is_none()) {
        return Ok(());
    }
    let Some(patch) = unsettled() else {
        return Ok(());
    };
    blockers::print(&machine, &patch, print);
    Err(format!(
        "settle: {} has not settled after {} s",
        patch.name,
        LIMIT.as_secs()
    ))
}
