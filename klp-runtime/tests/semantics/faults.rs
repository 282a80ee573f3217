// SPDX-License-Identifier: GPL-2.0-only
//! Whatever fails, at whichever of its calls: the operation is refused and has changed nothing, or
//! what failed was not needed; and nothing is leaked.
//!
//! That a refused operation changes nothing is checked by the simulated machine, leaks by
//! [`Kernel`]'s end.

use crate::catalog::{CUMULATIVE_2, FIRST, SECOND, THIRD};
use crate::kernel::Kernel;
use klp_runtime::{Errno, Error};
use klp_sim::{Fallible, Fault, Op};

const ALL: [Fallible; 7] = [
    Fallible::Allocate,
    Fallible::Resolve,
    Fallible::Relocate,
    Fallible::Acquire,
    Fallible::AttachHandler,
    Fallible::AttachDirect,
    Fallible::SetTarget,
];

/// The call after so many of this kind fails.
pub fn fail(kernel: &Kernel, what: Fallible, after: usize) {
    fail_with(kernel, what, after, what.error());
}

fn fail_with(kernel: &Kernel, what: Fallible, after: usize, error: Error) {
    kernel.with(|world| world.fault = Some(Fault { what, after, error }));
}

/// Fails each call of each kind in turn, and says of which kinds there are some that count.
fn fail_each(patches: &[usize], modules: &[&'static str], op: Op) -> Vec<Fallible> {
    let counts = |what: &Fallible| {
        let calls = (0..).map_while(|after| fail_one(patches, modules, op, *what, after));
        calls.filter(|refused| *refused).count() > 0
    };
    ALL.into_iter().filter(counts).collect()
}

/// Fails one call in a fresh kernel; says whether the operation was refused, and `None` if there
/// are not as many calls.
fn fail_one(
    patches: &[usize],
    modules: &[&'static str],
    op: Op,
    what: Fallible,
    after: usize,
) -> Option<bool> {
    let mut kernel = Kernel::with_patches(patches);
    for module in modules {
        kernel.load(module).unwrap();
    }
    kernel.settle();
    fail(&kernel, what, after);
    let result = kernel.run(op);
    if kernel.with(|world| world.fault.take()).is_some() {
        assert_eq!(result, Ok(()));
        return None;
    }
    assert_eq!(kernel.violation(), None, "{what:?} {after}");
    if result.is_err() {
        assert_eq!(result, Err(what.error()), "{what:?} {after}");
        assert!(!kernel.in_transition());
        // Nothing is in the way of the same again.
        assert_eq!(kernel.run(op), Ok(()), "{what:?} {after}");
    }
    kernel.settle();
    Some(result.is_err())
}

#[test]
fn whatever_fails_when_a_patch_is_enabled() {
    let counting = fail_each(&[], &["mod_a"], Op::Enable(SECOND));
    let expected = ALL
        .into_iter()
        .filter(|what| *what != Fallible::AttachDirect);
    assert_eq!(counting, expected.collect::<Vec<_>>());
}

#[test]
fn whatever_fails_when_a_patch_is_enabled_over_another() {
    let counting = fail_each(&[FIRST], &["mod_a"], Op::Enable(SECOND));
    let expected = ALL
        .into_iter()
        .filter(|what| *what != Fallible::AttachDirect);
    assert_eq!(counting, expected.collect::<Vec<_>>());
}

#[test]
fn whatever_fails_when_a_patch_is_disabled() {
    let counting = fail_each(&[FIRST, SECOND], &["mod_a"], Op::SetEnabled(SECOND, false));
    let expected = [
        Fallible::Allocate,
        Fallible::AttachHandler,
        Fallible::SetTarget,
    ];
    assert_eq!(counting, expected);
}

#[test]
fn whatever_fails_when_patches_are_replaced() {
    let counting = fail_each(
        &[FIRST, SECOND],
        &["mod_a", "mod_b"],
        Op::Enable(CUMULATIVE_2),
    );
    let expected = ALL
        .into_iter()
        .filter(|what| *what != Fallible::AttachDirect);
    assert_eq!(counting, expected.collect::<Vec<_>>());
}

#[test]
fn whatever_fails_when_a_module_comes() {
    let counting = fail_each(&[SECOND, THIRD], &[], Op::Load("mod_a"));
    let expected = [
        Fallible::Allocate,
        Fallible::Resolve,
        Fallible::Relocate,
        Fallible::AttachHandler,
    ];
    assert_eq!(counting, expected);
}

#[test]
fn nothing_that_fails_keeps_a_module_from_going() {
    let counting = fail_each(&[SECOND, THIRD], &["mod_a"], Op::Unload("mod_a"));
    assert_eq!(counting, []);
}

#[test]
fn without_memory_at_all_nothing_is_enabled() {
    let mut kernel = Kernel::new();
    kernel.with(|world| world.accounts.fail_after = Some(0));
    assert_eq!(kernel.enable(FIRST), Err(Error::NoMemory));
    assert_eq!(kernel.with(|world| world.accounts.live()), 0);
    kernel.with(|world| world.accounts.fail_after = None);
    kernel.on(FIRST);
}

#[test]
fn what_the_kernel_refuses_comes_back_as_it_is() {
    let mut kernel = Kernel::new();
    let error = Error::Kernel(Errno::EPERM);
    fail_with(&kernel, Fallible::Acquire, 0, error);
    assert_eq!(kernel.enable(FIRST), Err(error));
    fail_with(&kernel, Fallible::AttachHandler, 0, error);
    assert_eq!(kernel.enable(FIRST), Err(error));
}
