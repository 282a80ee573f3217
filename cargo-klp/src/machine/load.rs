// SPDX-License-Identifier: GPL-2.0-only
//! Loading a patch, and what it means when the kernel refuses.

use std::ffi::CString;
use std::fs::File;

use klp_link::profile::{Target, build_id};
use rustix::io::Errno;

use super::log::KernelLog;
use super::refusal::Refusal;
use super::{Machine, MachineError, PatchFile, attribute, modules};

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

    /// Refuses a patch of a module that is loaded in another build.
    ///
    /// # Errors
    ///
    /// When one is.
    pub fn check_targets(&self, targets: &[Target]) -> Result<(), MachineError> {
        let there = targets
            .iter()
            .filter(|target| self.has_module(&target.name));
        for wanted in there {
            let loaded = self.loaded(&wanted.name);
            if let Some((what, [wanted_is, loaded_is])) = wanted.difference(&loaded) {
                return Err(MachineError::OtherBuildOfModule {
                    module: wanted.name.clone(),
                    what,
                    wanted: wanted_is.to_owned(),
                    loaded: loaded_is.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The build of a module that is loaded.
    fn loaded(&self, name: &str) -> Target {
        let folder = self.module(name);
        let notes = std::fs::read(folder.join("notes/.note.gnu.build-id"));
        let build_id = notes.ok().and_then(|notes| build_id(&notes));
        let srcversion = attribute(&folder, "srcversion");
        Target::new(name, srcversion.as_deref(), build_id.as_deref())
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
        let refusal = Refusal {
            errno,
            busy: busy.map(|patch| patch.name),
            log: log.lines(),
        };
        MachineError::Refused {
            verb,
            name: name.to_owned(),
            refusal,
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
    fn another_build_of_a_module_is_refused() {
        let fake = Fake::new();
        let wanted = [Target::new("veth", Some("A"), None)];
        assert!(
            fake.machine.check_targets(&wanted).is_ok(),
            "it is not there"
        );
        fake.file("sys/module/veth/initstate", "live\n");
        fake.file("sys/module/veth/srcversion", "A\n");
        assert!(fake.machine.check_targets(&wanted).is_ok());
        fake.file("sys/module/veth/srcversion", "B\n");
        let error = fake.machine.check_targets(&wanted).unwrap_err();
        assert_eq!(error.code().to_string(), "KLP229");
        let error = error.to_string();
        assert!(
            error.contains("srcversion is B, and the patch is for A"),
            "{error}"
        );
    }

    #[test]
    fn a_builds_id_is_in_its_notes() {
        let fake = Fake::new();
        fake.file("sys/module/veth/initstate", "live\n");
        let note = "\u{4}\0\0\0\u{1}\0\0\0\u{3}\0\0\0GNU\0\u{7}\0\0\0";
        fake.file("sys/module/veth/notes/.note.gnu.build-id", note);
        let wanted = |id| {
            fake.machine
                .check_targets(&[Target::new("veth", None, Some(id))])
        };
        assert!(wanted(&[7]).is_ok());
        assert!(wanted(&[8]).is_err());
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
