// SPDX-License-Identifier: GPL-2.0-only
//! Makes the mistake that its parameter names, for a kernel that has to report it.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::module! {
    license: "GPL",
    description: "Makes a mistake",
    init: init,
    exit: exit,
}

/// The mistake: a function's name, below.
#[param(mode = 0o444)]
static MISTAKE: Param<Charp> = Param::new(Charp::new(c""));

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/pid.c`: to be called when reading under RCU.
    fn find_task_by_vpid(nr: c_int) -> *mut c_void;
}

fn init() -> Result {
    match MISTAKE.get().as_c_str().to_bytes() {
        b"use_after_free" => use_after_free(),
        b"sleep_under_lock" => sleep_under_lock(),
        b"two_orders" => two_orders(),
        b"two_of_a_class" => two_of_a_class(),
        b"no_reader" => no_reader(),
        _ => Err(Errno::EINVAL),
    }
}

fn exit() {}

fn use_after_free() -> Result {
    // SAFETY: init may sleep.
    let may_sleep = unsafe { MaySleep::here() };
    let memory = KBox::new(5_u64, Gfp::kernel(&may_sleep))?;
    let freed = &raw const *memory;
    drop(memory);
    // SAFETY: none: this is the mistake.
    pr_info!("{}", unsafe { freed.read_volatile() });
    Ok(())
}

fn sleep_under_lock() -> Result {
    let lock = SpinLock::new(());
    let _held = lock.lock();
    // SAFETY: none: this is the mistake.
    let may_sleep = unsafe { MaySleep::here() };
    KBox::new(5_u64, Gfp::kernel(&may_sleep)).map(drop)
}

fn two_orders() -> Result {
    let (first, second) = (SpinLock::new(()), SpinLock::new(()));
    drop((first.lock(), second.lock()));
    drop((second.lock(), first.lock()));
    Ok(())
}

fn two_of_a_class() -> Result {
    let lock = || SpinLock::new(());
    let (first, second) = (lock(), lock());
    drop((first.lock(), second.lock()));
    Ok(())
}

fn no_reader() -> Result {
    // SAFETY: none: this is the mistake. What is found is not looked at.
    pr_info!("{:p}", unsafe { find_task_by_vpid(1) });
    Ok(())
}
