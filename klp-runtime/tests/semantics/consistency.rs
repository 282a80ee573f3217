// SPDX-License-Identifier: GPL-2.0-only
//! Consistency, per task: reliable stack check, kernel-exit switch, idle tasks, fork inheritance,
//! interrupts inherit; one transition at a time; reversal; forced completion blocks removal for
//! good; blocking tasks can be seen and nudged.

use crate::catalog::{CATALOG, CUMULATIVE, FIRST, IN_A, QUICK, SECOND, SLEEPER, THIRD};
use crate::faults::fail;
use crate::kernel::Kernel;
use klp_runtime::{Error, PatchState, Phase, Policy, Target};
use klp_sim::task::{Base, Entry, Frame, Kind, Mode};
use klp_sim::{Act, Fallible, Op};

/// A task sleeps in the old function while the patch is enabled.
fn blocked() -> (Kernel, usize) {
    let mut kernel = Kernel::new();
    let task = kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    (kernel, task)
}

/// The tasks that hold the transition up, and why.
fn blocking(kernel: &Kernel) -> Vec<String> {
    let mut blocking = Vec::new();
    kernel
        .engine()
        .blocking(&mut |task, reason| blocking.push(format!("{task} {reason}")));
    blocking
}

#[test]
fn a_task_in_the_old_function_switches_when_it_has_left() {
    let (mut kernel, task) = blocked();
    kernel.look();
    assert_eq!(kernel.state(task), PatchState::Unpatched);
    assert!(kernel.in_transition());
    kernel.go_on(task);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn a_task_in_the_new_function_switches_back_when_it_has_left() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.sleep_in(SLEEPER);
    kernel.disable(FIRST).unwrap();
    kernel.look();
    assert_eq!(kernel.state(task), PatchState::Patched);
    kernel.go_on(task);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn a_task_elsewhere_switches_at_the_first_look() {
    let (kernel, task) = blocked();
    let [first, second] = kernel.users();
    assert_eq!(task, first);
    assert_eq!(kernel.state(second), PatchState::Patched);
}

#[test]
fn each_task_calls_its_own_version_in_a_transition() {
    let (kernel, task) = blocked();
    assert_eq!(kernel.version_for(task, QUICK), None);
    assert_eq!(kernel.version(QUICK), Some(FIRST));
}

#[test]
fn a_stack_that_is_not_reliable_is_no_proof() {
    let mut kernel = Kernel::new();
    let task = kernel.users()[0];
    kernel.task(task, |task| {
        task.mode = Mode::Asleep;
        task.unreliable = true;
        task.stack.push(Frame::Base(Base::Syscall, &[], 0));
    });
    kernel.enable(FIRST).unwrap();
    kernel.look();
    assert_eq!(kernel.state(task), PatchState::Unpatched);
    assert_eq!(
        blocking(&kernel),
        [format!("task:{task} has an unreliable stack")]
    );
    kernel.task(task, |task| task.unreliable = false);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn a_task_that_was_sent_on_its_way_but_has_not_arrived_waits() {
    for disables in [false, true] {
        let mut kernel = match disables {
            false => Kernel::new(),
            true => Kernel::with_patches(&[FIRST]),
        };
        let task = kernel.users()[0];
        kernel.task(task, |task| {
            task.mode = Mode::Kernel;
            task.stack.push(Frame::Base(Base::Syscall, &[], 0));
            task.stack.push(Frame::Entry(QUICK, Entry::Called));
        });
        kernel.step(task);
        match disables {
            false => kernel.enable(FIRST).unwrap(),
            true => kernel.disable(FIRST).unwrap(),
        }
        kernel.look();
        assert_eq!(
            blocking(&kernel),
            [format!("task:{task} is sleeping on function quick")]
        );
        kernel.go_on(task);
    }
}

#[test]
fn a_task_that_a_handler_sent_to_the_new_function_waits_when_the_patch_goes() {
    let (mut kernel, _) = blocked();
    let task = kernel.users()[1];
    kernel.task(task, |task| {
        task.mode = Mode::Kernel;
        task.stack.push(Frame::Base(Base::Syscall, &[], 0));
        task.stack.push(Frame::Entry(QUICK, Entry::Called));
    });
    // Into the handler, and out of it.
    kernel.step(task);
    kernel.step(task);
    let sent = kernel.task(task, |task| task.functions().next());
    assert_eq!(sent.and_then(|start| CATALOG.patch_at(start)), Some(FIRST));
    kernel.disable(FIRST).unwrap();
    kernel.look();
    assert_eq!(
        blocking(&kernel),
        [format!("task:{task} is sleeping on function quick")]
    );
}

#[test]
fn a_task_switches_when_it_leaves_the_kernel() {
    let (kernel, task) = blocked();
    assert!(kernel.task(task, |task| task.pending));
    kernel.go_on(task);
    assert_eq!(kernel.state(task), PatchState::Patched);
    assert!(!kernel.task(task, |task| task.pending));
}

#[test]
fn a_running_task_is_not_looked_into_but_kicked() {
    let mut kernel = Kernel::new();
    let pid = kernel.users()[0];
    kernel.with(|world| world.act(Act::Run(pid, 0)));
    kernel.enable(FIRST).unwrap();
    assert_eq!(kernel.state(pid), PatchState::Unpatched);
    assert!(blocking(&kernel).contains(&format!("task:{pid} is running")));
    assert!(kernel.task(pid, |task| task.signalled), "it was kicked");
    kernel.step(pid);
    kernel.step(pid);
    kernel.step(pid);
    assert_eq!(kernel.state(pid), PatchState::Patched);
}

#[test]
fn an_idle_task_switches_in_its_loop() {
    let (kernel, _) = blocked();
    assert_eq!(kernel.state(0), PatchState::Unpatched);
    kernel.go_on(0);
    assert_eq!(kernel.state(0), PatchState::Patched);
}

#[test]
fn the_idle_task_of_an_offline_cpu_switches_at_once() {
    let mut kernel = Kernel::new();
    kernel.with(|world| world.act(Act::Hotplug(1)));
    kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    assert_eq!(kernel.state(0), PatchState::Unpatched);
    assert_eq!(kernel.state(1), PatchState::Patched);
    kernel.with(|world| world.act(Act::Hotplug(1)));
}

#[test]
fn a_kernel_thread_switches_while_it_sleeps() {
    let mut kernel = Kernel::boot(1, Policy::default());
    let kthread = 2;
    assert_eq!(kernel.task(kthread, |task| task.kind), Kind::Kthread);
    while kernel.task(kthread, |task| task.mode != Mode::Asleep) {
        kernel.step(kthread);
    }
    kernel.enable(FIRST).unwrap();
    assert_eq!(kernel.state(kthread), PatchState::Unpatched);
    assert_eq!(
        kernel.task(kthread, |task| task.mode),
        Mode::Kernel,
        "it was woken"
    );
    while kernel.task(kthread, |task| task.mode != Mode::Asleep) {
        kernel.step(kthread);
    }
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn a_new_task_has_its_parents_state() {
    let (kernel, task) = blocked();
    for parent in [task, kernel.users()[1]] {
        let child = kernel.with(|world| {
            let at = world.tasks.iter().position(|task| task.pid == parent);
            world.act(Act::Fork(at.unwrap()));
            world.tasks.last().unwrap().pid
        });
        assert_eq!(kernel.state(child), kernel.state(parent));
        let pending = |pid| kernel.task(pid, |task| task.pending);
        assert_eq!(pending(child), pending(parent));
        assert_eq!(
            kernel.version_for(child, QUICK),
            kernel.version_for(parent, QUICK)
        );
    }
}

#[test]
fn a_new_task_that_has_yet_to_switch_holds_the_transition_up() {
    let (mut kernel, task) = blocked();
    kernel.with(|world| world.act(Act::Fork(task)));
    let child = kernel.with(|world| world.tasks.last().unwrap().pid);
    kernel.task(child, |task| task.unreliable = true);
    kernel.go_on(task);
    kernel.look();
    assert!(kernel.in_transition());
    kernel.task(child, |task| task.unreliable = false);
    kernel.look();
    assert!(!kernel.in_transition());
}

#[test]
fn an_interrupt_has_the_state_of_the_task_that_it_interrupts() {
    let (kernel, task) = blocked();
    let other = kernel.users()[1];
    for (pid, version) in [(task, None), (other, Some(FIRST))] {
        let before = kernel.task(pid, |task| task.clone());
        kernel.with(|world| world.act(Act::Interrupt(pid)));
        assert_eq!(kernel.version_for(pid, QUICK), version);
        kernel.task(pid, |task| *task = before);
    }
}

#[test]
fn only_one_transition_is_under_way_at_a_time() {
    let (mut kernel, _) = blocked();
    assert_eq!(kernel.enable(SECOND), Err(Error::InTransition));
    assert_eq!(kernel.enable(CUMULATIVE), Err(Error::InTransition));
}

#[test]
fn no_patch_is_disabled_while_another_is_in_transition() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.sleep_in(SLEEPER);
    kernel.enable(FIRST).unwrap();
    assert_eq!(kernel.disable(SECOND), Err(Error::InTransition));
}

#[test]
fn the_kernels_own_transitions_are_waited_for() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    fail(&kernel, Fallible::SetTarget, 0);
    assert_eq!(kernel.enable(SECOND), Err(Error::InTransition));
    fail(&kernel, Fallible::SetTarget, 0);
    assert_eq!(kernel.disable(FIRST), Err(Error::InTransition));
    assert_eq!(kernel.version(QUICK), Some(FIRST));
}

#[test]
fn a_transition_can_be_reversed() {
    let (mut kernel, task) = blocked();
    // Idle tasks switch to the patch,
    kernel.look();
    kernel.disable(FIRST).unwrap();
    assert_eq!(kernel.target(), Some(Target::Unpatched));
    assert_eq!(kernel.state(task), PatchState::Unpatched);
    // and back.
    kernel.look();
    assert!(!kernel.in_transition());
    assert_eq!(kernel.version(QUICK), None);
    assert_eq!(kernel.engine().patches().len(), 0);
}

#[test]
fn a_transition_can_be_reversed_twice() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    let task = kernel.sleep_in(SLEEPER);
    kernel.disable(FIRST).unwrap();
    kernel.look();
    kernel.set_enabled(FIRST, true).unwrap();
    assert_eq!(kernel.engine().phase(), Phase::Running(Target::Patched));
    kernel.go_on(0);
    kernel.disable(FIRST).unwrap();
    assert_eq!(kernel.engine().phase(), Phase::Running(Target::Unpatched));
    kernel.go_on(task);
    kernel.look();
    assert_eq!(kernel.engine().patches().len(), 0);
}

