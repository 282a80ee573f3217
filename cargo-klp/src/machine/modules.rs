// SPDX-License-Identifier: GPL-2.0-only
//! The system calls that load and unload a module.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::time::Duration;

use rustix::io::Errno;
use rustix::system::{delete_module, finit_module};

use super::{kernel_name, until};

/// How long a module may stay in use after its patch has left sysfs: the kernel gives up its
/// reference a moment later, from a work queue.
const IN_USE_FOR: Duration = Duration::from_secs(1);
/// `O_NONBLOCK`: do not wait for users of the module, as the kernel requires today.
const NONBLOCK: i32 = 0o4000;

/// Loads a module, trying exactly once: its init must not run twice.
///
/// # Errors
///
/// What the kernel says.
pub fn load(module: &File, params: &CStr) -> Result<(), Errno> {
    finit_module(module, params, 0)
}

/// Unloads a module that is not in use, or not for long any more.
///
/// # Errors
///
/// What the kernel says.
pub fn unload(name: &str) -> Result<(), Errno> {
    let name = CString::new(kernel_name(name)).map_err(|_| Errno::NOENT)?;
    let mut result = Err(Errno::AGAIN);
    until(IN_USE_FOR, || {
        result = delete_module(&name, NONBLOCK);
        result != Err(Errno::AGAIN)
    });
    result
}

/// Module parameters `NAME=VALUE`, in the kernel's own quoting.
pub fn parameters<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = words.into_iter().map(quoted).collect();
    quoted.join(" ")
}

fn quoted(param: &str) -> String {
    match param.split_once('=') {
        Some((name, value)) if value.contains(' ') => format!("{name}=\"{value}\""),
        _ => param.to_owned(),
    }
}
