// SPDX-License-Identifier: GPL-2.0-only
//! Loading and unloading modules, in the words of kmod.

use std::{ffi::CString, fs::File, io, path::Path};

use rustix::io::Errno;

use super::reason;
use crate::machine::modules;

/// Loads a module, trying exactly once: its init must not run twice.
pub fn insmod(file: &str, params: &str) -> Result<(), String> {
    let name = Path::new(file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let failed = |why: String| format!("insmod: ERROR: could not insert module {name}: {why}");
    let module = File::open(file).map_err(|error| failed(reason(&error)))?;
    let params = CString::new(params).map_err(|_| failed("Invalid parameters".into()))?;
    modules::load(&module, &params).map_err(|errno| failed(load_reason(errno)))
}

/// The words that users know from kmod; for the others, the system's own.
fn load_reason(errno: Errno) -> String {
    match errno {
        Errno::NOEXEC => "Invalid module format".into(),
        Errno::NOENT => "Unknown symbol in module, or unknown parameter".into(),
        Errno::SRCH => "Module has wrong symbol version".into(),
        Errno::INVAL => "Invalid parameters".into(),
        errno => reason(&io::Error::from(errno)),
    }
}

/// Unloads a module that is not in use.
pub fn rmmod(name: &str) -> Result<(), String> {
    modules::unload(name).map_err(|errno| {
        let why = match errno {
            Errno::AGAIN => "Module is in use".into(),
            errno => reason(&io::Error::from(errno)),
        };
        format!("rmmod: could not remove module {name}: {why}")
    })
}
