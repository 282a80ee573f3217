// SPDX-License-Identifier: GPL-2.0-only
//! Whether this is the kernel that the module was built for: this very build of it.
//!
//! The code here calls functions of the kernel at the distances that they have in that build, so
//! nothing else may be done before.

use crate::kernel::{new_utsname, uts_namespace};
use klp_kernel::prelude::*;
use klp_runtime::contract::KernelIdentity;

unsafe extern "C" {
    /// Of the kernel that the link step knew.
    static __klp_kernel_identity: KernelIdentity;
    /// `init/version.c`; exported.
    static mut init_uts_ns: uts_namespace;
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// The linker's: the notes of the kernel.
    static __start_notes: u8;
    /// The linker's.
    static __stop_notes: u8;
}

/// The kernel that this module was built for.
pub fn build_id() -> &'static [u8; 20] {
    // SAFETY: the link step defines it.
    unsafe { &__klp_kernel_identity.build_id }
}

/// Refuses any other kernel than that which the module was built for.
pub fn check() -> Result {
    // SAFETY: the link step defines it.
    let ours = unsafe { &__klp_kernel_identity };
    // SAFETY: the kernel's own name is there for ever, and not changed.
    let version = unsafe {
        let name = uts_namespace::name(&raw mut init_uts_ns);
        CStr::from_ptr(new_utsname::version(name.cast()).cast())
    };
    // The version is what modules may ask for, and tells builds apart well enough for the notes to
    // be where they were; the build-id tells the rest.
    if version.to_bytes() != ours.version.as_str().as_bytes() {
        pr_err!(
            "built for the kernel \"{}\", and this is \"{}\": build klp.ko for this one \
             (cargo klp kernel add)",
            ours.version.as_str(),
            version.to_str().unwrap_or_default()
        );
        return Err(Errno::EINVAL);
    }
    if !has_note(&ours.build_id) {
        pr_err!("built for another build of this kernel: build klp.ko for this one");
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// Whether the build-id is among the kernel's notes.
fn has_note(build_id: &[u8; 20]) -> bool {
    let (start, stop) = (&raw const __start_notes, &raw const __stop_notes);
    let len = stop.addr().saturating_sub(start.addr());
    // SAFETY: the notes lie between the two, and are never written.
    let notes = unsafe { core::slice::from_raw_parts(start, len) };
    notes
        .windows(build_id.len())
        .any(|window| window == build_id)
}
