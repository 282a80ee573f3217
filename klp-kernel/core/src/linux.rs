// SPDX-License-Identifier: GPL-2.0-only
//! Linux as the engine sees it: which part of this crate does what.

use crate::hook::Hook;
use crate::loaded::Handle;
use crate::object::Loadable;
use crate::{clock, graveyard, log, nudge, object, stack, symbols, target, task, worker};
use klp_runtime::{
    Callback, Code, Direct, Errno, Error, FuncStack, Line, Nudge, OldFunc, Patch, PatchState, Platform,
    Stack, TaskKind,
};

/// The kernel that the core runs in.
///
/// Its state is the kernel's own, or in statics of this crate that the lock of the engine guards.
#[derive(Clone, Copy)]
pub struct Linux;

impl Platform for Linux {
    type Task = task::Task;
    type Object = Loadable;
    type Module = Handle;
    type Hook = Hook;

    fn find_object(&self, name: &str) -> Option<Loadable> {
        object::find(name)
    }

    fn resolve(&self, object: Loadable, symbol: &str, sympos: u64) -> Result<OldFunc, Error> {
        symbols::old_func(object, symbol, sympos)
    }

    fn new_code(&self, address: usize) -> Result<Code, Error> {
        symbols::code(address)
    }

    fn relocate(&self, patch: Handle, object: Loadable) -> Result<(), Error> {
        patch.get().relocate(object)
    }

    fn unrelocate(&self, patch: Handle, object: Loadable) {
        patch.get().unrelocate(object);
    }

    fn acquire(&self, patch: &Patch<Self>) -> Result<(), Error> {
        let module = patch.module();
        module.get().acquire(patch).inspect_err(|_| {
            // Not here: who reads in a folder that is there already may be waiting for the lock.
            if module.get().acquired() {
                graveyard::put(module, false);
            }
        })
    }

    fn release(&self, patch: &Patch<Self>) {
        graveyard::put(patch.module(), patch.forced());
    }

    fn hook(&self, old: &OldFunc) -> Hook {
        Hook::new(old)
    }

    fn attach_handler(&self, hook: &mut Hook, stack: &FuncStack) -> Result<(), Error> {
        hook.attach_handler(stack)
    }

    fn detach_handler(&self, hook: &mut Hook) {
        hook.detach_handler();
    }

    fn attach_direct(&self, hook: &mut Hook, direct: Direct) -> Result<(), Error> {
        hook.attach_direct(direct)
    }

    fn detach_direct(&self, hook: &mut Hook) -> Result<(), Error> {
        hook.detach_direct()
    }

    fn set_target(&self, target: PatchState) -> Result<(), Error> {
        target::set(target)
    }

    fn for_each_task(&self, visit: &mut dyn FnMut(task::Task)) {
        task::for_each(visit);
    }

    fn for_each_idle_task(&self, visit: &mut dyn FnMut(task::Task, bool)) {
        task::for_each_idle(visit);
    }

    fn kind(&self, task: task::Task) -> TaskKind {
        task.kind()
    }

    fn state(&self, task: task::Task) -> PatchState {
        task.state()
    }

    fn set_state(&self, task: task::Task, state: PatchState) {
        task.set_state(state);
    }

    fn pending(&self, task: task::Task) -> bool {
        task.pending()
    }

    fn set_pending(&self, task: task::Task, pending: bool) {
        task.set_pending(pending);
    }

    fn with_stack(&self, task: task::Task, look: &mut dyn FnMut(Stack<'_>)) {
        stack::with(task, look);
    }

    fn nudge(&self, task: task::Task, nudge: Nudge) {
        nudge::nudge(task, nudge);
    }

    fn synchronize(&self) {
        clock::synchronize();
    }

    fn call(&self, callback: &Callback<'_, Self>) -> Result<(), Errno> {
        object::call(callback)
    }

    fn now(&self) -> u64 {
        clock::now()
    }

    fn retry_after(&self, nanoseconds: u64) {
        worker::retry_after(nanoseconds);
    }

    fn log(&self, line: &Line<'_>) {
        log::line(line);
    }
}
