// SPDX-License-Identifier: GPL-2.0-only
//! Module coming and going: an object is patched before its module's init, reverted when it goes;
//! in a transition only pre_patch and post_unpatch run.

use crate::catalog::{CUMULATIVE, FIRST, IN_A, IN_B, SECOND, SLEEPER, THIRD};
use crate::faults::fail;
use crate::kernel::Kernel;
use klp_runtime::{Errno, Error};
use klp_sim::{Event, Fallible, Module};

#[test]
fn a_module_is_patched_before_its_init() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.load("mod_a").unwrap();
    let events = kernel.take_seen();
    let coming = |event: &Event| match event {
        Event::Callback(called) => called.module == Some(Module::Coming),
        Event::Line { .. } => true,
    };
    assert!(events.iter().all(coming), "{events:?}");
    let applying = "applying patch 'second' to loading module 'mod_a'";
    let line = Event::Line {
        debug: false,
        text: applying.into(),
    };
    assert_eq!(events[0], line);
    assert_eq!(kernel.version(IN_A), Some(SECOND));
}

#[test]
fn addresses_are_written_when_a_module_comes_and_taken_back_when_it_goes() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    let relocated = |kernel: &Kernel| kernel.with(|world| world.relocated.clone());
    assert_eq!(relocated(&kernel), []);
    kernel.load("mod_a").unwrap();
    assert_eq!(relocated(&kernel), [(SECOND, "mod_a")]);
    kernel.unload("mod_a");
    assert_eq!(relocated(&kernel), []);
}

#[test]
fn a_module_is_reverted_when_it_goes() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.load("mod_a").unwrap();
    kernel.take_seen();
    kernel.unload("mod_a");
    let site = kernel.with(|world| world.sites[IN_A]);
    assert!(site.handler.is_none() && site.direct.is_none());
    assert!(!kernel.engine().patch("second").unwrap().objects()[1].patched());
    assert_eq!(
        kernel.callbacks(),
        ["second: pre_unpatch mod_a", "second: post_unpatch mod_a"]
    );
}

#[test]
fn a_module_comes_back_patched() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.load("mod_a").unwrap();
    kernel.unload("mod_a");
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.version(IN_A), Some(SECOND));
}

#[test]
fn a_module_of_no_patch_is_none_of_our_business() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.load("mod_a").unwrap();
    kernel.unload("mod_a");
    assert_eq!(kernel.take_seen(), []);
}

#[test]
fn all_patches_are_applied_in_order_and_reverted_in_order() {
    let mut kernel = Kernel::with_patches(&[SECOND, THIRD]);
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.version(IN_A), Some(THIRD));
    assert_eq!(
        kernel.callbacks(),
        [
            "second: pre_patch mod_a",
            "second: post_patch mod_a",
            "third: pre_patch mod_a",
            "third: post_patch mod_a",
        ]
    );
    kernel.unload("mod_a");
    assert_eq!(
        kernel.callbacks(),
        [
            "second: pre_unpatch mod_a",
            "second: post_unpatch mod_a",
            "third: pre_unpatch mod_a",
            "third: post_unpatch mod_a",
        ]
    );
}

#[test]
fn in_a_transition_only_pre_patch_and_post_unpatch_run() {
    let mut kernel = Kernel::new();
    enable_behind_a_sleeper(&mut kernel);
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.callbacks(), ["second: pre_patch mod_a"]);
    kernel.unload("mod_a");
    assert_eq!(kernel.callbacks(), ["second: post_unpatch mod_a"]);
}

#[test]
fn a_module_that_came_in_a_transition_is_brought_to_the_end_with_it() {
    let mut kernel = Kernel::new();
    enable_behind_a_sleeper(&mut kernel);
    kernel.load("mod_a").unwrap();
    kernel.take_seen();
    kernel.settle();
    assert_eq!(
        kernel.callbacks(),
        ["second: post_patch vmlinux", "second: post_patch mod_a"]
    );
    assert_eq!(kernel.version(IN_A), Some(SECOND));
}

#[test]
fn a_module_that_comes_while_its_patch_is_disabled_is_patched_for_that_time() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    let task = hold_up(&kernel);
    kernel.disable(SECOND).unwrap();
    kernel.take_seen();
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.callbacks(), ["second: pre_patch mod_a"]);
    assert_eq!(kernel.version_for(task, IN_A), Some(SECOND));
    assert_eq!(
        kernel.version(IN_A),
        None,
        "who has switched calls the old one"
    );
    release(&kernel, task);
    kernel.settle();
    assert_eq!(
        kernel.callbacks(),
        ["second: post_unpatch vmlinux", "second: post_unpatch mod_a"]
    );
}

