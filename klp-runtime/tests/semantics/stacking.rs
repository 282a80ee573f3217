// SPDX-License-Identifier: GPL-2.0-only
//! Stacking: last enabled wins; disable in reverse order; removing the top restores the one below.

use crate::catalog::{FIRST, QUICK, SECOND, SLEEPER, THIRD};
use crate::kernel::Kernel;
use klp_runtime::Error;

#[test]
fn the_last_enabled_wins() {
    let kernel = Kernel::with_patches(&[FIRST, SECOND]);
    assert_eq!(kernel.version(QUICK), Some(SECOND));
    assert_eq!(
        kernel.version(SLEEPER),
        Some(FIRST),
        "which only one patches"
    );
}

#[test]
fn patches_are_disabled_in_reverse_order() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND, THIRD]);
    for patch in [FIRST, SECOND] {
        assert_eq!(kernel.disable(patch), Err(Error::NotOnTop));
    }
    for patch in [THIRD, SECOND, FIRST] {
        kernel.off(patch);
    }
}

#[test]
fn removing_the_top_restores_the_one_below() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.off(SECOND);
    assert_eq!(kernel.version(QUICK), Some(FIRST));
}

#[test]
fn in_a_transition_the_one_below_is_the_old_version() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.users()[0];
    kernel.task(task, |task| task.unreliable = true);
    kernel.enable(SECOND).unwrap();
    assert_eq!(kernel.version_for(task, QUICK), Some(FIRST));
    assert_eq!(kernel.version(QUICK), Some(SECOND));
}

#[test]
fn a_task_in_the_version_below_holds_the_transition_up() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.sleep_in(SLEEPER);
    // The cumulative patch has a version of its own.
    kernel.enable(crate::catalog::CUMULATIVE).unwrap();
    kernel.look();
    assert!(kernel.in_transition());
    kernel.go_on(task);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn a_module_that_comes_gets_the_whole_stack() {
    let mut kernel = Kernel::with_patches(&[SECOND, THIRD]);
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.version(crate::catalog::IN_A), Some(THIRD));
    kernel.off(THIRD);
    assert_eq!(kernel.version(crate::catalog::IN_A), Some(SECOND));
}
