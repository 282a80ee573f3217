// SPDX-License-Identifier: GPL-2.0-only
//! The direct route at its shortest: a jump to the new function, written over the old one's code
//! behind its call to the tracer.
//!
//! The code may be written as if nobody could run it, because nobody does. Before the jump is
//! written, the engine has seen all tasks leave the old function, and a handler sends all calls to
//! the new one. Before it is taken back a handler is there again, and all tasks have been somewhere
//! else since: so nobody is between the call to the tracer and the jump.
//!
//! What others would write there, or jump to, forbids it:
//!
//! | what | why |
//! |---|---|
//! | a function that ends before | the jump has no room |
//! | jump labels, static calls, alternatives | the kernel writes there when it likes |
//! | kprobes | they write there, and keep what was there to put it back |
//! | an entry of the exception table, a jump into the window | code that is not run could still lead there |
//! | a patch for the kernel's own core | ftrace would not refuse it, as nothing is registered |

use crate::code::{Branch, all_branches, instructions};
use crate::symbols;
use crate::kernel::{kprobe, mutex};
use crate::lock::{mutex_lock, mutex_unlock};
use crate::clock;
use core::ffi::{c_int, c_ulong, c_void};
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use klp_kernel::prelude::*;
use klp_runtime::{Code, Error, OldFunc};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `arch/x86/kernel/alternative.c`: under `text_mutex`.
    fn text_poke(addr: *mut c_void, opcode: *const c_void, len: usize) -> *mut c_void;
    /// `kernel/extable.c`.
    static mut text_mutex: mutex;
    /// `kernel/kprobes.c`: held by who adds or takes away kprobes.
    static mut kprobe_mutex: mutex;
    /// `kernel/kprobes.c`: under `kprobe_mutex`.
    fn get_kprobe(addr: *mut c_void) -> *mut kprobe;
    /// `kernel/jump_label.c`.
    fn jump_label_lock();
    /// `kernel/jump_label.c`.
    fn jump_label_unlock();
    /// `kernel/jump_label.c`: whether there is one from `start` to `end`, both included.
    fn jump_label_text_reserved(start: *mut c_void, end: *mut c_void) -> c_int;
    /// `kernel/static_call_inline.c`: as above.
    fn static_call_text_reserved(start: *mut c_void, end: *mut c_void) -> c_int;
    /// `arch/x86/kernel/alternative.c`: as above.
    fn alternatives_text_reserved(start: *mut c_void, end: *mut c_void) -> c_int;
    /// `kernel/extable.c`.
    #[kernel(unchecked = "whether there is an entry is all that is asked")]
    fn search_exception_tables(add: c_ulong) -> *const c_void;
}

#[cfg(not(linux_at_least = "7.0"))]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `arch/x86/kernel/alternative.c`: has each CPU see what was written.
    fn text_poke_sync();
}

#[cfg(linux_at_least = "7.0")]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `arch/x86/kernel/alternative.c`: has each CPU see what was written.
    #[kernel(symbol = "smp_text_poke_sync_each_cpu")]
    fn text_poke_sync();
}

/// `jmp` with a distance of four bytes.
const JUMP: u8 = 0xe9;
const LENGTH: usize = 5;
const NOP: u8 = 0x90;
/// The most bytes of whole instructions that a jump is written over.
const MOST: usize = LENGTH + 14;

/// Whether no more jumps are to be written.
static FORBIDDEN: AtomicBool = AtomicBool::new(false);
/// How many there are.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Forbids jumps that are not there yet. Says whether there are any.
pub fn forbid() -> bool {
    FORBIDDEN.store(true, Ordering::Relaxed);
    count() > 0
}

/// How many jumps there are.
pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// A jump that is there, and what it was written over.
pub struct Jump {
    window: Range<usize>,
    old: [u8; MOST],
}

impl Jump {
    /// Has an old function jump to a new one, if it can. All tasks have left the old function, and
    /// a handler keeps them out.
    pub fn write(old: &OldFunc, new: usize) -> Option<Self> {
        if FORBIDDEN.load(Ordering::Relaxed) {
            return None;
        }
        let window = window(old)?;
        let code = to(window.start, new)?;
        let held = Held::take();
        if is_reserved(&window) || has_kprobe(&window, &held) {
            return None;
        }
        let mut old = [NOP; MOST];
        for (at, byte) in window.clone().zip(&mut old) {
            // SAFETY: the kernel's code can be read.
            *byte = unsafe { (at as *const u8).read() };
        }
        held.write(&window, &code);
        COUNT.fetch_add(1, Ordering::Relaxed);
        Some(Self { window, old })
    }

