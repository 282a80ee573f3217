// SPDX-License-Identifier: GPL-2.0-only
//! Shadow variables, for patches: what `klp_shadow_get` and the like are to the kernel's own core.

use crate::kernel::wait_queue_head;
use crate::limbo::{Limbo, Taken};
use crate::rcu::Reading;
use crate::thread::{NEVER, Started, Thread};
use crate::{memory, rcu};
use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use core::mem::MaybeUninit;
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicBool, Ordering};
use klp_kernel::prelude::*;
use klp_runtime::Errno;
use klp_runtime::shadow::{Platform, Table};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/spinlock.c`.
    #[kernel(unchecked = "a `raw_spinlock_t`, which starts a `spinlock_t`")]
    fn _raw_spin_lock_irqsave(lock: *mut c_void) -> c_ulong;
    /// `kernel/locking/spinlock.c`.
    #[kernel(unchecked = "a `raw_spinlock_t`, which starts a `spinlock_t`")]
    fn _raw_spin_unlock_irqrestore(lock: *mut c_void, flags: c_ulong);
    /// `kernel/sched/wait.c`.
    #[kernel(unchecked = "what tells locks apart is of no size without lock debugging")]
    fn __init_waitqueue_head(wq_head: *mut wait_queue_head, name: *const c_char, key: *mut c_void);
    /// `lib/dump_stack.c`.
    fn dump_stack();
}

#[cfg(not(linux_at_least = "6.10"))]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/vmalloc.c`: zeroed.
    fn vzalloc(size: c_ulong) -> *mut c_void;
}

#[cfg(linux_at_least = "6.10")]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/vmalloc.c`: zeroed.
    #[kernel(symbol = "vzalloc_noprof")]
    fn vzalloc(size: c_ulong) -> *mut c_void;
}

/// `__GFP_ZERO` (`include/linux/gfp_types.h`).
const ZERO: c_uint = 0x100;
/// Up to this size buckets come from `kmalloc`: its memory is mapped by large pages.
const SMALL: usize = 64 << 10;

/// The kernel around the table.
struct Linux {
    /// The lock of a queue that nobody waits in: the kernel makes spinlocks ready by macros, but
    /// those of queues in a function, which also knows what is checked of locks.
    lock: UnsafeCell<MaybeUninit<wait_queue_head>>,
    /// Variables that were freed. It takes a tenth of what `kvfree_call_rcu` takes for each.
    freed: Limbo,
}

impl Linux {
    fn new() -> Self {
        let mut queue = MaybeUninit::<wait_queue_head>::zeroed();
        // SAFETY: a new queue; the lock's class is any place in the module's data. Nobody looks at
        // the queue itself, so it may move.
        unsafe {
            let class = TABLE.0.get().cast();
            __init_waitqueue_head(queue.as_mut_ptr(), c"klp_shadow".as_ptr(), class);
        }
        Self {
            lock: UnsafeCell::new(queue),
            freed: Limbo::new(),
        }
    }

    fn raw_lock(&self) -> *mut c_void {
        wait_queue_head::lock(self.lock.get().cast()).cast()
    }

    fn take_freed(&self) -> Taken {
        let _locked = self.lock();
        self.freed.take()
    }
}

/// The lock, held.
struct Locked<'a> {
    linux: &'a Linux,
    flags: c_ulong,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // SAFETY: taken when it was made.
        unsafe { _raw_spin_unlock_irqrestore(self.linux.raw_lock(), self.flags) };
    }
}

// SAFETY: a spinlock for the lock, and RCU for those who read, which waits for them.
unsafe impl Platform for Linux {
    type Flags = c_uint;
    type Reading<'p> = Reading;
    type Locked<'p> = Locked<'p>;

    #[inline]
    fn read(&self) -> Reading {
        Reading::begin()
    }

