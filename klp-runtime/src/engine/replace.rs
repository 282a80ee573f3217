// SPDX-License-Identifier: GPL-2.0-only
//! A cumulative patch takes the place of all others
//! (`Documentation/livepatch/cumulative-patches.rst`).

use super::Engine;
use crate::patch::{Func, Object, Patch};
use crate::spec::{PatchSpec, StateSpec};
use crate::{Error, Platform};

impl<P: Platform> Engine<P> {
    /// Whether a patch can take over what the patches before it have changed in the system
    /// (`klp_is_patch_compatible`).
    pub(super) fn is_compatible(&self, spec: &PatchSpec) -> bool {
        let mut states = self.patches().flat_map(|patch| patch.spec().states);
        states.all(|state| can_take_over(spec, state))
    }

    pub(super) fn top_replaces(&self) -> bool {
        self.patches
            .last()
            .is_some_and(|patch| patch.spec().replace)
    }

    /// Gives a cumulative patch a no-op function for each function that it no longer replaces, so
    /// that those go back to the old code in the same transition.
    pub(super) fn add_nops(&self, patch: &mut Patch<P>) -> Result<(), Error> {
        for old in self.patches.iter().flat_map(|older| older.objects.iter()) {
            if patch.object_mut(old.name()).is_none() {
                let object = Object::dynamic(&self.platform, old.name());
                patch.objects.push(object)?;
            }
            let Some(object) = patch.object_mut(old.name()) else {
                continue;
            };
            for func in &*old.funcs {
                if !object.funcs.iter().any(|other| other.is_same(func)) {
                    object.funcs.push(Func::nop(func))?;
                }
            }
        }
        Ok(())
    }

    /// Takes the replaced patches off all functions, and then the no-op functions, which nothing
    /// is under any more (`klp_unpatch_replaced_patches`, `klp_discard_nops`).
    pub(super) fn unpatch_replaced(&mut self) {
        let Some((top, older)) = self.patches.split_last_mut() else {
            return;
        };
        for patch in older {
            patch.enabled = false;
            for object in &mut *patch.objects {
                object.unpatch(&self.platform, &mut self.sites);
            }
        }
        for func in top
            .objects
            .iter_mut()
            .flat_map(|object| object.funcs.iter_mut())
        {
            let nop = func.is_nop();
            if let Some(live) = func.live.as_mut().filter(|live| nop && live.patched) {
                self.sites.unpatch(&self.platform, live);
                self.platform.breathe();
            }
        }
    }

    /// Frees the no-op functions, when no handler sees them any more.
    pub(super) fn free_nops(&mut self) {
        if let Some(top) = self.patches.last_mut() {
            top.objects.retain(|object| !object.is_dynamic());
            for object in &mut *top.objects {
                object.funcs.retain(|func| !func.is_nop());
            }
        }
    }
}

/// A cumulative patch must know all states there are; any patch must know as much of those it has.
fn can_take_over(spec: &PatchSpec, old: &StateSpec) -> bool {
    match spec.state(old.id) {
        Some(state) => state.version >= old.version,
        None => !spec.replace,
    }
}
