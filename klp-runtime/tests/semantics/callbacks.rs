// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks: pre_patch may refuse (-errno) the patch load, or the target module's load; post_patch
//! after all tasks switched; pre_unpatch only where post_patch ran; post_unpatch only where the
//! object was patched; reversed transition: no pre_unpatch; only the new patch's callbacks on
//! replace.

use crate::catalog::{CUMULATIVE, FIRST, IN_A, QUICK, SECOND, SLEEPER, THIRD};
use crate::kernel::Kernel;
use klp_runtime::contract::VMLINUX;
use klp_runtime::{Errno, Error};
use klp_sim::Module;

fn refuse(kernel: &Kernel, object: &'static str) {
    kernel.with(|world| world.refusing.insert(object, Errno::ENODEV));
}

#[test]
fn all_four_run_in_order() {
    let mut kernel = Kernel::new();
    kernel.load("mod_a").unwrap();
    kernel.on(SECOND);
    assert_eq!(
        kernel.callbacks(),
        [
            "second: pre_patch vmlinux",
            "second: pre_patch mod_a",
            "second: post_patch vmlinux",
            "second: post_patch mod_a",
        ]
    );
    kernel.off(SECOND);
    assert_eq!(
        kernel.callbacks(),
        [
            "second: pre_unpatch vmlinux",
            "second: pre_unpatch mod_a",
            "second: post_unpatch vmlinux",
            "second: post_unpatch mod_a",
        ]
    );
}

#[test]
fn pre_patch_may_refuse_the_patch() {
    let mut kernel = Kernel::new();
    refuse(&kernel, VMLINUX);
    let refused = kernel.enable(FIRST).unwrap_err();
    assert_eq!(refused.errno(), Errno::ENODEV);
    assert_eq!(
        kernel.lines(),
        [
            "enabling patch 'first'",
            "'first': initializing patching transition",
            "pre-patch callback failed for object 'vmlinux'",
            "failed to enable patch 'first'",
            "'first': canceling patching transition, going to unpatch",
            "'first': completing unpatching transition",
            "'first': unpatching complete",
        ]
    );
}

#[test]
fn what_was_prepared_before_a_refusal_is_undone_and_nothing_else() {
    let mut kernel = Kernel::new();
    kernel.load("mod_a").unwrap();
    kernel.load("mod_b").unwrap();
    refuse(&kernel, "mod_b");
    kernel.enable(THIRD).unwrap_err();
    assert_eq!(
        kernel.callbacks(),
        [
            "third: pre_patch mod_a",
            "third: pre_patch mod_b",
            "third: post_unpatch mod_a",
        ]
    );
    assert_eq!(kernel.version(IN_A), None);
}

#[test]
fn pre_patch_may_refuse_a_module_that_is_being_loaded() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    refuse(&kernel, "mod_a");
    assert_eq!(kernel.load("mod_a"), Err(Error::Refused(Errno::ENODEV)));
    assert_eq!(kernel.callbacks(), ["second: pre_patch mod_a"]);
    assert!(!kernel.with(|world| world.modules.contains_key("mod_a")));
    assert_eq!(kernel.version(QUICK), Some(SECOND), "the patch stays");
}

#[test]
fn post_patch_runs_after_all_tasks_have_switched() {
    let mut kernel = Kernel::new();
    let task = kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    kernel.look();
    assert_eq!(kernel.callbacks(), ["first: pre_patch vmlinux"]);
    kernel.go_on(task);
    kernel.look();
    assert_eq!(kernel.callbacks(), ["first: post_patch vmlinux"]);
}

#[test]
fn post_unpatch_runs_after_all_tasks_have_switched() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.sleep_in(SLEEPER);
    kernel.disable(FIRST).unwrap();
    kernel.look();
    assert_eq!(kernel.callbacks(), ["first: pre_unpatch vmlinux"]);
    kernel.go_on(task);
    kernel.look();
    assert_eq!(kernel.callbacks(), ["first: post_unpatch vmlinux"]);
}

#[test]
fn pre_unpatch_runs_only_where_post_patch_ran() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.off(SECOND);
    assert_eq!(
        kernel.callbacks(),
        [
            "second: pre_unpatch vmlinux",
            "second: post_unpatch vmlinux"
        ],
        "mod_a was never there"
    );
}

#[test]
fn post_unpatch_runs_only_where_the_object_was_patched() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.load("mod_a").unwrap();
    kernel.unload("mod_a");
    kernel.take_seen();
    kernel.off(SECOND);
    assert!(
        !kernel
            .callbacks()
            .iter()
            .any(|line| line.ends_with("mod_a"))
    );
}

#[test]
fn a_reversed_transition_runs_no_pre_unpatch() {
    let mut kernel = Kernel::new();
    kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    kernel.disable(FIRST).unwrap();
    kernel.settle();
    assert_eq!(
        kernel.callbacks(),
        ["first: pre_patch vmlinux", "first: post_unpatch vmlinux"]
    );
}

#[test]
fn a_disabling_that_is_reversed_runs_post_patch_again() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.sleep_in(SLEEPER);
    kernel.disable(FIRST).unwrap();
    kernel.set_enabled(FIRST, true).unwrap();
    kernel.settle();
    assert_eq!(
        kernel.callbacks(),
        ["first: pre_unpatch vmlinux", "first: post_patch vmlinux"],
        "no pre_patch, for post_unpatch did not run"
    );
}

#[test]
fn only_the_new_patchs_callbacks_run_on_replace() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.on(CUMULATIVE);
    assert_eq!(
        kernel.callbacks(),
        [
            "cumulative: pre_patch vmlinux",
            "cumulative: post_patch vmlinux"
        ]
    );
}

#[test]
fn callbacks_see_the_object_as_it_is() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.load("mod_a").unwrap();
    assert_eq!(module_states(&kernel), [Some(Module::Coming); 2]);
    kernel.unload("mod_a");
    assert_eq!(module_states(&kernel), [Some(Module::Going); 2]);
    kernel.load("mod_a").unwrap();
    kernel.take_seen();
    kernel.off(SECOND);
    let states = [None, Some(Module::Live), None, Some(Module::Live)];
    assert_eq!(module_states(&kernel), states);
}

fn module_states(kernel: &Kernel) -> Vec<Option<Module>> {
    let seen = kernel.take_seen();
    let states = seen.into_iter().filter_map(|event| match event {
        klp_sim::Event::Callback(called) => Some(called.module),
        klp_sim::Event::Line { .. } => None,
    });
    states.collect()
}