    fn lock(&self) -> Locked<'_> {
        // SAFETY: `new` has made it ready.
        let flags = unsafe { _raw_spin_lock_irqsave(self.raw_lock()) };
        Locked { linux: self, flags }
    }

    fn allocate(&self, layout: Layout, flags: c_uint) -> Option<NonNull<u8>> {
        // SAFETY: the caller of the patch's function vouches for the flags.
        memory::allocate(layout, unsafe { Gfp::from_flags(flags | ZERO) })
    }

    unsafe fn free(&self, memory: NonNull<u8>) {
        // SAFETY: the caller vouches for it.
        unsafe { memory::free(memory) };
    }

    #[inline]
    unsafe fn free_later(&self, memory: NonNull<u8>) {
        // SAFETY: the caller vouches for it, and holds the lock.
        if unsafe { self.freed.put(memory) } {
            ask(&FREE);
        }
    }

    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: the trait says that this may sleep.
        let may_sleep = unsafe { MaySleep::here() };
        if layout.size() <= SMALL {
            return memory::allocate(layout, Gfp::kernel(&may_sleep));
        }
        // SAFETY: any size is fine.
        memory::counted(unsafe { vzalloc(layout.size() as c_ulong) })
    }

    unsafe fn free_buckets(&self, memory: NonNull<u8>) {
        // SAFETY: the caller vouches for it.
        unsafe { memory::free(memory) };
    }

    fn wait_for_readers(&self) {
        rcu::wait_for_readers();
    }

    fn request_resize(&self) {
        ask(&RESIZE);
    }

    fn warn_duplicate(&self, object: *mut c_void, id: u64) {
        pr_warn!("Duplicate shadow variable <{object:p}, {id:x}>");
        // SAFETY: prints to the kernel log.
        unsafe { dump_stack() };
    }

    fn report_failure(&self, object: *mut c_void, id: u64, error: Errno) {
        let error = error.to_ret();
        pr_err!("Failed to construct shadow variable <{object:p}, {id:x}> ({error})");
    }
}

/// Resizes the table, and frees what nobody reads any more: a thread of its own, as the worker may
/// be in a callback for long, which allocates and frees variables meanwhile.
static KEEPER: Thread = Thread::new(c"klp_shadow", keep, keep_due);

/// Whether the table is to be resized.
static RESIZE: AtomicBool = AtomicBool::new(false);
/// Whether there are variables to be freed.
static FREE: AtomicBool = AtomicBool::new(false);

/// Asks the keeper for something.
#[cold]
fn ask(what: &AtomicBool) {
    what.store(true, Ordering::Relaxed);
    KEEPER.wake();
}

/// The table, from when the module is loaded until it is unloaded.
///
/// # Invariants
/// It is there whenever [`table`] is called: by patches, which are linked to the module when its
/// init is over, and by the keeper, which is stopped before the table goes.
struct Slot(UnsafeCell<MaybeUninit<Table<Linux>>>);

// SAFETY: written when nobody else can use it.
unsafe impl Sync for Slot {}

static TABLE: Slot = Slot(UnsafeCell::new(MaybeUninit::uninit()));

/// The table.
#[inline]
fn table() -> &'static Table<Linux> {
    // SAFETY: there, by the invariant.
    unsafe { (*TABLE.0.get()).assume_init_ref() }
}

/// The table at work.
pub struct Shadows {
    keeper: Option<Started>,
}

impl Shadows {
    /// Makes the table.
    ///
    /// # Safety
    /// Only when the module is loaded.
    pub unsafe fn start() -> Result<Self> {
        let table = Table::new(Linux::new())?;
        // INVARIANT: before anybody calls `table`.
        // SAFETY: nobody uses it before the module is loaded.
        unsafe { (*TABLE.0.get()).write(table) };
        let mut shadows = Self { keeper: None };
        shadows.keeper = Some(KEEPER.start()?);
        Ok(shadows)
    }
}

impl Drop for Shadows {
    fn drop(&mut self) {
        self.keeper = None;
        drop(table().platform().take_freed());
        // INVARIANT: the module is on its way out, and with it go all who could call `table`.
        // SAFETY: made by `start`; no patch is there any more, and the thread has been stopped.
        unsafe { (*TABLE.0.get()).assume_init_drop() };
    }
}