#[test]
fn a_task_that_stayed_needs_not_switch_after_a_reversal() {
    let (mut kernel, task) = blocked();
    kernel.disable(FIRST).unwrap();
    kernel.look();
    assert!(
        !kernel.in_transition(),
        "the task in the old function may stay there"
    );
    assert_eq!(kernel.task(task, |task| task.stack.len()), 2);
}

#[test]
fn a_forced_transition_waits_for_nobody() {
    let (mut kernel, task) = blocked();
    kernel.run(Op::Force(FIRST)).unwrap();
    assert!(!kernel.in_transition());
    assert_eq!(kernel.state(task), PatchState::Undefined);
    assert_eq!(kernel.version(QUICK), Some(FIRST));
    assert!(
        kernel
            .lines()
            .contains(&"forcing remaining tasks to the patched state".into())
    );
}

#[test]
fn a_patch_that_was_forced_away_is_never_removed() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    kernel.sleep_in(SLEEPER);
    kernel.disable(FIRST).unwrap();
    kernel.run(Op::Force(FIRST)).unwrap();
    assert!(!kernel.in_transition());
    assert!(kernel.engine().patch("first").is_none(), "it is off");
    assert!(
        kernel.with(|world| world.acquired.contains(&FIRST)),
        "and stays"
    );
}

