// SPDX-License-Identifier: GPL-2.0-only
//! klp.ko: the engine of `klp-runtime` on Linux, as a kernel module.
//!
//! | file | does |
//! |---|---|
//! | [`linux`] | is the engine's platform: which method is where |
//! | [`identity`] | refuses any other kernel than that which the module was built for |
//! | [`exports`] | what patches call |
//! | [`loaded`], [`relocations`] | a patch in its module |
//! | [`engine`], [`lock`], [`thread`], [`worker`], [`graveyard`] | who works when, and under which lock |
//! | [`patience`] | how long transitions may take |
//! | [`task`], [`stack`], [`nudge`], [`current`], [`target`] | tasks and their switching |
//! | [`hook`], [`ops`], [`irqs`], [`jump`], [`code`] | the redirection of calls |
//! | [`symbols`], [`object`], [`name`] | functions, and modules that come and go |
//! | [`shadow`], [`rcu`], [`limbo`], `lockdep` | shadow variables, and those who read them |
//! | [`sysfs`], [`attribute`], [`page`], [`log`] | what administrators see |
#![no_std]
#![no_main]

mod attribute;
mod clock;
mod code;
mod current;
mod engine;
mod exports;
mod graveyard;
mod hook;
mod identity;
mod irqs;
mod jump;
mod kernel;
mod limbo;
mod linux;
mod loaded;
mod lock;
#[cfg(linux_checks = "locks")]
mod lockdep;
mod log;
mod memory;
mod name;
mod nudge;
mod object;
mod ops;
mod page;
mod patience;
mod rcu;
mod relocations;
mod shadow;
mod stack;
mod symbols;
mod sysfs;
mod target;
mod task;
mod thread;
mod worker;

use core::cell::UnsafeCell;
use klp_kernel::prelude::*;

klp::module! {
    license: "GPL",
    description: "Live-patching core in Rust",
    init: init,
    exit: exit,
}

/// All that works while the module is loaded. It ends in this order, whether the module is
/// unloaded or cannot be loaded.
struct Core {
    _modules: object::Notifier,
    _worker: thread::Started,
    _engine: engine::Running,
    _shadows: shadow::Shadows,
    _ftrace: ops::Registered,
    _folder: sysfs::Root,
}

/// Where it is kept.
struct Slot(UnsafeCell<Option<Core>>);

// SAFETY: written by the module's init and exit alone.
unsafe impl Sync for Slot {}

static CORE: Slot = Slot(UnsafeCell::new(None));

fn init() -> Result {
    identity::check()?;
    // SAFETY: the module is being loaded.
    let core = unsafe { start() }?;
    // SAFETY: nobody else writes it.
    unsafe { *CORE.0.get() = Some(core) };
    Ok(())
}

/// # Safety
/// Only when the module is loaded.
unsafe fn start() -> Result<Core> {
    // SAFETY: the module is being loaded, for this and all below.
    unsafe { graveyard::set_up() };
    // SAFETY: as above.
    let engine = unsafe { engine::Running::start() };
    // SAFETY: as above.
    let folder = unsafe { sysfs::Root::make() }.map_err(|error| error.errno())?;
    // SAFETY: as above.
    let shadows = unsafe { shadow::Shadows::start() }?;
    let ftrace = ops::keep_on().map_err(|error| {
        pr_err!("ftrace is switched off: write 1 to /proc/sys/kernel/ftrace_enabled");
        error.errno()
    })?;
    let worker = worker::start()?;
    let modules = object::Notifier::register()?;
    Ok(Core {
        _modules: modules,
        _worker: worker,
        _engine: engine,
        _shadows: shadows,
        _ftrace: ftrace,
        _folder: folder,
    })
}

fn exit() {
    // SAFETY: nobody else writes it, and no patch uses the module any more.
    drop(unsafe { (*CORE.0.get()).take() });
}
