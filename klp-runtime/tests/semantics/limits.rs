// SPDX-License-Identifier: GPL-2.0-only
//! Limits: only traceable functions, redirected at entry; kprobe and kretprobe conflicts reported.

use crate::catalog::{BAD, FIRST, IN_A, QUICK, SECOND, SLEEPER};
use crate::faults::fail;
use crate::kernel::Kernel;
use klp_runtime::{Errno, Error};
use klp_sim::Fallible;

#[test]
fn a_function_that_is_not_traceable_is_refused() {
    let mut kernel = Kernel::new();
    assert_eq!(kernel.enable(BAD), Err(Error::NotTraceable));
    assert_eq!(
        kernel.lines(),
        ["failed to find location for function 'untraceable'"]
    );
}

#[test]
fn calls_are_redirected_at_entry_and_those_under_way_are_not() {
    let mut kernel = Kernel::new();
    let task = kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    let start = kernel.task(task, |task| task.functions().next().unwrap());
    let old = crate::catalog::CATALOG.old(SLEEPER).code.start;
    assert_eq!(start, old);
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
}

#[test]
fn a_function_that_a_kprobe_redirects_is_reported_and_refused() {
    let mut kernel = Kernel::new();
    // The second function: the first was patched by then.
    fail(&kernel, Fallible::AttachHandler, 1);
    let refused = kernel.enable(FIRST).unwrap_err();
    assert_eq!((refused, refused.errno()), (Error::Taken, Errno::EBUSY));
    let lines = kernel.lines();
    assert_eq!(lines[2], "failed to patch object 'vmlinux'");
    assert_eq!(lines[3], "failed to enable patch 'first'");
    assert_eq!(kernel.version(SLEEPER), None);
    assert_eq!(kernel.version(QUICK), None);
}

#[test]
fn a_function_that_was_taken_since_keeps_its_patch() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    fail(&kernel, Fallible::AttachHandler, 1);
    assert_eq!(kernel.disable(FIRST), Err(Error::Taken));
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
    assert_eq!(kernel.version(QUICK), Some(FIRST));
}

#[test]
fn a_function_taken_in_a_module_keeps_the_module_out() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    fail(&kernel, Fallible::AttachHandler, 0);
    assert_eq!(kernel.load("mod_a"), Err(Error::Taken));
    assert!(kernel.with(|world| world.sites[IN_A].handler.is_none()));
}

#[test]
fn a_task_whose_return_a_kretprobe_has_taken_is_reported() {
    let mut kernel = Kernel::new();
    let task = kernel.sleep_in(SLEEPER);
    // What is on the stack then is not where the function returns to.
    kernel.task(task, |task| task.unreliable = true);
    kernel.enable(FIRST).unwrap();
    let mut told = Vec::new();
    kernel
        .engine()
        .blocking(&mut |task, reason| told.push(format!("{task} {reason}")));
    assert_eq!(told[0], format!("task:{task} has an unreliable stack"));
}
