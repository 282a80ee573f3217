// SPDX-License-Identifier: GPL-2.0-only
//! What an ordinary module cannot reach: a module's own symbols, and the kernel's in small fields.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::module! { license: "GPL", init: start, exit: stop }

fn start() -> Result {
    // SAFETY: nothing is ever run.
    unsafe { core::arch::asm!("mov eax, offset {}", sym saved_command_line, out("eax") _) };
    // SAFETY: as above.
    unsafe { klp_target_show(core::ptr::null_mut(), core::ptr::null_mut()) };
    Ok(())
}

fn stop() {}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    static saved_command_line: *const c_char;
}

#[kernel(object = "klp_target")]
unsafe extern "C" {
    fn klp_target_show(m: *mut seq_file, v: *mut c_void) -> c_int;
}