    /// Puts the old code back. A handler keeps tasks out.
    ///
    /// # Errors
    /// [`Error::Taken`]: a kprobe was set on it, which would put the jump back.
    pub fn take_back(&self) -> core::result::Result<(), Error> {
        clock::wait_for_tasks();
        let held = Held::take();
        if has_kprobe(&self.window, &held) {
            pr_err!("a kprobe is where a patched function jumps, at {:#x}", self.window.start);
            return Err(Error::Taken);
        }
        held.write(&self.window, &self.old);
        Ok(())
    }
}

impl Drop for Jump {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether the kernel may write there by itself, or has a way to there.
fn is_reserved(window: &Range<usize>) -> bool {
    let (first, last) = (window.start as *mut c_void, (window.end - 1) as *mut c_void);
    // SAFETY: any addresses will do; the lock for jump labels is held, as they ask for.
    let written = unsafe {
        jump_label_text_reserved(first, last) != 0
            || static_call_text_reserved(first, last) != 0
            || alternatives_text_reserved(first, last) != 0
    };
    // SAFETY: any address will do.
    let fixed = |at: usize| !unsafe { search_exception_tables(at as c_ulong) }.is_null();
    written || window.clone().any(fixed)
}

fn has_kprobe(window: &Range<usize>, _held: &Held) -> bool {
    // SAFETY: the lock is held.
    let probed = |at: usize| !unsafe { get_kprobe(at as *mut c_void) }.is_null();
    window.clone().any(probed)
}

/// The instructions behind the call to the tracer that a jump needs the room of, if nothing jumps
/// into them.
fn window(old: &OldFunc) -> Option<Range<usize>> {
    let whole = range(old.code);
    let start = old.entry.start + old.entry.size;
    let mut ends = instructions(start..whole.end).map(|found| found.at + found.length);
    let window = start..ends.find(|end| end - start >= LENGTH)?;
    let inside = window.start + 1..window.end;
    // What it jumps to may be a part of its own, which jumps back.
    let stays_out = |part: Code| {
        all_branches(range(part), |branch| {
            !matches!(branch, Branch::To(to) if inside.contains(&to))
        })
    };
    let free = all_branches(start..whole.end, |branch| match branch {
        Branch::None => true,
        Branch::To(to) if whole.contains(&to) => !inside.contains(&to),
        Branch::To(to) => symbols::around(to).is_some_and(stays_out),
        Branch::Anywhere => false,
    });
    free.then_some(window)
}

const fn range(code: Code) -> Range<usize> {
    code.start..code.start + code.size
}

/// The jump, and nothing after it.
fn to(at: usize, new: usize) -> Option<[u8; MOST]> {
    let distance = new.wrapping_sub(at + LENGTH).cast_signed();
    let mut code = [NOP; MOST];
    code[0] = JUMP;
    code[1..LENGTH].copy_from_slice(&i32::try_from(distance).ok()?.to_le_bytes());
    Some(code)
}

/// The locks of all who write code at run time: nobody else does meanwhile. In the order in which
/// kprobes take them.
struct Held(());

impl Held {
    fn take() -> Self {
        // SAFETY: the locks are the kernel's, and given back when this is dropped.
        unsafe {
            mutex_lock(&raw mut kprobe_mutex);
            jump_label_lock();
            mutex_lock(&raw mut text_mutex);
        }
        Self(())
    }

    /// Writes code that nobody runs.
    fn write(&self, window: &Range<usize>, code: &[u8; MOST]) {
        let length = window.len().min(MOST);
        // SAFETY: the lock is held; the kernel's code is at the window, and as long.
        unsafe {
            text_poke(window.start as *mut c_void, code.as_ptr().cast(), length);
            text_poke_sync();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: taken by `take`.
        unsafe {
            mutex_unlock(&raw mut text_mutex);
            jump_label_unlock();
            mutex_unlock(&raw mut kprobe_mutex);
        }
    }
}