#[test]
fn patches_that_were_replaced_by_force_are_never_removed() {
    let mut kernel = Kernel::with_patches(&[FIRST, SECOND]);
    kernel.sleep_in(SLEEPER);
    kernel.enable(CUMULATIVE).unwrap();
    kernel.run(Op::Force(CUMULATIVE)).unwrap();
    assert_eq!(kernel.engine().patches().len(), 1);
    kernel.off(CUMULATIVE);
    assert_eq!(kernel.with(|world| world.acquired.clone()), [FIRST, SECOND]);
}

#[test]
fn a_patch_that_was_forced_on_can_be_removed() {
    let (mut kernel, task) = blocked();
    kernel.run(Op::Force(FIRST)).unwrap();
    assert!(!kernel.engine().patch("first").unwrap().forced());
    kernel.go_on(task);
    kernel.off(FIRST);
    assert!(kernel.with(|world| world.acquired.is_empty()));
}

#[test]
fn a_task_that_was_forced_past_a_version_holds_up_who_takes_it_away() {
    let mut kernel = Kernel::new();
    kernel.load("mod_a").unwrap();
    kernel.on(SECOND);
    let task = kernel.sleep_in(IN_A);
    kernel.enable(THIRD).unwrap();
    kernel.run(Op::Force(THIRD)).unwrap();
    kernel.enable(CUMULATIVE).unwrap();
    kernel.look();
    assert_eq!(
        blocking(&kernel)[0],
        format!("task:{task} is sleeping on function in_a")
    );
    kernel.go_on(task);
    kernel.settle();
    assert!(!kernel.in_transition());
}

