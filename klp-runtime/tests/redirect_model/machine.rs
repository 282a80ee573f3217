// SPDX-License-Identifier: GPL-2.0-only
//! What the engine sees of the kernel.

use std::alloc::Layout;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use crate::kernel::{Kernel, Route};
use crate::patch::Patch;
use crate::patches::FUNCS;
use crate::quarantine::Quarantine;
use crate::{
    Callback, Code, Direct, Errno, Error, FuncStack, Line, Memory, Nudge, OldFunc, PatchState,
    Platform, Stack, TaskKind,
};

/// The kernel, as a platform.
#[derive(Clone)]
pub struct Machine(pub Rc<Kernel>);

/// The way that calls of a function take.
pub struct Hook {
    func: usize,
    route: Route,
}

/// A task, by number.
#[derive(Clone, Copy)]
pub struct Number(usize);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Machine {
    fn change(&self, hook: &mut Hook, change: impl FnOnce(&mut Route)) {
        change(&mut hook.route);
        self.0.set_route(hook.func, hook.route);
    }
}

impl Memory for Machine {
    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        Quarantine::allocate(layout)
    }

    unsafe fn free(&self, memory: NonNull<u8>, layout: Layout) {
        self.0.memory.free(memory, layout);
    }
}

impl Platform for Machine {
    type Task = Number;
    type Object = ();
    type Module = ();
    type Hook = Hook;

    fn find_object(&self, _name: &str) -> Option<()> {
        Some(())
    }

    fn resolve(&self, (): (), symbol: &str, _sympos: u64) -> Result<OldFunc, Error> {
        let mut funcs = FUNCS.iter();
        let func = funcs.find(|func| func.symbol == symbol);
        let code = self.new_code(func.ok_or(Error::NoSymbol)?.old)?;
        Ok(OldFunc { code, entry: code })
    }

    fn new_code(&self, address: usize) -> Result<Code, Error> {
        Ok(Code {
            start: address,
            size: 16,
        })
    }

    fn relocate(&self, (): (), (): ()) -> Result<(), Error> {
        Ok(())
    }

    fn unrelocate(&self, (): (), (): ()) {}

    fn acquire(&self, patch: &Patch<Self>) -> Result<(), Error> {
        self.0.text.load(patch.spec());
        Ok(())
    }

    fn release(&self, patch: &Patch<Self>) {
        if !patch.forced() {
            self.0.text.unload(patch.spec());
        }
    }

    fn hook(&self, old: &OldFunc) -> Hook {
        let mut funcs = FUNCS.iter();
        let func = funcs.position(|func| func.old == old.code.start).unwrap();
        let route = Route::NONE;
        Hook { func, route }
    }

    fn attach_handler(&self, hook: &mut Hook, stack: &FuncStack) -> Result<(), Error> {
        self.change(hook, |route| route.handler = stack);
        Ok(())
    }

    fn detach_handler(&self, hook: &mut Hook) {
        self.change(hook, |route| route.handler = ptr::null());
        self.synchronize();
    }

    fn attach_direct(&self, hook: &mut Hook, direct: Direct) -> Result<(), Error> {
        if !self.0.shape.direct {
            return Err(Error::Taken);
        }
        self.change(hook, |route| route.direct = Some(direct.stub));
        Ok(())
    }

    fn detach_direct(&self, hook: &mut Hook) -> Result<(), Error> {
        self.change(hook, |route| route.direct = None);
        self.synchronize();
        Ok(())
    }

    fn set_target(&self, target: PatchState) -> Result<(), Error> {
        self.0.set_target(target);
        Ok(())
    }

    fn for_each_task(&self, visit: &mut dyn FnMut(Number)) {
        (0..self.0.tasks.len()).map(Number).for_each(visit);
    }

    fn for_each_idle_task(&self, _visit: &mut dyn FnMut(Number, bool)) {}

    fn kind(&self, _task: Number) -> TaskKind {
        TaskKind::User
    }

    fn state(&self, task: Number) -> PatchState {
        self.0.tasks[task.0].state()
    }

    fn set_state(&self, task: Number, state: PatchState) {
        self.0.tasks[task.0].set_state(state);
    }

    fn pending(&self, task: Number) -> bool {
        self.0.tasks[task.0].pending()
    }

    fn set_pending(&self, task: Number, pending: bool) {
        self.0.tasks[task.0].set_pending(pending);
    }

    fn with_stack(&self, task: Number, look: &mut dyn FnMut(Stack<'_>)) {
        look(match self.0.tasks[task.0].started() {
            true => Stack::Running,
            false => Stack::Addresses(&[]),
        });
    }

    fn nudge(&self, _task: Number, _nudge: Nudge) {}

    fn synchronize(&self) {
        self.0.synchronize();
    }

    fn call(&self, _callback: &Callback<'_, Self>) -> Result<(), Errno> {
        Ok(())
    }

    fn now(&self) -> u64 {
        0
    }

    fn retry_after(&self, _nanoseconds: u64) {}

    fn log(&self, _line: &Line<'_>) {}
}