fn keep_due() -> u64 {
    let asked = |what: &AtomicBool| what.load(Ordering::Relaxed);
    if asked(&RESIZE) || asked(&FREE) {
        0
    } else {
        NEVER
    }
}

fn keep() {
    if RESIZE.swap(false, Ordering::Relaxed) {
        table().resize();
    }
    if FREE.swap(false, Ordering::Relaxed) {
        drop(table().platform().take_freed());
    }
}

/// What makes a variable's first value (`klp_shadow_ctor_t`).
type Constructor = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void) -> c_int;
/// What undoes a variable's value (`klp_shadow_dtor_t`).
type Destructor = unsafe extern "C" fn(*mut c_void, *mut c_void);

/// `klp_shadow_get`.
///
/// # Safety
/// None of its own: the object is compared, and not followed.
#[export]
unsafe extern "C" fn klp_core_shadow_get(obj: *mut c_void, id: c_ulong) -> *mut c_void {
    let found = table().get(obj, id);
    found.map_or(null_mut(), NonNull::as_ptr)
}

/// `klp_shadow_alloc`.
///
/// # Safety
/// The flags must fit where it is called from, and `ctor` be a constructor that takes this data.
#[export]
unsafe extern "C" fn klp_core_shadow_alloc(
    obj: *mut c_void,
    id: c_ulong,
    size: usize,
    gfp: c_uint,
    ctor: Option<Constructor>,
    ctor_data: *mut c_void,
) -> *mut c_void {
    // SAFETY: the caller vouches for the constructor.
    let construct = |data| unsafe { construct(obj, data, ctor, ctor_data) };
    let data = table().alloc(obj, id, size, gfp, construct);
    data.map_or_else(|_| null_mut(), NonNull::as_ptr)
}

/// `klp_shadow_get_or_alloc`.
///
/// # Safety
/// As for [`klp_core_shadow_alloc`].
#[export]
unsafe extern "C" fn klp_core_shadow_get_or_alloc(
    obj: *mut c_void,
    id: c_ulong,
    size: usize,
    gfp: c_uint,
    ctor: Option<Constructor>,
    ctor_data: *mut c_void,
) -> *mut c_void {
    // SAFETY: the caller vouches for the constructor.
    let construct = |data| unsafe { construct(obj, data, ctor, ctor_data) };
    let data = table().get_or_alloc(obj, id, size, gfp, construct);
    data.map_or_else(|_| null_mut(), NonNull::as_ptr)
}

/// `klp_shadow_free`.
///
/// # Safety
/// Nobody may use the variable any more.
#[export]
unsafe extern "C" fn klp_core_shadow_free(obj: *mut c_void, id: c_ulong, dtor: Option<Destructor>) {
    // SAFETY: the caller vouches for the destructor.
    table().free(obj, id, |data| unsafe { destroy(obj, data, dtor) });
}

/// `klp_shadow_free_all`.
///
/// # Safety
/// Nobody may use the variables any more.
#[export]
unsafe extern "C" fn klp_core_shadow_free_all(id: c_ulong, dtor: Option<Destructor>) {
    // SAFETY: the caller vouches for the destructor.
    table().free_all(id, |obj, data| unsafe { destroy(obj, data, dtor) });
}

/// # Safety
/// `ctor` must be a constructor that takes this data.
unsafe fn construct(
    obj: *mut c_void,
    data: NonNull<c_void>,
    ctor: Option<Constructor>,
    ctor_data: *mut c_void,
) -> Result {
    let Some(ctor) = ctor else { return Ok(()) };
    // SAFETY: the caller vouches for it.
    match unsafe { ctor(obj, data.as_ptr(), ctor_data) } {
        0 => Ok(()),
        // The kernel's own core takes a positive number for a failure as well.
        error => Err(Errno::check(error).err().unwrap_or(Errno::EINVAL)),
    }
}

/// # Safety
/// `dtor` must be a destructor of such a variable.
unsafe fn destroy(obj: *mut c_void, data: NonNull<c_void>, dtor: Option<Destructor>) {
    if let Some(dtor) = dtor {
        // SAFETY: the caller vouches for it.
        unsafe { dtor(obj, data.as_ptr()) };
    }
}