#[test]
fn only_the_transition_under_way_can_be_forced() {
    let mut kernel = Kernel::with_patches(&[FIRST]);
    assert_eq!(kernel.run(Op::Force(FIRST)), Err(Error::NotInTransition));
    kernel.enable(SECOND).unwrap();
    assert_eq!(kernel.run(Op::Force(FIRST)), Err(Error::NotInTransition));
}

#[test]
fn blocking_tasks_can_be_seen() {
    let (mut kernel, task) = blocked();
    assert_eq!(
        blocking(&kernel),
        [
            format!("task:{task} is sleeping on function sleeper"),
            "task:0 is running".into(),
            "task:1 is running".into(),
        ]
    );
    let mut places = Vec::new();
    let engine = kernel.engine();
    engine.blocking(&mut |_, reason| places.push(format!("{reason:#}")));
    let place = &places[0];
    assert!(
        place.starts_with("is sleeping on function sleeper+0x") && place.ends_with(" calls deep"),
        "{place}"
    );
    kernel.settle();
    assert!(blocking(&kernel).is_empty());
}

#[test]
fn who_sleeps_in_a_patched_function_is_made_to_leave() {
    let (kernel, task) = blocked();
    let (signalled, mode) = kernel.task(task, |task| (task.signalled, task.mode));
    assert!(signalled);
    assert_eq!(mode, Mode::Kernel, "it was woken");
}

#[test]
fn calls_of_one_function_at_a_time_get_their_direct_routes() {
    let mut kernel = Kernel::new();
    kernel.enable(FIRST).unwrap();
    while kernel.in_transition() {
        kernel.look();
    }
    let mut looks = 0;
    while kernel.wants_tick() {
        kernel.run(Op::Tick).unwrap();
        looks += 1;
    }
    let patch = kernel.engine().patches().next().unwrap();
    let patched = patch.objects().iter().filter(|object| object.patched());
    let funcs: usize = patched.map(|object| object.funcs().len()).sum();
    assert!(funcs > 1);
    // The last look finds that there is none left.
    assert_eq!(looks, funcs + 1);
}

#[test]
fn the_engine_looks_again_by_itself() {
    let (mut kernel, _) = blocked();
    assert!(kernel.wants_tick());
    kernel.settle();
    assert!(!kernel.in_transition());
    kernel.run(Op::Tick).unwrap();
    assert!(!kernel.wants_tick(), "a late timer does nothing");
}
