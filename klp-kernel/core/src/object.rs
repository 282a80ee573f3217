// SPDX-License-Identifier: GPL-2.0-only
//! Objects: the kernel itself, and modules as they come and go.

use crate::kernel::{klp_object, klp_state, module, module_use, notifier_block};
use crate::linux::Linux;
use crate::lock::{Mutex, mutex_lock, mutex_unlock};
use crate::name::Name;
use crate::{engine, jump, kernel};
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_ulong, c_void};
use core::mem::MaybeUninit;
use core::ptr::{NonNull, null, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};
use klp_kernel::enumerator;
use klp_kernel::prelude::*;
use klp_runtime::contract::VMLINUX;
use klp_runtime::{Callback, Engine, Errno, Error, List};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/module/main.c`: under `module_mutex`.
    fn find_module(name: *const c_char) -> *mut module;
    /// `kernel/module/main.c`.
    static mut module_mutex: kernel::mutex;
    /// `kernel/module/main.c`: all of them; `module_mutex` guards the list.
    static mut modules: list_head;
    /// `kernel/module/main.c`.
    fn register_module_notifier(nb: *mut notifier_block) -> c_int;
    /// `kernel/module/main.c`.
    fn unregister_module_notifier(nb: *mut notifier_block) -> c_int;
}

/// An object that is loaded.
///
/// # Invariants
/// The module, if it is one, is loaded; the engine is told, and takes its lock, before it goes.
#[derive(Clone, Copy)]
pub struct Loadable(*mut module);

// SAFETY: a module can be looked at from anywhere while it is loaded.
unsafe impl Send for Loadable {}

impl Loadable {
    /// The module; none for the kernel itself.
    pub fn module(self) -> Option<*mut module> {
        (!self.0.is_null()).then_some(self.0)
    }
}

/// A module that is being loaded: an address to compare.
type Coming = usize;

/// The modules that are being loaded, and that the engine has been told of, or would have been had
/// klp.ko been there. A module that it has not been told of yet will be, and is not there before.
///
/// The list has a lock of its own, after that of the engine and `module_mutex`: a module whose init is
/// over does not wait for what the engine does.
static COMING: Mutex<List<Coming, Linux>> = Mutex::new(List::new(Linux));

/// The object of this name, if it is loaded and has not started to go. The lock of the engine is
/// held.
pub fn find(name: &str) -> Option<Loadable> {
    if name == VMLINUX {
        return Some(Loadable(null_mut()));
    }
    let name = Name::new(format_args!("{name}"))?;
    let held = lock_modules();
    // SAFETY: the lock is held, and the name ends in 0.
    let found = unsafe { find_module(name.as_ptr()) };
    // SAFETY: the lock is held, so what was found is there.
    let there = !found.is_null() && unsafe { is_there(found) };
    drop(held);
    // INVARIANT: from here on the lock of the engine keeps it: before a module goes, the engine is
    // told.
    there.then_some(Loadable(found))
}

/// `module_mutex`, held.
pub struct ModulesHeld(());

impl Drop for ModulesHeld {
    fn drop(&mut self) {
        // SAFETY: held.
        unsafe { mutex_unlock(&raw mut module_mutex) };
    }
}

/// Keeps the kernel's list of modules, and their tables of symbols, as they are.
pub fn lock_modules() -> ModulesHeld {
    // SAFETY: the lock is the kernel's.
    unsafe { mutex_lock(&raw mut module_mutex) };
    ModulesHeld(())
}

/// The object's name as C has it, which is null for the kernel itself.
pub fn c_name(object: Loadable) -> *const c_char {
    match object.module() {
        Some(module) => module::name(module).cast(),
        None => null(),
    }
}

/// # Safety
/// The module must be valid.
unsafe fn is_there(module: *mut module) -> bool {
    // First: it is taken from the list when it is live.
    let told = COMING.lock().contains(&module.addr());
    // SAFETY: the caller vouches for the module.
    let state = unsafe { module::state(module).read_volatile() } as usize;
    state == enumerator!(MODULE_STATE_LIVE) || state == enumerator!(MODULE_STATE_COMING) && told
}

/// Runs a callback, with the object as the patch's own table has it.
pub fn call(callback: &Callback<'_, Linux>) -> core::result::Result<(), Errno> {
    let patch = callback.patch.module();
    let Some(raw) = patch.get().object(callback.name) else {
        return Ok(());
    };
    // SAFETY: the table's object, which nobody else writes; callbacks read it.
    unsafe { klp_object::r#mod(raw).write(callback.object.0.cast()) };
    RUNNING.store((&raw const *callback).cast_mut().cast(), Ordering::Relaxed);
    // SAFETY: what the patch has for objects like this one.
    let returned = unsafe { (callback.function)(raw.cast::<c_void>()) };
    RUNNING.store(null_mut(), Ordering::Relaxed);
    Errno::check(returned).map(drop)
}

/// The callback that is running, a `Callback<'_, Linux>`. The lock of the engine guards it.
static RUNNING: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// What the patches that were enabled before that whose callback is running have made of a change
/// to the system. To be asked by a callback.
pub fn previous_state(id: u64) -> Option<NonNull<klp_state>> {
    let running = RUNNING
        .load(Ordering::Relaxed)
        .cast::<Callback<'_, Linux>>();
    // SAFETY: it is there until the callback has returned.
    let Some(callback) = (unsafe { running.as_ref() }) else {
        pr_warn!("the state {id} was asked for outside of a callback");
        return None;
    };
    callback.previous_patch(id)?.module().get().state(id)
}

/// Being told of modules that come and go.
pub struct Notifier(());

struct Block(UnsafeCell<MaybeUninit<notifier_block>>);

