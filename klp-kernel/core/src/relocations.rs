// SPDX-License-Identifier: GPL-2.0-only
//! A patch's references to the symbols of modules: `.klp.rela.OBJECT.SECTION`
//! (`Documentation/livepatch/module-elf-format.rst`).

use crate::kernel::{elf64_rela, elf64_shdr, klp_modinfo, mod_kallsyms, module, mutex};
use crate::lock::{mutex_lock, mutex_unlock};
use crate::object::{self, Loadable};
use core::ffi::{c_char, c_int, c_uint, c_void};
use core::slice;
use klp_kernel::prelude::*;
use klp_runtime::Error;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/livepatch/core.c`: resolves the symbols of one section and writes them, if it is
    /// for this object.
    #[kernel(unchecked = "it takes the module's own section headers")]
    fn klp_apply_section_relocs(
        pmod: *mut module,
        sechdrs: *mut elf64_shdr,
        shstrtab: *const c_char,
        strtab: *const c_char,
        symndx: c_uint,
        secndx: c_uint,
        objname: *const c_char,
    ) -> c_int;
    /// `arch/x86/kernel/alternative.c`: under `text_mutex`.
    fn text_poke(addr: *mut c_void, opcode: *const c_void, len: usize) -> *mut c_void;
    /// `kernel/extable.c`.
    static mut text_mutex: mutex;
}

/// `SHF_RELA_LIVEPATCH` (`include/uapi/linux/elf.h`).
const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;
/// `R_X86_64_64` and `R_X86_64_PC64`, which are 8 bytes wide.
const WIDE: [u64; 2] = [1, 24];

/// Writes the addresses of an object's symbols into the patch's code and data.
///
/// # Safety
/// The patch's module must be there.
pub unsafe fn apply(patch: *mut module, object: Loadable) -> core::result::Result<(), Error> {
    // SAFETY: the caller vouches for the module.
    let Some(sections) = (unsafe { Sections::of(patch) }) else {
        return Ok(());
    };
    let mut result = Ok(());
    for (index, _) in sections.livepatch() {
        // SAFETY: a section of the module; the object's name ends in 0.
        let applied = unsafe {
            klp_apply_section_relocs(
                patch,
                sections.info.sechdrs,
                sections.info.secstrings,
                mod_kallsyms::strtab(module::core_kallsyms(patch)).read(),
                sections.info.symndx,
                index,
                object::c_name(object),
            )
        };
        result = Errno::check(applied).map(drop).map_err(Error::from);
        if result.is_err() {
            break;
        }
    }
    // SAFETY: as above. What was written is taken back.
    result.inspect_err(|_| unsafe { clear(patch, object) })
}

/// Undoes [`apply`]: the loader only writes where nothing is.
///
/// # Safety
/// The patch's module must be there, and nobody use what refers to the object.
pub unsafe fn clear(patch: *mut module, object: Loadable) {
    // SAFETY: the caller vouches for the module.
    let Some(sections) = (unsafe { Sections::of(patch) }) else {
        return;
    };
    // SAFETY: the lock is the kernel's, and given back below.
    unsafe { mutex_lock(&raw mut text_mutex) };
    for (_, section) in sections.livepatch() {
        if sections.is_for(section, object) {
            sections.clear(section);
        }
    }
    // SAFETY: taken above.
    unsafe { mutex_unlock(&raw mut text_mutex) };
}

/// A module's section headers, which the loader keeps for modules that say `livepatch=Y`.
struct Sections<'a> {
    info: &'a klp_modinfo,
    headers: &'a [elf64_shdr],
}

impl Sections<'_> {
    /// # Safety
    /// The module must be there for as long as the result is used.
    unsafe fn of(patch: *mut module) -> Option<Self> {
        // SAFETY: the caller vouches for the module; it is null for others.
        let info: &klp_modinfo = unsafe { module::klp_info(patch).read().as_ref() }?;
        let count = usize::from(info.hdr.e_shnum);
        // SAFETY: there are as many.
        let headers = unsafe { slice::from_raw_parts(info.sechdrs, count) };
        Some(Self { info, headers })
    }

    /// The sections with relocations that livepatch applies, and their indices.
    fn livepatch(&self) -> impl Iterator<Item = (c_uint, &elf64_shdr)> {
        let headers = (0..).zip(self.headers);
        headers.filter(|(_, section)| section.sh_flags & SHF_RELA_LIVEPATCH != 0)
    }

    fn is_for(&self, section: &elf64_shdr, object: Loadable) -> bool {
        // SAFETY: the loader has checked the names of sections.
        let name = unsafe { self.info.secstrings.add(section.sh_name as usize) };
        // SAFETY: as above; names end in 0.
        let (name, object) =
            unsafe { (CStr::from_ptr(name), CStr::from_ptr(object::c_name(object))) };
        let rest = name.to_bytes().strip_prefix(b".klp.rela.");
        let rest = rest.and_then(|rest| rest.strip_prefix(object.to_bytes()));
        rest.is_some_and(|rest| rest.starts_with(b"."))
    }

    /// Zeroes what the relocations of a section have written.
    fn clear(&self, section: &elf64_shdr) {
        let count = section.sh_size as usize / size_of::<elf64_rela>();
        // SAFETY: the loader keeps the section in memory.
        let entries = unsafe { slice::from_raw_parts(section.sh_addr as *const elf64_rela, count) };
        let Some(target) = self.headers.get(section.sh_info as usize) else {
            return;
        };
        for entry in entries {
            let place = target.sh_addr.wrapping_add(entry.r_offset);
            let kind = entry.r_info & 0xffff_ffff;
            let len = if WIDE.contains(&kind) { 8 } else { 4 };
            // SAFETY: the loader has written as many bytes there; the lock is held.
            unsafe { text_poke(place as *mut c_void, [0_u8; 8].as_ptr().cast(), len) };
        }
    }
}
