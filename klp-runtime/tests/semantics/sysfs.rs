// SPDX-License-Identifier: GPL-2.0-only
//! What sysfs shows: enabled, transition, force, replace, stack_order, per-object patched; per-task
//! state readable. `force` is in [`consistency`](crate::consistency).

use crate::catalog::{CUMULATIVE, FIRST, SECOND, SLEEPER, THIRD};
use crate::kernel::Kernel;
use klp_runtime::{PatchState, Phase, Platform, Target, TaskKind};
use klp_sim::Pid;

/// `enabled` of a patch, and `transition`.
fn attributes(kernel: &Kernel, name: &str) -> (bool, bool) {
    let patch = kernel.engine().patch(name).unwrap();
    let moving = kernel.engine().in_transition().map(|patch| patch.name());
    (patch.enabled(), moving == Some(name))
}

#[test]
fn enabled_and_transition_follow_a_patch_through_its_life() {
    let mut kernel = Kernel::new();
    kernel.enable(FIRST).unwrap();
    assert_eq!(attributes(&kernel, "first"), (true, true));
    kernel.settle();
    assert_eq!(attributes(&kernel, "first"), (true, false));
    kernel.disable(FIRST).unwrap();
    assert_eq!(attributes(&kernel, "first"), (false, true));
    // One task has switched, and is to switch back.
    kernel.go_on(0);
    kernel.set_enabled(FIRST, true).unwrap();
    assert_eq!(attributes(&kernel, "first"), (true, true));
}

#[test]
fn transition_is_shown_for_one_patch_only() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.enable(SECOND).unwrap();
    assert_eq!(attributes(&kernel, "first"), (true, false));
    assert_eq!(attributes(&kernel, "second"), (true, true));
}

#[test]
fn the_phase_says_where_the_transition_leads() {
    let mut kernel = Kernel::new();
    assert_eq!(kernel.engine().phase(), Phase::Idle);
    assert_eq!(kernel.target(), None);
    kernel.enable(FIRST).unwrap();
    assert_eq!(kernel.engine().phase(), Phase::Running(Target::Patched));
    // One task has switched, and is to switch back.
    kernel.go_on(0);
    kernel.disable(FIRST).unwrap();
    assert_eq!(kernel.engine().phase(), Phase::Running(Target::Unpatched));
}

#[test]
fn stack_order_is_that_of_enabling() {
    let mut kernel = Kernel::with_patches(&[THIRD, FIRST, SECOND]);
    let order = |kernel: &Kernel| -> Vec<_> {
        let patches = kernel.engine().patches();
        patches.map(|patch| patch.module()).collect()
    };
    assert_eq!(order(&kernel), [THIRD, FIRST, SECOND]);
    kernel.off(SECOND);
    assert_eq!(order(&kernel), [THIRD, FIRST]);
}

#[test]
fn replace_is_what_the_patch_says() {
    let kernel = Kernel::with_patches(&[CUMULATIVE, FIRST]);
    let replace: Vec<_> = kernel
        .engine()
        .patches()
        .map(|patch| patch.spec().replace)
        .collect();
    assert_eq!(replace, [true, false]);
}

#[test]
fn each_object_shows_whether_it_is_patched() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    let patched = |kernel: &Kernel| -> Vec<_> {
        let patch = kernel.engine().patch("second").unwrap();
        patch
            .objects()
            .iter()
            .map(|object| object.patched())
            .collect()
    };
    assert_eq!(patched(&kernel), [true, false]);
    kernel.load("mod_a").unwrap();
    assert_eq!(patched(&kernel), [true, true]);
    kernel.unload("mod_a");
    assert_eq!(patched(&kernel), [true, false]);
}

#[test]
fn each_tasks_state_can_be_read() {
    let mut kernel = Kernel::new();
    let [task, other] = kernel.users();
    let state = |kernel: &Kernel, pid| kernel.engine().platform().state(Pid(pid));
    assert_eq!(state(&kernel, task), PatchState::Undefined);
    assert_eq!(kernel.sleep_in(SLEEPER), task);
    kernel.enable(FIRST).unwrap();
    assert_eq!(state(&kernel, task), PatchState::Unpatched);
    assert_eq!(state(&kernel, other), PatchState::Patched);
    let platform = kernel.engine().platform();
    assert!(platform.pending(Pid(task)) && !platform.pending(Pid(other)));
    assert_eq!(platform.kind(Pid(task)), TaskKind::User);
}

#[test]
fn stats_tell_what_a_transition_has_cost() {
    let mut kernel = Kernel::new();
    kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    let stats = kernel.engine().stats();
    assert_eq!((stats.transitions, stats.passes), (0, 1));
    assert_eq!(stats.nudges, 3, "the sleeping task and two idle ones");
    kernel.settle();
    let stats = kernel.engine().stats();
    assert_eq!((stats.transitions, stats.passes), (1, 2));
    // The first retry.
    assert_eq!(stats.duration, 1_000_000);
    assert_eq!(stats.started, 0);
}

#[test]
fn there_is_a_line_for_each_step() {
    let mut kernel = Kernel::new();
    kernel.on(FIRST);
    assert_eq!(
        kernel.lines(),
        [
            "enabling patch 'first'",
            "'first': initializing patching transition",
            "'first': starting patching transition",
            "'first': completing patching transition",
            "'first': patching complete",
        ]
    );
}
