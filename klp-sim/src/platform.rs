// SPDX-License-Identifier: GPL-2.0-only
//! The simulated kernel, as the engine sees it. Other CPUs go on between any two of its calls.

use crate::fault::Fallible;
use crate::search::Search;
use crate::task::{Kind, Mode, State, Task};
use crate::world::World;
use crate::worlds::Worlds;
use klp_runtime::contract::VMLINUX;
use klp_runtime::{
    Callback, Code, Direct, Errno, Error, FuncStack, Line, Memory, Nudge, OldFunc, Patch,
    PatchState, Platform, Stack, TaskKind,
};
use std::alloc::Layout;
use std::cell::RefCell;
use std::fmt;
use std::hash::Hash;
use std::mem;
use std::ptr::NonNull;
use std::rc::Rc;

/// A handle on a simulated kernel, or on all those that a search is in.
#[derive(Clone)]
pub struct Sim(Rc<RefCell<Worlds>>);

/// A task, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pid(pub usize);

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task:{}", self.0)
    }
}

/// As often as not, nothing happens between two calls; the rest is shared by what can happen.
const DULL: usize = 12;

impl Sim {
    /// A handle.
    pub fn new(world: World) -> Self {
        Self::of(Worlds::one(world))
    }

    pub(crate) fn of(worlds: Worlds) -> Self {
        Self(Rc::new(RefCell::new(worlds)))
    }

    /// Looks at the kernel, or changes it.
    pub fn with<R>(&self, f: impl FnOnce(&mut World) -> R) -> R {
        self.worlds(|worlds| f(worlds.first()))
    }

    /// The same happens in all kernels that a search is in.
    pub(crate) fn each<R>(&self, f: impl FnMut(&mut World) -> R) -> R {
        self.worlds(|worlds| worlds.each(f))
    }

    pub(crate) fn worlds<R>(&self, f: impl FnOnce(&mut Worlds) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }

    /// Looks at what others may have changed.
    fn ask<R>(&self, Pid(pid): Pid, f: impl Fn(&Task) -> R) -> R
    where
        R: Clone + Hash + Eq + 'static,
    {
        self.worlds(|worlds| worlds.ask(pid, f))
    }

    /// Something happens to a task.
    fn around<R>(&self, Pid(pid): Pid, f: impl FnMut(&mut World) -> R) -> R {
        self.worlds(|worlds| worlds.around(pid, f))
    }

    /// Whether a task is not the idle one of a CPU that is offline.
    fn is_online(&self, Pid(pid): Pid) -> bool {
        self.worlds(|worlds| worlds.one_with(pid).is_online(pid))
    }

    /// The engine does something that a search has to know of.
    fn does(&self, f: impl FnOnce(&mut Search)) {
        self.worlds(|worlds| worlds.search.as_mut().map_or((), f));
    }

    /// Lets other CPUs go on for a while, or not.
    fn interleave(&self) {
        self.worlds(|worlds| match worlds.search {
            Some(_) => worlds.others(&|_| false),
            None => by_chance(worlds.first()),
        });
    }

    fn may_fail(&self, what: Fallible) -> Result<(), Error> {
        self.with(|world| world.may_fail(what))
    }

    /// Waits until none of the tasks is where `waits` says, of those that are now.
    fn wait_while(&self, waits: impl Fn(&Task) -> bool) {
        self.each(|world| {
            let waiting = world.tasks.iter().filter(|task| waits(task));
            world.waiting = waiting.map(|task| task.pid).collect();
        });
        if self.worlds(|worlds| worlds.goes_all_ways()) {
            return self.worlds(|worlds| worlds.others(&waits));
        }
        self.each(|world| {
            for pid in mem::take(&mut world.waiting) {
                while let Some(at) = world.index(pid).filter(|at| waits(&world.tasks[*at])) {
                    world.step(at);
                }
            }
        });
        self.interleave();
    }

    fn visit(&self, visit: &mut dyn FnMut(Pid), wanted: impl Fn(Kind) -> bool) {
        let pids = self.worlds(|worlds| worlds.pids(|task| wanted(task.kind)));
        self.with(|world| world.tasks_locked = true);
        self.does(Search::visit);
        for pid in pids {
            self.worlds(|worlds| worlds.visits(Some(pid)));
            visit(Pid(pid));
        }
        self.worlds(|worlds| worlds.visits(None));
        self.with(|world| world.tasks_locked = false);
        self.interleave();
    }
}

