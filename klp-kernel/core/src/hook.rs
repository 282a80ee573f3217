// SPDX-License-Identifier: GPL-2.0-only
//! Redirecting the calls of one function, by ftrace.
//!
//! | route | what a call does |
//! |---|---|
//! | handler | the function's fentry calls [`handler`], which changes where it goes on |
//! | direct, by a jump | the function jumps to the new one behind its fentry, which does nothing |
//! | direct, by a stub | the function's fentry calls a stub of the patch's, which goes on in the new function |
//!
//! Handler and direct route can be there at once, while one takes over from the other.

use crate::current::current;
use crate::irqs::IrqsOff;
use crate::jump::Jump;
use crate::kernel::{
    FTRACE_OPS_FL_IPMODIFY, FTRACE_OPS_FL_PERMANENT, ftrace_ops, ftrace_regs, task_struct,
};
use crate::ops::{CALL, Ops, Registered, checked};
use crate::task::state_of;
use core::ffi::{c_int, c_uint, c_ulong};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use klp_kernel::field_offset;
use klp_kernel::prelude::*;
use klp_runtime::{Direct, Error, FuncStack, OldFunc};

#[cfg(not(linux_at_least = "6.4"))]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/trace/ftrace.c`.
    fn register_ftrace_direct_multi(ops: *mut ftrace_ops, addr: c_ulong) -> c_int;
    /// `kernel/trace/ftrace.c`.
    fn unregister_ftrace_direct_multi(ops: *mut ftrace_ops, addr: c_ulong) -> c_int;
}

#[cfg(linux_at_least = "6.4")]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/trace/ftrace.c`.
    #[kernel(symbol = "register_ftrace_direct")]
    fn register_ftrace_direct_multi(ops: *mut ftrace_ops, addr: c_ulong) -> c_int;
    /// `kernel/trace/ftrace.c`.
    fn unregister_ftrace_direct(ops: *mut ftrace_ops, addr: c_ulong, free: bool) -> c_int;
}

/// What redirects calls of one function.
pub struct Hook {
    old: OldFunc,
    handler: Option<Registered>,
    route: Option<Route>,
}

/// A direct route.
enum Route {
    Jump(Jump),
    Stub(Ops, usize),
}

impl Hook {
    /// A hook that does nothing yet.
    pub const fn new(old: &OldFunc) -> Self {
        Self {
            old: *old,
            handler: None,
            route: None,
        }
    }

    /// Where the function's call to the tracer is.
    const fn ip(&self) -> usize {
        self.old.entry.start + self.old.entry.size - CALL
    }

    /// Lets calls go where `stack` says.
    pub fn attach_handler(&mut self, stack: &FuncStack) -> core::result::Result<(), Error> {
        let mut ops = Ops::new(self.ip())?;
        let raw = ops.get();
        raw.func = Some(handler);
        raw.private = (&raw const *stack).cast_mut().cast();
        let flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
        raw.flags = flags as c_ulong;
        let _sharing = Sharing::begin();
        self.handler = Some(ops.register()?);
        Ok(())
    }

    /// Undoes [`attach_handler`](Self::attach_handler).
    pub fn detach_handler(&mut self) {
        self.handler = None;
    }

    /// Lets calls go straight to the new function.
    pub fn attach_direct(&mut self, direct: Direct) -> core::result::Result<(), Error> {
        let jump = direct
            .old_is_left
            .then(|| Jump::write(&self.old, direct.new));
        match jump.flatten() {
            Some(jump) => self.route = Some(Route::Jump(jump)),
            None => self.attach_stub(direct.stub)?,
        }
        Ok(())
    }

    fn attach_stub(&mut self, stub: usize) -> core::result::Result<(), Error> {
        let mut ops = Ops::new(self.ip())?;
        ops.get().ops_func = Some(share);
        let _sharing = Sharing::begin();
        // SAFETY: complete, and there until it is unregistered, as is the stub.
        checked(unsafe { register_ftrace_direct_multi(ops.as_ptr(), stub as c_ulong) })?;
        // Only now: registering writes the flags, on some kernels from scratch.
        ops.get().flags |= FTRACE_OPS_FL_PERMANENT as c_ulong;
        self.route = Some(Route::Stub(ops, stub));
        Ok(())
    }

    /// Undoes [`attach_direct`](Self::attach_direct). Ftrace waits for tasks that were preempted in
    /// the stub, or on the way to it, as it does for those in a handler.
    pub fn detach_direct(&mut self) -> core::result::Result<(), Error> {
        match &mut self.route {
            None => {}
            Some(Route::Jump(jump)) => jump.take_back()?,
            Some(Route::Stub(ops, stub)) => detach_stub(ops, *stub),
        }
        self.route = None;
        Ok(())
    }
}

fn detach_stub(ops: &mut Ops, stub: usize) {
        #[cfg(not(linux_at_least = "6.4"))]
        // SAFETY: registered, with this stub.
        unsafe {
            unregister_ftrace_direct_multi(ops.as_ptr(), stub as c_ulong);
        }
        #[cfg(linux_at_least = "6.4")]
        // SAFETY: registered, with this stub.
        unsafe {
            unregister_ftrace_direct(ops.as_ptr(), stub as c_ulong, false);
        }
}

/// Chooses where a call goes. It calls nothing that ftrace could trace, so it needs no protection
/// from itself (`FTRACE_OPS_FL_RECURSION`), which would cost more than all it does.
unsafe extern "C" fn handler(
    _ip: c_ulong,
    _parent_ip: c_ulong,
    ops: *mut ftrace_ops,
    regs: *mut ftrace_regs,
) {
    // Whoever waits for handlers waits until each CPU has run something else.
    let _undisturbed = IrqsOff::new();
    // SAFETY: `attach_handler` put it there; the stack outlives the handler.
    let stack = unsafe { &*(*ops).private.cast::<FuncStack>() };
    // SAFETY: the running task is valid.
    let state = || unsafe { state_of(current()) };
    if let Some(new) = stack.choose(state) {
        // SAFETY: ftrace's registers start as a `pt_regs`, and whoever modifies where the call
        // goes on does it there.
        let ip = unsafe { regs.cast::<u8>().add(field_offset!(pt_regs.ip)) };
        // SAFETY: as above.
        unsafe { ip.cast::<usize>().write(new) };
    }
}

/// The task that attaches one of our two routes to a function which has the other.
static SHARING: AtomicPtr<task_struct> = AtomicPtr::new(null_mut());

/// The running task is that task. The lock of the engine is held.
struct Sharing(());

impl Sharing {
    fn begin() -> Self {
        SHARING.store(current(), Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Sharing {
    fn drop(&mut self) {
        SHARING.store(null_mut(), Ordering::Relaxed);
    }
}

/// Allows our own handler beside a direct route, as both lead to the same function; nobody else's.
fn may_share() -> c_int {
    if SHARING.load(Ordering::Relaxed) == current() {
        0
    } else {
        Errno::EBUSY.to_ret()
    }
}

#[cfg(not(linux_at_least = "7.0"))]
unsafe extern "C" fn share(_ops: *mut ftrace_ops, _command: c_uint) -> c_int {
    may_share()
}

#[cfg(linux_at_least = "7.0")]
unsafe extern "C" fn share(_ops: *mut ftrace_ops, _ip: c_ulong, _command: c_uint) -> c_int {
    may_share()
}
