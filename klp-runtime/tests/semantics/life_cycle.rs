// SPDX-License-Identifier: GPL-2.0-only
//! Life-cycle: enable (load or sysfs), disable, remove; a disabled or failed patch leaves nothing;
//! double enable and removal while in use are refused.

use crate::catalog::{FIRST, QUICK, SECOND, SLEEPER};
use crate::kernel::Kernel;
use klp_runtime::{Errno, Error, PatchState};
use klp_sim::Op;

#[test]
fn loading_a_patch_enables_it() {
    let mut kernel = Kernel::new();
    kernel.on(FIRST);
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
    assert!(kernel.engine().patch("first").unwrap().enabled());
}

#[test]
fn a_write_to_enabled_takes_a_patch_off() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.off(FIRST);
    assert_eq!(kernel.version(SLEEPER), None);
    assert!(kernel.engine().patch("first").is_none());
}

#[test]
fn a_write_to_enabled_keeps_a_patch_that_is_being_disabled() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.disable(FIRST).unwrap();
    kernel.set_enabled(FIRST, true).unwrap();
    kernel.settle();
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
}

#[test]
fn a_patch_that_was_disabled_is_enabled_again_by_loading_it() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.off(FIRST);
    kernel.on(FIRST);
    assert_eq!(kernel.version(SLEEPER), Some(FIRST));
}

#[test]
fn a_disabled_patch_leaves_nothing() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.off(FIRST);
    assert_clean(&kernel);
}

#[test]
fn a_refused_patch_leaves_nothing() {
    let mut kernel = Kernel::new();
    let refuse = |kernel: &Kernel| kernel.with(|world| world.refusing.insert("mod_a", Errno::EIO));
    kernel.load("mod_a").unwrap();
    refuse(&kernel);
    let refused = kernel.enable(SECOND);
    assert_eq!(refused, Err(Error::Refused(Errno::EIO)));
    assert_eq!(kernel.engine().patches().len(), 0);
    assert_clean(&kernel);
}

/// Nothing of a patch is left in the kernel.
fn assert_clean(kernel: &Kernel) {
    kernel.with(|world| {
        assert!(world.acquired.is_empty(), "{:?}", world.acquired);
        assert!(world.relocated.is_empty(), "{:?}", world.relocated);
        assert_eq!(world.target, PatchState::Undefined);
        for site in &world.sites {
            assert!(site.handler.is_none() && site.direct.is_none(), "{site:?}");
        }
        for task in &world.tasks {
            assert_eq!(PatchState::from(task.state), PatchState::Undefined);
            assert!(!task.pending);
        }
        // The lists of patches and of functions keep their room.
        assert!(world.accounts.live() <= 2, "{}", world.accounts.live());
    });
}

#[test]
fn enabling_twice_is_refused() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    assert_eq!(kernel.enable(FIRST), Err(Error::AlreadyEnabled));
    assert_eq!(kernel.set_enabled(FIRST, true), Err(Error::NothingToDo));
}

#[test]
fn disabling_twice_is_refused() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.disable(FIRST).unwrap();
    assert_eq!(kernel.disable(FIRST), Err(Error::NothingToDo));
    kernel.settle();
    assert_eq!(kernel.disable(FIRST), Err(Error::NotEnabled));
}

#[test]
fn a_patch_may_be_removed_only_when_no_task_uses_it() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let held = |kernel: &Kernel| kernel.with(|world| world.acquired.contains(&FIRST));
    let task = kernel.sleep_in(SLEEPER);
    assert!(held(&kernel));
    kernel.disable(FIRST).unwrap();
    kernel.look();
    assert!(held(&kernel), "a task sleeps in it");
    kernel.go_on(task);
    kernel.look();
    assert!(!held(&kernel));
}

#[test]
fn a_patch_whose_module_is_going_is_refused() {
    let mut kernel = Kernel::new();
    crate::faults::fail(&kernel, klp_sim::Fallible::Acquire, 0);
    assert_eq!(kernel.enable(FIRST), Err(Error::ModuleGone));
    assert_clean(&kernel);
}

#[test]
fn calls_of_an_enabled_patch_take_no_detour() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let routes = |kernel: &Kernel| {
        let site = kernel.with(|world| world.sites[QUICK]);
        (site.traced, site.direct.is_some())
    };
    assert_eq!(routes(&kernel), (false, true));
    kernel.disable(FIRST).unwrap();
    assert_eq!(
        routes(&kernel),
        (true, false),
        "a transition needs the handler"
    );
}

#[test]
fn a_function_without_a_direct_route_stays_with_its_handler() {
    let mut kernel = Kernel::new();
    crate::faults::fail(&kernel, klp_sim::Fallible::AttachDirect, 1);
    kernel.on(FIRST);
    let direct = kernel.with(|world| [SLEEPER, QUICK].map(|f| world.sites[f].direct.is_some()));
    assert_eq!(direct.iter().filter(|direct| **direct).count(), 1);
    for function in [SLEEPER, QUICK] {
        assert_eq!(kernel.version(function), Some(FIRST));
    }
}

#[test]
fn a_direct_route_that_somebody_is_in_the_way_of_stays() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    crate::faults::fail(&kernel, klp_sim::Fallible::DetachDirect, 0);
    assert_eq!(kernel.disable(FIRST), Err(Error::Taken));
    for function in [SLEEPER, QUICK] {
        assert_eq!(kernel.version(function), Some(FIRST));
    }
    let sites = kernel.with(|world| [SLEEPER, QUICK].map(|f| world.sites[f]));
    assert!(sites.iter().any(|site| site.direct.is_some()));
    assert!(
        !sites
            .iter()
            .any(|site| site.direct.is_some() && site.traced),
        "{sites:?}"
    );
    kernel.off(FIRST);
    assert_clean(&kernel);
}

#[test]
fn calls_are_routed_anew_when_others_redirect_as_well() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let routes = |kernel: &Kernel| {
        let site = kernel.with(|world| world.sites[QUICK]);
        (site.traced, site.direct.is_some())
    };
    kernel.run(Op::Reroute).unwrap();
    assert_eq!(routes(&kernel), (true, false), "handlers first");
    assert_eq!(kernel.version(QUICK), Some(FIRST));
    kernel.settle();
    assert_eq!(routes(&kernel), (false, true), "then the cheapest way");
}

#[test]
fn the_code_of_a_function_that_tasks_may_be_in_is_not_changed() {
    let mut kernel = Kernel::new();
    let task = kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    kernel.run(Op::Force(FIRST)).unwrap();
    while kernel.wants_tick() {
        kernel.run(Op::Tick).unwrap();
    }
    let direct = kernel.with(|world| world.sites[SLEEPER].direct);
    assert!(direct.is_some(), "it has a direct route all the same");
    assert_eq!(kernel.task(task, |task| task.stack.len()), 2, "still in it");
    kernel.go_on(task);
    kernel.off(FIRST);
    assert_clean(&kernel);
}
