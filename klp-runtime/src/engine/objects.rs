// SPDX-License-Identifier: GPL-2.0-only
//! Objects are patched and unpatched (`kernel/livepatch/patch.c`).

use super::Engine;
use crate::contract::CallbackKind;
use crate::line::Line;
use crate::patch::Object;
use crate::platform::Callback;
use crate::site::Sites;
use crate::{Errno, Error, Platform};

impl<P: Platform> Object<P> {
    /// Finds the functions of an object that is loaded (`klp_init_object_loaded`).
    pub(super) fn find(
        &mut self,
        platform: &P,
        module: P::Module,
        loaded: P::Object,
        in_transition: bool,
    ) -> Result<(), Error> {
        if self.is_module() {
            platform.relocate(module, loaded)?;
        }
        let name = self.name();
        let mut found = Ok(());
        for func in &mut *self.funcs {
            found = found.and_then(|()| {
                func.find(platform, loaded, in_transition)
                    .inspect_err(|error| {
                        platform.log(&Line::Unresolved {
                            object: name,
                            symbol: func.symbol(),
                            sympos: func.sympos(),
                            error: *error,
                        });
                    })
            });
        }
        self.loaded = Some(loaded);
        found.inspect_err(|_| self.lose(platform, module))
    }

    /// Undoes [`find`](Self::find): the object is not loaded any more.
    pub(super) fn lose(&mut self, platform: &P, module: P::Module) {
        for func in &mut *self.funcs {
            func.live = None;
        }
        if let (true, Some(loaded)) = (self.is_module(), self.loaded.take()) {
            platform.unrelocate(module, loaded);
        }
    }

    /// Redirects all functions, or none (`klp_patch_object`).
    pub(super) fn patch(&mut self, platform: &P, sites: &mut Sites<P>) -> Result<(), Error> {
        for index in 0..self.funcs.len() {
            let Some(live) = &mut self.funcs[index].live else {
                continue;
            };
            if let Err(error) = sites.patch(platform, live) {
                self.unpatch(platform, sites);
                return Err(error);
            }
            platform.breathe();
        }
        self.patched = true;
        Ok(())
    }

    /// Takes all replacements off (`klp_unpatch_object`). Handlers may see them until the next
    /// synchronize.
    pub(super) fn unpatch(&mut self, platform: &P, sites: &mut Sites<P>) {
        for func in &mut *self.funcs {
            if let Some(live) = func.live.as_mut().filter(|live| live.patched) {
                sites.unpatch(platform, live);
                platform.breathe();
            }
        }
        self.patched = false;
    }
}

impl<P: Platform> Engine<P> {
    /// Takes all replacements of the patch on top off.
    pub(super) fn unpatch_top(&mut self) {
        if let Some(top) = self.patches.last_mut() {
            for object in &mut *top.objects {
                object.unpatch(&self.platform, &mut self.sites);
            }
        }
    }

    /// Runs a callback of an object, if the object is loaded and has it.
    pub(super) fn call(
        &self,
        patch: usize,
        object: usize,
        kind: CallbackKind,
    ) -> Result<(), Errno> {
        let (earlier, rest) = self.patches.split_at(patch);
        let Some(patch) = rest.first() else {
            return Ok(());
        };
        let object = &patch.objects[object];
        let (Some(function), Some(loaded)) = (object.callbacks.of(kind), object.loaded) else {
            return Ok(());
        };
        self.platform.call(&Callback {
            kind,
            function,
            patch,
            name: object.name(),
            object: loaded,
            earlier,
        })
    }
}
