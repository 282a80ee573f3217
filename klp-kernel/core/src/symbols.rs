// SPDX-License-Identifier: GPL-2.0-only
//! Functions by name and position, and their extents: kallsyms.

use crate::ops::CALL;
use crate::kernel::{elf64_sym, mod_kallsyms, module};
use crate::name::Name;
use crate::object::{self, Loadable};
use core::ffi::{c_char, c_int, c_ulong, c_void};
use klp_kernel::prelude::*;
use klp_runtime::{Code, Error, OldFunc};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/kallsyms.c`: calls `fn` for each symbol of the kernel that has this name.
    fn kallsyms_on_each_match_symbol(
        r#fn: Option<unsafe extern "C" fn(*mut c_void, c_ulong) -> c_int>,
        name: *const c_char,
        data: *mut c_void,
    ) -> c_int;
    /// `kernel/kallsyms.c`.
    fn kallsyms_lookup_size_offset(
        addr: c_ulong,
        symbolsize: *mut c_ulong,
        offset: *mut c_ulong,
    ) -> c_int;
    /// `kernel/trace/ftrace.c`: where the function of this address calls the tracer, or 0.
    fn ftrace_location(ip: c_ulong) -> c_ulong;
}

/// A function that calls can be redirected from.
pub fn old_func(
    object: Loadable,
    symbol: &str,
    sympos: u64,
) -> core::result::Result<OldFunc, Error> {
    let address = match object.module() {
        None => in_kernel(symbol, sympos),
        Some(module) => in_module(module, symbol, sympos),
    }?;
    let code = code(address)?;
    // SAFETY: any address will do.
    let ip = unsafe { ftrace_location(address as c_ulong) } as usize;
    if ip < address || ip - address >= code.size {
        return Err(Error::NotTraceable);
    }
    let entry = Code {
        start: address,
        size: ip + CALL - address,
    };
    Ok(OldFunc { code, entry })
}

/// The code of the function at `address`.
pub fn code(address: usize) -> core::result::Result<Code, Error> {
    let code = around(address).filter(|code| code.start == address);
    code.ok_or(Error::NoSymbol)
}

/// The code of the function, or of the part of one, that an address is in.
pub fn around(address: usize) -> Option<Code> {
    let (mut size, mut offset) = (0, 0);
    // SAFETY: any address will do, and both results have their places.
    let found =
        unsafe { kallsyms_lookup_size_offset(address as c_ulong, &raw mut size, &raw mut offset) };
    (found != 0).then(|| Code {
        start: address - offset as usize,
        size: size as usize,
    })
}

/// Which of several symbols is wanted, and which have been seen.
struct Wanted {
    sympos: u64,
    seen: u64,
    found: usize,
}

impl Wanted {
    const fn new(sympos: u64) -> Self {
        Self {
            sympos,
            seen: 0,
            found: 0,
        }
    }

    fn see(&mut self, address: usize) {
        self.seen += 1;
        if self.seen == self.sympos.max(1) {
            self.found = address;
        }
    }

    const fn result(&self) -> core::result::Result<usize, Error> {
        match (self.sympos, self.seen) {
            (_, 0) => Err(Error::NoSymbol),
            (0, 2..) => Err(Error::AmbiguousSymbol),
            (sympos, seen) if sympos > seen => Err(Error::NoSuchPosition),
            _ => Ok(self.found),
        }
    }
}

fn in_kernel(symbol: &str, sympos: u64) -> core::result::Result<usize, Error> {
    let name = Name::new(format_args!("{symbol}")).ok_or(Error::NoSymbol)?;
    let mut wanted = Wanted::new(sympos);
    let data = (&raw mut wanted).cast();
    // SAFETY: the name ends in 0; `seen` gets the data that it expects.
    unsafe { kallsyms_on_each_match_symbol(Some(seen), name.as_ptr(), data) };
    wanted.result()
}

unsafe extern "C" fn seen(wanted: *mut c_void, address: c_ulong) -> c_int {
    // SAFETY: `in_kernel` hands over a `Wanted`.
    unsafe { &mut *wanted.cast::<Wanted>() }.see(address as usize);
    0
}

fn in_module(module: *mut module, symbol: &str, sympos: u64) -> core::result::Result<usize, Error> {
    let mut wanted = Wanted::new(sympos);
    // After its init the module gets a smaller table, under this lock, and the first one is freed.
    let _held = object::lock_modules();
    // SAFETY: the module is loaded, and the lock of the engine keeps it from going.
    let symbols = unsafe { &*module::kallsyms(module).read() };
    for index in 0..symbols.num_symtab as usize {
        // SAFETY: there are as many.
        let entry = unsafe { &*symbols.symtab.add(index) };
        // SAFETY: a symbol of this table.
        if entry.st_shndx != 0 && unsafe { name_of(symbols, entry) } == symbol.as_bytes() {
            wanted.see(entry.st_value as usize);
        }
    }
    wanted.result()
}

/// # Safety
/// `symbol` must be one of the table.
unsafe fn name_of<'a>(table: &'a mod_kallsyms, symbol: &elf64_sym) -> &'a [u8] {
    // SAFETY: the loader has checked that names are within the table of strings.
    let name = unsafe { table.strtab.add(symbol.st_name as usize) };
    // SAFETY: and that the table ends in 0.
    unsafe { CStr::from_ptr(name) }.to_bytes()
}