// SAFETY: written before it is registered, and the kernel's then.
unsafe impl Sync for Block {}

static BLOCK: Block = Block(UnsafeCell::new(MaybeUninit::zeroed()));

impl Notifier {
    /// Begins to be told.
    pub fn register() -> Result<Self> {
        // SAFETY: nobody uses it yet: there is no patch, and nobody is told of modules.
        unsafe { COMING.set_up(c"klp_coming") };
        let block: *mut notifier_block = BLOCK.0.get().cast();
        // SAFETY: nobody has it yet.
        unsafe { notifier_block::notifier_call(block).write(Some(notified)) };
        // SAFETY: complete, and there until it is unregistered.
        Errno::check(unsafe { register_module_notifier(block) })?;
        let notifier = Self(());
        see_those_coming().map_err(|error| error.errno())?;
        Ok(notifier)
    }
}

/// Notes the modules that others may have been told of already. There is no patch yet: those that
/// come will find them there.
fn see_those_coming() -> core::result::Result<(), Error> {
    let _modules = lock_modules();
    let mut coming = COMING.lock();
    // SAFETY: the list is locked.
    let all = unsafe { list_entries!(&raw mut modules, module.list) };
    for module in all {
        // SAFETY: the list is locked.
        let state = unsafe { module::state(module.as_ptr()).read_volatile() } as usize;
        // SAFETY: as above. No patch can need this module yet.
        if unsafe { module::klp(module.as_ptr()).read() } {
            jump::forbid();
        }
        let module = module.addr().get();
        if state == enumerator!(MODULE_STATE_COMING) && !coming.contains(&module) {
            coming.push(module)?;
        }
    }
    Ok(())
}

impl Drop for Notifier {
    fn drop(&mut self) {
        // SAFETY: it was registered.
        unsafe { unregister_module_notifier(BLOCK.0.get().cast()) };
        *COMING.lock() = List::new(Linux);
    }
}

/// What the kernel calls when a module changes its state.
unsafe extern "C" fn notified(
    _block: *mut notifier_block,
    state: c_ulong,
    data: *mut c_void,
) -> c_int {
    let module: *mut module = data.cast();
    let state = state as usize;
    let result = if state == enumerator!(MODULE_STATE_COMING) {
        has_come(module)
    } else if state == enumerator!(MODULE_STATE_LIVE) {
        has_settled(module);
        Ok(())
    } else {
        is_going(module);
        Ok(())
    };
    match result {
        Ok(()) => NOTIFY_DONE,
        Err(errno) => NOTIFY_STOP_MASK | (NOTIFY_OK - errno.to_ret()),
    }
}

/// `include/linux/notifier.h`.
const NOTIFY_DONE: c_int = 0;
/// `include/linux/notifier.h`.
const NOTIFY_OK: c_int = 1;
/// `include/linux/notifier.h`.
const NOTIFY_STOP_MASK: c_int = 0x8000;

fn has_come(module: *mut module) -> core::result::Result<(), Errno> {
    let mut engine = engine::lock();
    let Some(engine) = &mut *engine else {
        return Ok(());
    };
    if !note(module).map_err(|error| error.errno())? {
        // Patches have found it there.
        return Ok(());
    }
    // SAFETY: the kernel hands over a module that is loaded.
    let name = unsafe { name(module) };
    // INVARIANT: as above, and the engine is told below when it goes.
    let come =
        make_way(engine, module).and_then(|()| engine.module_coming(name, Loadable(module)));
    come.map_err(|error| {
        has_settled(module);
        error.errno()
    })
}

/// Sees to it that ftrace can refuse a patch of others for a function that is ours.
fn make_way(engine: &mut Engine<Linux>, module: *mut module) -> core::result::Result<(), Error> {
    // SAFETY: the kernel hands over a module that is loaded.
    if unsafe { is_patch_of_others(module) } && jump::forbid() {
        return engine.reroute();
    }
    Ok(())
}

/// Notes that the engine has been told of a module. Whether it had not been before.
fn note(module: *mut module) -> core::result::Result<bool, Error> {
    let mut coming = COMING.lock();
    if coming.contains(&module.addr()) {
        return Ok(false);
    }
    coming.push(module.addr()).map(|()| true)
}

/// The module is not on its way in any more.
fn has_settled(module: *mut module) {
    COMING.lock().retain(|other| *other != module.addr());
}

fn is_going(module: *mut module) {
    let mut engine = engine::lock();
    has_settled(module);
    if let Some(engine) = &mut *engine {
        // SAFETY: the kernel hands over a module that is there until this returns.
        let name = unsafe { name(module) };
        // It is told of no mistake but its own.
        let _ = engine.module_going(name);
    }
}

/// This module.
const NAME: &str = "klp";

/// Whether it is a live patch, and not one that klp's core enables.
///
/// # Safety
/// The module must be there.
unsafe fn is_patch_of_others(module: *mut module) -> bool {
    // SAFETY: the caller vouches for the module.
    if !unsafe { module::klp(module).read() } {
        return false;
    }
    let _modules = lock_modules();
    // SAFETY: the list of what it uses is locked.
    let mut uses = unsafe { list_entries!(module::target_list(module), module_use.target_list) };
    // SAFETY: as above; what is used is there.
    uses.all(|used| unsafe { name(module_use::target(used.as_ptr()).read().cast()) } != NAME)
}

/// # Safety
/// The module must be there for as long as the name is used.
unsafe fn name<'a>(module: *mut module) -> &'a str {
    // SAFETY: the caller vouches for the module; its name ends in 0.
    let name = unsafe { CStr::from_ptr(module::name(module).cast()) };
    name.to_str().unwrap_or_default()
}
