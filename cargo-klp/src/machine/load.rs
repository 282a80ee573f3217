// SPDX-License-Identifier: GPL-2.0-only
//! Loading a patch, and what it means when the kernel refuses.

use std::ffi::CString;
use std::fs::File;
use std::io;

use rustix::io::Errno;

use super::log::KernelLog;
use super::{Machine, MachineError, PatchFile, modules, reason};

impl Machine {
    /// Refuses what is loaded already.
    ///
    /// # Errors
    ///
    /// When it is.
    pub fn check_absent(&self, name: &str) -> Result<(), MachineError> {
        match self.has_module(name) {
            true => Err(MachineError::Loaded {
                name: name.to_owned(),
            }),
            false => Ok(()),
        }
    }

    /// Loads a module with these parameters `NAME=VALUE`, trying exactly once.
    ///
    /// # Errors
    ///
    /// When the kernel refuses; the error has its lines about it.
    pub fn load(&self, file: &PatchFile, params: &[String]) -> Result<(), MachineError> {
        let module = File::open(&file.path).map_err(|source| MachineError::File {
            path: file.path.clone(),
            source,
        })?;
        let params = modules::parameters(params.iter().map(String::as_str));
        let log = KernelLog::from_now(self);
        CString::new(params)
            .map_err(|_| Errno::INVAL)
            .and_then(|params| modules::load(&module, &params))
            .map_err(|errno| self.refused("load", file.name(), errno, log))
    }

    /// The kernel's refusal, explained.
    pub(super) fn refused(
        &self,
        verb: &'static str,
        name: &str,
        errno: Errno,
        log: KernelLog,
    ) -> MachineError {
        let busy = self.patches().into_iter().find(|patch| patch.transition);
        let name = name.to_owned();
        match (errno, busy) {
            (Errno::BUSY, Some(patch)) => MachineError::Busy {
                verb,
                name,
                patch: patch.name,
            },
            _ => {
                let log = log.lines();
                MachineError::Refused {
                    verb,
                    why: why(errno),
                    next: next(errno, &name, log.is_empty()),
                    name,
                    log,
                }
            }
        }
    }
}

/// The error number's meaning for a patch, and the system's own words.
fn why(errno: Errno) -> String {
    let means = match errno {
        Errno::BUSY => "something that it needs is in use",
        Errno::EXIST => "a module or patch of this name is there already",
        Errno::NOEXEC => "the kernel does not take a module of this form",
        Errno::INVAL => "the live-patching core does not take it, or a parameter's value",
        Errno::NOENT => "it uses a symbol or a parameter that is not there",
        Errno::PERM => "nobody may do that on this machine now",
        Errno::KEYREJECTED | Errno::NOKEY => "the kernel takes signed modules only",
        Errno::AGAIN => "it is in use",
        _ => "the kernel, or a callback of the patch, refuses",
    };
    format!("{means} ({})", reason(&io::Error::from(errno)))
}

fn next(errno: Errno, name: &str, silent: bool) -> String {
    match errno {
        Errno::EXIST => format!("`cargo klp unload {name}` takes it away"),
        Errno::PERM => "see `sysctl kernel.modules_disabled` and \
            /sys/kernel/security/lockdown"
            .to_owned(),
        Errno::KEYREJECTED | Errno::NOKEY => "sign it with a key that the kernel knows".to_owned(),
        Errno::AGAIN => "`lsmod` shows what needs it; a patch that was forced stays until the \
            machine is booted again"
            .to_owned(),
        _ if silent => "the kernel's log may say more: `dmesg`".to_owned(),
        _ => "the lines above are the kernel's own about it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::fake::Fake;

    #[test]
    fn a_refusal_names_the_patch_that_is_in_the_way() {
        let fake = Fake::new();
        fake.patch("klp/other", "1 1 0 1");
        let log = KernelLog::from_now(&fake.machine);
        let error = fake.machine.refused("load", "fix", Errno::BUSY, log);
        assert_eq!(
            error.to_string(),
            "cannot load fix: other is in transition, and only one patch can be\n\
             `cargo klp wait other` waits for it, `cargo klp status` says who holds it up"
        );
    }

    #[test]
    fn every_number_is_said_in_words() {
        let machine = Fake::new().machine;
        for (errno, words) in [
            (Errno::NOEXEC, "of this form (Exec format error)"),
            (Errno::INVAL, "does not take it"),
            (Errno::KEYREJECTED, "signed modules only"),
            (
                Errno::NODEV,
                "a callback of the patch, refuses (No such device)",
            ),
        ] {
            let log = KernelLog::from_now(&machine);
            let text = machine.refused("load", "fix", errno, log).to_string();
            assert!(text.contains(words), "{text}");
        }
    }

    #[test]
    fn what_is_loaded_is_not_loaded_again() {
        let fake = Fake::new();
        fake.file("sys/module/my_fix/initstate", "live\n");
        assert!(fake.machine.check_absent("other").is_ok());
        let error = fake.machine.check_absent("my-fix").unwrap_err().to_string();
        assert!(error.contains("cargo klp unload my-fix"), "{error}");
    }
}
