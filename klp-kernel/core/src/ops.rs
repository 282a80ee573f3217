// SPDX-License-Identifier: GPL-2.0-only
//! What ftrace calls, and for which function: `struct ftrace_ops`.

use crate::kernel::{FTRACE_OPS_FL_PERMANENT, ftrace_ops, ftrace_regs, klp_patch};
use crate::linux::Linux;
use core::ffi::{c_int, c_ulong};
use core::mem::MaybeUninit;
use klp_kernel::prelude::*;
use klp_runtime::{Boxed, Error};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/trace/ftrace.c`.
    fn ftrace_set_filter_ip(
        ops: *mut ftrace_ops,
        ip: c_ulong,
        remove: c_int,
        reset: c_int,
    ) -> c_int;
    /// `kernel/trace/ftrace.c`.
    fn ftrace_free_filter(ops: *mut ftrace_ops);
    /// `kernel/trace/ftrace.c`.
    fn register_ftrace_function(ops: *mut ftrace_ops) -> c_int;
    /// `kernel/trace/ftrace.c`: waits for those who are in the handler.
    fn unregister_ftrace_function(ops: *mut ftrace_ops) -> c_int;
    /// `kernel/trace/ftrace.c`: where the function of this address calls the tracer, or 0.
    fn ftrace_location(ip: c_ulong) -> c_ulong;
    /// `kernel/livepatch/core.c`.
    fn klp_enable_patch(patch: *mut klp_patch) -> c_int;
}

/// The length of a call instruction, to which fentry's is turned (`MCOUNT_INSN_SIZE`).
pub const CALL: usize = 5;

/// A `struct ftrace_ops` for one function.
///
/// # Invariants
/// The memory is of zeros and what was written since, and ftrace knows its filter.
pub struct Ops(Boxed<MaybeUninit<ftrace_ops>, Linux>);

// SAFETY: ftrace has a lock of its own for what it does with them.
unsafe impl Send for Ops {}

impl Ops {
    /// For the function that calls the tracer at `ip`.
    pub fn new(ip: usize) -> core::result::Result<Self, Error> {
        // INVARIANT: all zeros are what C starts with as well.
        let mut ops = Self(Boxed::new(MaybeUninit::zeroed(), Linux)?);
        // SAFETY: a new `ftrace_ops`, which gets its filter.
        checked(unsafe { ftrace_set_filter_ip(ops.as_ptr(), ip as c_ulong, 0, 0) })?;
        Ok(ops)
    }

    /// Has ftrace call it.
    pub fn register(mut self) -> core::result::Result<Registered, Error> {
        // SAFETY: it is there until it is unregistered.
        checked(unsafe { register_ftrace_function(self.as_ptr()) })?;
        Ok(Registered(self))
    }

    /// What it says.
    pub fn get(&mut self) -> &mut ftrace_ops {
        // SAFETY: zeros are valid for all of its members.
        unsafe { self.0.assume_init_mut() }
    }

    /// What ftrace takes.
    pub fn as_ptr(&mut self) -> *mut ftrace_ops {
        self.0.as_mut_ptr()
    }
}

impl Drop for Ops {
    fn drop(&mut self) {
        // SAFETY: nobody has it registered any more.
        unsafe { ftrace_free_filter(self.as_ptr()) };
    }
}

/// An `Ops` that ftrace calls until this is dropped. Nobody is in its handler then.
pub struct Registered(Ops);

impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: registered. It cannot fail for what is.
        unsafe { unregister_ftrace_function(self.0.as_ptr()) };
    }
}

/// Keeps ftrace from being switched off (`ftrace_enabled`), when there would be no way back from a
/// function that jumps: ftrace asks whether anything is registered that must stay. This is, for a
/// function that is hardly ever called.
///
/// # Errors
/// [`Error::Taken`] if ftrace is switched off.
pub fn keep_on() -> core::result::Result<Registered, Error> {
    let address = klp_enable_patch as unsafe extern "C" fn(_) -> _ as usize;
    // SAFETY: any address will do.
    let mut ops = Ops::new(unsafe { ftrace_location(address as c_ulong) } as usize)?;
    let raw = ops.get();
    raw.func = Some(nothing);
    raw.flags = FTRACE_OPS_FL_PERMANENT as c_ulong;
    ops.register()
}

unsafe extern "C" fn nothing(
    _ip: c_ulong,
    _parent_ip: c_ulong,
    _ops: *mut ftrace_ops,
    _regs: *mut ftrace_regs,
) {
}

/// What ftrace says.
pub fn checked(ret: c_int) -> core::result::Result<(), Error> {
    match Errno::check(ret) {
        Ok(_) => Ok(()),
        Err(Errno::EBUSY) => Err(Error::Taken),
        Err(errno) => Err(errno.into()),
    }
}

