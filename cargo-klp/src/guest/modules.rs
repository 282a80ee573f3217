// SPDX-License-Identifier: GPL-2.0-only
//! Loading and unloading modules, each with the system call it stands for.

use std::{
    ffi::CString,
    fs::File,
    io,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    system::{delete_module, finit_module},
};

use super::reason;

/// How long a module may stay in use after its patch has left sysfs: the kernel gives up its
/// reference a moment later, from a work queue.
const IN_USE_FOR: Duration = Duration::from_secs(1);
/// `O_NONBLOCK`: do not wait for users of the module, as the kernel requires today.
const NONBLOCK: i32 = 0o4000;

/// Loads a module, trying exactly once: its init must not run twice.
pub fn insmod(file: &str, params: &str) -> Result<(), String> {
    let name = Path::new(file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let failed = |why: String| format!("insmod: ERROR: could not insert module {name}: {why}");
    let module = File::open(file).map_err(|error| failed(reason(&error)))?;
    let params = CString::new(params).map_err(|_| failed("Invalid parameters".into()))?;
    finit_module(&module, &params, 0).map_err(|errno| failed(load_reason(errno)))
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
    let failed = |why: String| format!("rmmod: could not remove module {name}: {why}");
    let kernel_name = CString::new(name.trim_end_matches(".ko").replace('-', "_"))
        .map_err(|_| failed("No such file or directory".into()))?;
    let deadline = Instant::now() + IN_USE_FOR;
    loop {
        match delete_module(&kernel_name, NONBLOCK) {
            Ok(()) => return Ok(()),
            Err(Errno::AGAIN) if Instant::now() < deadline => sleep(Duration::from_millis(10)),
            Err(Errno::AGAIN) => return Err(failed("Module is in use".into())),
            Err(errno) => return Err(failed(reason(&io::Error::from(errno)))),
        }
    }
}
