// SPDX-License-Identifier: GPL-2.0-only
//! Loading a patch, and what it means when the kernel refuses.

use std::ffi::CString;
use std::fs::File;

use rustix::io::Errno;

use super::log::KernelLog;
use super::refusal::Refusal;
use super::{Machine, MachineError, Patch, PatchFile, modules};

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
        let name = name.to_owned();
        let mut patches = self.patches().into_iter();
        match patches.find(|patch| errno == Errno::BUSY && patch.transition) {
            Some(Patch { name: patch, .. }) => MachineError::Busy { verb, name, patch },
            None => {
                let log = log.lines();
                let refusal = Refusal { errno, log };
                MachineError::Refused {
                    verb,
                    name,
                    refusal,
                }
            }
        }
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