#[test]
fn a_task_in_a_module_that_came_in_a_transition_is_looked_at_as_any_other() {
    let mut kernel = Kernel::new();
    let holder = hold_up(&kernel);
    kernel.enable(SECOND).unwrap();
    kernel.load("mod_a").unwrap();
    kernel.task(holder, |task| task.unreliable = false);
    // It has not switched yet, and so calls the old function.
    let task = sleep_unswitched(&kernel, holder);
    kernel.look();
    assert!(kernel.in_transition());
    kernel.go_on(task);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn one_patch_that_fails_takes_all_off_the_module() {
    let mut kernel = Kernel::with_patches(&[SECOND, THIRD]);
    // The second pre_patch is that of the patch on top.
    fail(&kernel, Fallible::AttachHandler, 0);
    kernel.with(|world| world.refusing.insert("mod_b", Errno::ENODEV));
    assert_eq!(kernel.load("mod_a"), Err(Error::Taken));
    assert_eq!(
        kernel.callbacks(),
        ["second: pre_patch mod_a", "second: post_unpatch mod_a"]
    );
    kernel.load("mod_a").unwrap();
    kernel.take_seen();
    assert_eq!(kernel.load("mod_b"), Err(Error::Refused(Errno::ENODEV)));
    assert_eq!(
        kernel.lines(),
        [
            "applying patch 'third' to loading module 'mod_b'",
            "pre-patch callback failed for object 'mod_b'",
            "patch 'third' failed for module 'mod_b', refusing to load module 'mod_b'",
        ]
    );
    assert_eq!(kernel.version(IN_A), Some(THIRD));
}

#[test]
fn patches_applied_before_the_one_that_fails_are_reverted() {
    let mut kernel = Kernel::with_patches(&[SECOND, THIRD]);
    // Of the two functions to be found the second is that of the patch on top.
    fail(&kernel, Fallible::Resolve, 1);
    assert_eq!(kernel.load("mod_a"), Err(Error::NoSymbol));
    assert_eq!(
        kernel.lines(),
        [
            "applying patch 'second' to loading module 'mod_a'",
            "symbol 'in_a' not found in symbol table",
            "failed to initialize patch 'third' for module 'mod_a' (-22)",
            "patch 'third' failed for module 'mod_a', refusing to load module 'mod_a'",
            "reverting patch 'second' on unloading module 'mod_a'",
        ]
    );
    assert!(kernel.with(|world| world.relocated.is_empty()));
}

#[test]
fn a_module_that_cannot_be_patched_is_told_with_its_reason() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    fail(&kernel, Fallible::AttachHandler, 0);
    assert_eq!(kernel.load("mod_a"), Err(Error::Taken));
    assert_eq!(
        kernel.lines(),
        [
            "applying patch 'second' to loading module 'mod_a'",
            "failed to apply patch 'second' to module 'mod_a' (-16)",
            "patch 'second' failed for module 'mod_a', refusing to load module 'mod_a'",
        ]
    );
}

#[test]
fn a_replaced_function_of_a_module_that_comes_in_the_transition_goes_back_with_it() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    let task = hold_up(&kernel);
    kernel.enable(CUMULATIVE).unwrap();
    kernel.load("mod_a").unwrap();
    assert_eq!(kernel.version_for(task, IN_A), Some(SECOND));
    assert_eq!(kernel.version(IN_A), None, "who has switched");
    release(&kernel, task);
    kernel.settle();
    assert_eq!(kernel.version(IN_A), None);
    assert!(kernel.with(|world| world.sites[IN_A].handler.is_none()));
}

#[test]
fn a_module_may_go_in_the_middle_of_a_transition() {
    let mut kernel = Kernel::new();
    kernel.load("mod_a").unwrap();
    kernel.load("mod_b").unwrap();
    let task = hold_up(&kernel);
    kernel.enable(THIRD).unwrap();
    kernel.unload("mod_a");
    kernel.take_seen();
    release(&kernel, task);
    kernel.settle();
    assert_eq!(kernel.callbacks(), ["third: post_patch mod_b"]);
    assert_eq!(kernel.version(IN_B), Some(THIRD));
}

/// Enables a patch that a task holds up.
fn enable_behind_a_sleeper(kernel: &mut Kernel) {
    hold_up(kernel);
    kernel.enable(SECOND).unwrap();
    kernel.look();
    assert!(kernel.in_transition());
    kernel.take_seen();
}

/// Has a task hold up all transitions.
fn hold_up(kernel: &Kernel) -> usize {
    let task = kernel.sleep_in(SLEEPER);
    kernel.task(task, |task| task.unreliable = true);
    task
}

fn release(kernel: &Kernel, task: usize) {
    kernel.task(task, |task| task.unreliable = false);
}

/// A task that has not switched goes on from where it is to a function of `mod_a`, and sleeps
/// there.
fn sleep_unswitched(kernel: &Kernel, pid: usize) -> usize {
    kernel.task(pid, |task| {
        task.mode = klp_sim::task::Mode::Kernel;
        let entry = klp_sim::task::Entry::Called;
        task.stack.push(klp_sim::task::Frame::Entry(IN_A, entry));
    });
    while kernel.task(pid, |task| task.mode != klp_sim::task::Mode::Asleep) {
        kernel.step(pid);
    }
    pid
}