/// Other CPUs go on for a while, or not.
fn by_chance(world: &mut World) {
    loop {
        let acts = world.acts();
        let next = world
            .choices
            .rarely(acts.len() + 1, DULL * acts.len().max(1));
        match next.checked_sub(1).and_then(|next| acts.get(next)) {
            Some(act) => world.act(*act),
            None => return,
        }
    }
}

impl Memory for Sim {
    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        self.may_fail(Fallible::Allocate).ok()?;
        self.with(|world| world.accounts.allocate(layout))
    }

    unsafe fn free(&self, memory: NonNull<u8>, layout: Layout) {
        // SAFETY: not used, by the caller.
        if !self.with(|world| unsafe { world.accounts.free(memory, layout) }) {
            let what = "memory is freed that was not given out";
            self.each(|world| world.oracle.violated(what.into()));
        }
    }
}

impl Platform for Sim {
    type Task = Pid;
    type Object = &'static str;
    type Module = usize;
    type Hook = usize;

    fn find_object(&self, name: &str) -> Option<&'static str> {
        self.with(|world| {
            let catalog = world.config.catalog;
            let mut objects = [VMLINUX].iter().chain(catalog.modules);
            let object = *objects.find(|object| **object == name)?;
            world.is_live(object).then_some(object)
        })
    }

    fn resolve(&self, object: &'static str, symbol: &str, sympos: u64) -> Result<OldFunc, Error> {
        let catalog = self.with(|world| world.config.catalog);
        let function = catalog.find(object, symbol, sympos)?;
        self.may_fail(Fallible::Resolve)?;
        Ok(catalog.old(function))
    }

    fn new_code(&self, address: usize) -> Result<Code, Error> {
        self.with(|world| {
            let catalog = world.config.catalog;
            let patch = catalog.patch_at(address).ok_or(Error::NoSymbol)?;
            let function = catalog.function_at(address).ok_or(Error::NoSymbol)?;
            Ok(catalog.new_func(patch, function))
        })
    }

    fn relocate(&self, module: usize, object: &'static str) -> Result<(), Error> {
        self.may_fail(Fallible::Relocate)?;
        self.each(|world| world.relocated.push((module, object)));
        Ok(())
    }

    fn unrelocate(&self, module: usize, object: &'static str) {
        self.each(|world| {
            let at = world
                .relocated
                .iter()
                .position(|done| *done == (module, object));
            match at {
                Some(at) => drop(world.relocated.remove(at)),
                None => world
                    .oracle
                    .violated("relocations are undone that were not done".into()),
            }
        });
    }

    fn acquire(&self, patch: &Patch<Self>) -> Result<(), Error> {
        self.may_fail(Fallible::Acquire)?;
        self.each(|world| world.acquired.push(patch.module()));
        Ok(())
    }

    fn release(&self, patch: &Patch<Self>) {
        self.each(|world| {
            let module = patch.module();
            if !patch.forced() {
                world.acquired.retain(|acquired| *acquired != module);
            }
            world.relocated.retain(|(of, _)| *of != module);
            let World { oracle, tasks, .. } = world;
            oracle.release(world.config.catalog, module, patch.forced(), tasks);
        });
    }

    fn hook(&self, old: &OldFunc) -> usize {
        let catalog = self.with(|world| world.config.catalog);
        catalog.function_at(old.code.start).unwrap_or_default()
    }

    fn attach_handler(&self, hook: &mut usize, stack: &FuncStack) -> Result<(), Error> {
        self.may_fail(Fallible::AttachHandler)?;
        self.interleave();
        self.each(|world| {
            world.sites[*hook].handler = Some(stack);
            world.sites[*hook].traced = true;
        });
        self.interleave();
        Ok(())
    }

    fn detach_handler(&self, hook: &mut usize) {
        self.interleave();
        self.each(|world| world.sites[*hook].traced = false);
        self.wait_while(|task| task.is_entering(*hook));
        self.each(|world| world.sites[*hook].handler = None);
    }

    fn attach_direct(&self, hook: &mut usize, direct: Direct) -> Result<(), Error> {
        self.may_fail(Fallible::AttachDirect)?;
        self.interleave();
        self.each(|world| world.attach_direct(*hook, direct));
        self.interleave();
        Ok(())
    }

    fn detach_direct(&self, hook: &mut usize) -> Result<(), Error> {
        // What a module that goes has in its way goes with it.
        if self.with(|world| world.is_live(world.config.catalog.functions[*hook].object)) {
            self.may_fail(Fallible::DetachDirect)?;
        }
        self.interleave();
        self.each(|world| world.sites[*hook].direct = None);
        self.wait_while(|task| task.is_entering(*hook));
        Ok(())
    }

    fn set_target(&self, target: PatchState) -> Result<(), Error> {
        let free = self.with(|world| world.target == PatchState::Undefined);
        if free && target != PatchState::Undefined {
            self.may_fail(Fallible::SetTarget)?;
        }
        self.each(|world| world.target = target);
        self.interleave();
        Ok(())
    }

    fn for_each_task(&self, visit: &mut dyn FnMut(Pid)) {
        self.visit(visit, |kind| !matches!(kind, Kind::Idle(_)));
    }

    fn for_each_idle_task(&self, visit: &mut dyn FnMut(Pid, bool)) {
        self.visit(&mut |pid| visit(pid, self.is_online(pid)), |kind| {
            matches!(kind, Kind::Idle(_))
        });
    }

    fn kind(&self, task: Pid) -> TaskKind {
        self.worlds(|worlds| worlds.one_with(task.0).task(task.0).kind.into())
    }

    fn state(&self, task: Pid) -> PatchState {
        self.ask(task, |task| task.state).into()
    }

    fn set_state(&self, task: Pid, state: PatchState) {
        self.does(|search| search.switches(state));
        self.around(task, |world| {
            world.task_mut(task.0).state = State::from(state);
        });
        self.interleave();
    }

    fn pending(&self, task: Pid) -> bool {
        self.ask(task, |task| task.pending)
    }

    fn set_pending(&self, task: Pid, pending: bool) {
        self.does(|search| search.does(&pending));
        self.interleave();
        self.around(task, |world| world.task_mut(task.0).pending = pending);
        self.interleave();
    }

    fn with_stack(&self, task: Pid, look: &mut dyn FnMut(Stack<'_>)) {
        self.interleave();
        let catalog = self.with(|world| world.config.catalog);
        let (running, unreliable, addresses) = self.ask(task, |task| {
            (task.running, task.unreliable, task.addresses(catalog))
        });
        // The idle task of a CPU that is offline is as good as running there.
        let running = running || !self.is_online(task);
        self.around(task, |world| {
            world.pinned = (!running).then_some(task.0);
        });
        self.does(|search| search.looks(true));
        look(match (running, unreliable) {
            (true, _) => Stack::Running,
            (_, true) => Stack::Unreliable,
            _ => Stack::Addresses(&addresses),
        });
        self.does(|search| search.looks(false));
        self.around(task, |world| world.pinned = None);
    }

    fn nudge(&self, task: Pid, nudge: Nudge) {
        self.does(|search| search.does(&(nudge as usize)));
        self.around(task, |world| {
            let Some(at) = world.index(task.0) else {
                return;
            };
            if matches!(nudge, Nudge::Signal | Nudge::Kick) {
                world.tasks[at].signalled |= nudge == Nudge::Signal || world.tasks[at].running;
            }
            if nudge != Nudge::Kick && world.tasks[at].mode == Mode::Asleep {
                world.wake(at);
            }
        });
        self.interleave();
    }

    fn synchronize(&self) {
        self.wait_while(|task| task.preemption_disabled());
    }

    fn breathe(&self) {
        self.interleave();
    }

    fn call(&self, callback: &Callback<'_, Self>) -> Result<(), Errno> {
        self.interleave();
        let refusal = self.each(|world| {
            world.called(callback);
            world.refusal(callback.kind, callback.name)
        });
        self.each(|world| {
            let patch = world
                .config
                .catalog
                .patch(callback.patch.name())
                .unwrap_or_default();
            let is_module = world.config.catalog.modules.contains(&callback.object);
            if is_module && !world.modules.contains_key(callback.object) {
                let what = format!("{:?} of a module that is gone", callback.kind);
                world.oracle.violated(what);
            }
            world
                .oracle
                .callback(patch, callback.object, callback.kind, refusal.is_none());
        });
        self.interleave();
        refusal.map_or(Ok(()), Err)
    }

    fn now(&self) -> u64 {
        self.with(|world| world.now)
    }

    fn retry_after(&self, nanoseconds: u64) {
        self.each(|world| world.retry = Some(world.now + nanoseconds));
    }

    fn log(&self, line: &Line<'_>) {
        self.worlds(|worlds| worlds.say(line));
        self.each(|world| {
            world.printed(line);
            let World { oracle, tasks, .. } = world;
            match line {
                Line::Completing(_, target) => {
                    oracle.completing(world.config.catalog, *target, tasks);
                }
                Line::Reversing(..) => oracle.reversing(world.config.catalog, tasks),
                Line::Forcing => oracle.forcing(world.config.catalog),
                _ => {}
            }
        });
    }
}
