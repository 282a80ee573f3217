// SPDX-License-Identifier: GPL-2.0-only
//! Atomic replace: all older patches off in one transition; functions no longer patched return to
//! the original; handlers removed.

use crate::catalog::{CUMULATIVE, FIRST, IN_A, QUICK, SECOND, SLEEPER, THIRD};
use crate::kernel::Kernel;

#[test]
fn all_older_patches_go_in_one_transition() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    let before = kernel.engine().stats().transitions;
    kernel.on(CUMULATIVE);
    assert_eq!(kernel.engine().stats().transitions, before + 1);
    let patches: Vec<_> = kernel
        .engine()
        .patches()
        .map(|patch| patch.name())
        .collect();
    assert_eq!(patches, ["cumulative"]);
    assert_eq!(kernel.with(|world| world.acquired.clone()), [CUMULATIVE]);
}

#[test]
fn functions_no_longer_patched_return_to_the_original() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.load("mod_a").unwrap();
    kernel.on(CUMULATIVE);
    assert_eq!(kernel.version(SLEEPER), Some(CUMULATIVE));
    assert_eq!(kernel.version(QUICK), None);
    assert_eq!(kernel.version(IN_A), None);
}

#[test]
fn handlers_of_functions_no_longer_patched_are_removed() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.on(CUMULATIVE);
    let site = kernel.with(|world| world.sites[QUICK]);
    assert!(site.handler.is_none() && site.direct.is_none() && !site.traced);
}

#[test]
fn until_it_has_switched_a_task_sees_the_older_patches() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    let task = kernel.users()[0];
    kernel.task(task, |task| task.unreliable = true);
    kernel.enable(CUMULATIVE).unwrap();
    assert_eq!(kernel.version_for(task, QUICK), Some(SECOND));
    assert_eq!(kernel.version_for(task, SLEEPER), Some(FIRST));
    assert_eq!(kernel.version(QUICK), None);
    assert_eq!(kernel.version(SLEEPER), Some(CUMULATIVE));
}

#[test]
fn a_task_in_a_function_no_longer_patched_holds_the_transition_up() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.sleep_in(SLEEPER);
    kernel.enable(crate::catalog::CUMULATIVE_2).unwrap();
    kernel.look();
    assert!(kernel.in_transition());
    kernel.go_on(task);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn no_op_functions_can_be_told_and_go_with_the_transition() {
    let mut kernel = Kernel::with_patches(&[FIRST, THIRD]);
    kernel.enable(CUMULATIVE).unwrap();
    assert_eq!(
        shape(&kernel),
        [
            ("vmlinux", vec![("sleeper", false), ("quick", true)]),
            ("mod_a", vec![("in_a", true)]),
            ("mod_b", vec![("in_b", true)]),
        ]
    );
    kernel.settle();
    assert_eq!(shape(&kernel), [("vmlinux", vec![("sleeper", false)])]);
}

/// The objects and functions of the cumulative patch, and whether each does nothing.
fn shape(kernel: &Kernel) -> Vec<(&str, Vec<(&str, bool)>)> {
    let patch = kernel.engine().patch("cumulative").unwrap();
    let objects = patch.objects().iter();
    objects
        .map(|object| {
            let funcs = object.funcs().iter();
            let funcs = funcs.map(|func| (func.symbol(), func.is_nop()));
            (object.name(), funcs.collect())
        })
        .collect()
}

#[test]
fn a_replacement_that_is_reversed_leaves_the_older_patches_as_they_were() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.load("mod_a").unwrap();
    kernel.enable(CUMULATIVE).unwrap();
    kernel.disable(CUMULATIVE).unwrap();
    kernel.settle();
    assert_eq!(kernel.version(QUICK), Some(SECOND));
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
    assert_eq!(kernel.version(IN_A), Some(SECOND));
    assert_eq!(kernel.engine().patches().len(), 2);
}

#[test]
fn a_cumulative_patch_that_is_disabled_restores_the_original() {
    let mut kernel = Kernel::with_patches(&[FIRST, CUMULATIVE]);
    kernel.off(CUMULATIVE);
    assert_eq!(kernel.version(SLEEPER), None);
    assert_eq!(kernel.version(QUICK), None);
}

#[test]
fn a_cumulative_patch_is_replaced_by_the_next() {
    let mut kernel = Kernel::with_patches(&[CUMULATIVE, crate::catalog::CUMULATIVE_2]);
    assert_eq!(kernel.engine().patches().len(), 1);
    assert_eq!(kernel.version(SLEEPER), None);
    kernel.load("mod_b").unwrap();
    assert_eq!(
        kernel.version(crate::catalog::IN_B),
        Some(crate::catalog::CUMULATIVE_2)
    );
}

#[test]
fn patches_go_on_top_of_a_cumulative_one() {
    let mut kernel = Kernel::with_patches(&[CUMULATIVE, FIRST]);
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
    kernel.off(FIRST);
    assert_eq!(kernel.version(SLEEPER), Some(CUMULATIVE));
}

#[test]
fn a_replaced_patch_can_be_enabled_again() {
    let mut kernel = Kernel::with_patches(&[FIRST, CUMULATIVE]);
    kernel.on(FIRST);
    assert_eq!(kernel.version(QUICK), Some(FIRST));
}
