// SPDX-License-Identifier: GPL-2.0-only
//! Patched modules come and go (`klp_module_coming`, `klp_module_going`).

use super::Engine;
use crate::contract::CallbackKind;
use crate::line::Line;
use crate::{Error, Phase, Platform};

impl<P: Platform> Engine<P> {
    /// A module has been loaded, and its init is about to run: patches it.
    ///
    /// # Errors
    /// That of the first patch that cannot be applied; the module may not be loaded then.
    pub fn module_coming(&mut self, name: &str, module: P::Object) -> Result<(), Error> {
        for patch in 0..self.patches.len() {
            if let Err(error) = self.apply(patch, name, module) {
                self.platform.log(&Line::RefusingToLoad {
                    patch: self.patches[patch].name(),
                    object: name,
                });
                self.revert(name, patch);
                return Err(error);
            }
        }
        self.objects_changed()
    }

    /// A module is about to go, and its exit has run: unpatches it.
    ///
    /// # Errors
    /// None that is not a mistake in the engine itself.
    pub fn module_going(&mut self, name: &str) -> Result<(), Error> {
        self.revert(name, self.patches.len());
        self.objects_changed()
    }

    /// Applies one patch to a module that is being loaded.
    fn apply(&mut self, index: usize, name: &str, module: P::Object) -> Result<(), Error> {
        let in_transition = self.is_in_transition(index);
        let patch = &mut *self.patches[index];
        let (patch_name, pmod) = (patch.name(), patch.module());
        let Some(at) = patch
            .objects
            .iter()
            .position(|object| object.name() == name)
        else {
            return Ok(());
        };
        let found = patch.objects[at].find(&self.platform, pmod, module, in_transition);
        found.inspect_err(|error| {
            self.platform.log(&Line::NotInitialized {
                patch: patch_name,
                object: name,
                error: *error,
            });
        })?;
        self.platform.log(&Line::Applying {
            patch: patch_name,
            object: name,
        });
        self.patch_loading(index, at).inspect_err(|_| {
            self.patches[index].objects[at].lose(&self.platform, pmod);
        })?;
        if !in_transition {
            // What it returns does not count.
            let _ = self.call(index, at, CallbackKind::PostPatch);
        }
        Ok(())
    }

    /// Runs the pre_patch callback of a module that is being loaded, and redirects its functions.
    fn patch_loading(&mut self, index: usize, at: usize) -> Result<(), Error> {
        let name = self.patches[index].objects[at].name();
        if let Err(errno) = self.call(index, at, CallbackKind::PrePatch) {
            self.platform.log(&Line::CallbackRefused(name));
            return Err(Error::Refused(errno));
        }
        let object = &mut self.patches[index].objects[at];
        let Err(error) = object.patch(&self.platform, &mut self.sites) else {
            object.prepared = true;
            return Ok(());
        };
        self.platform.log(&Line::NotApplied {
            patch: self.patches[index].name(),
            object: name,
            error,
        });
        // What it returns does not count.
        let _ = self.call(index, at, CallbackKind::PostUnpatch);
        // Nothing of the module runs yet, but a function's first handlers may have been attached.
        self.platform.synchronize();
        Err(error)
    }

    /// Takes the first `limit` patches off a module (`klp_cleanup_module_patches_limited`).
    fn revert(&mut self, name: &str, limit: usize) {
        for index in 0..limit {
            let objects = self.patches[index].objects.iter();
            let mut objects = objects
                .enumerate()
                .filter(|(_, object)| object.loaded.is_some());
            if let Some((at, _)) = objects.find(|(_, object)| object.name() == name) {
                self.revert_object(index, at);
            }
        }
    }

    fn revert_object(&mut self, index: usize, at: usize) {
        if !self.is_in_transition(index) {
            // What it returns does not count.
            let _ = self.call(index, at, CallbackKind::PreUnpatch);
        }
        let patch = &mut *self.patches[index];
        let (patch_name, pmod) = (patch.name(), patch.module());
        let object = &mut patch.objects[at];
        self.platform.log(&Line::Reverting {
            patch: patch_name,
            object: object.name(),
        });
        object.unpatch(&self.platform, &mut self.sites);
        object.prepared = false;
        // What it returns does not count.
        let _ = self.call(index, at, CallbackKind::PostUnpatch);
        // Handlers may see the functions until now.
        self.platform.synchronize();
        self.patches[index].objects[at].lose(&self.platform, pmod);
    }

    /// Fits the transition under way, or the routes of calls, to the objects as they are.
    fn objects_changed(&mut self) -> Result<(), Error> {
        match self.phase {
            Phase::Running(target) => self.forbid(target),
            _ => {
                self.platform.retry_after(0);
                Ok(())
            }
        }
    }
}
