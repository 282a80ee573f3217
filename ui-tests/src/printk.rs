// SPDX-License-Identifier: GPL-2.0-only
//! The kernel log.

use core::ffi::{c_char, c_int};
use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Takes what was printed since the last time: the level's digit, then the line.
pub fn log() -> Vec<String> {
    std::mem::take(&mut LOG.lock().unwrap_or_else(PoisonError::into_inner))
}

/// `printk`, for the one format that klp-kernel prints with. Variadic for the caller; on x86-64
/// that makes no difference to where these arguments are.
///
/// # Safety
/// The arguments must be those of the format.
#[unsafe(no_mangle)]
unsafe extern "C" fn _printk(
    format: *const c_char,
    module_len: c_int,
    module: *const u8,
    text_len: c_int,
    text: *const u8,
) -> c_int {
    // SAFETY: formats are C strings.
    let format = unsafe { CStr::from_ptr(format) }.to_bytes();
    let [1, level, rest @ ..] = format else {
        panic!("no level: {format:?}")
    };
    assert_eq!(rest, b"%.*s: %.*s\n");
    // SAFETY: the caller vouches for it.
    let module = unsafe { slice(module, module_len) };
    // SAFETY: the caller vouches for it.
    let text = unsafe { slice(text, text_len) };
    let line = format!("{}{module}: {text}", char::from(*level));
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    log.push(line);
    0
}

/// # Safety
/// `bytes` must point to `len` bytes.
unsafe fn slice(bytes: *const u8, len: c_int) -> String {
    let len = usize::try_from(len).expect("a length is not negative");
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { std::slice::from_raw_parts(bytes, len) };
    String::from_utf8(bytes.to_vec()).expect("klp-kernel prints whole characters")
}
