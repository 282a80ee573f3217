// SPDX-License-Identifier: GPL-2.0-only
//! A patch comes (`klp_enable_patch`).

use super::{Engine, Transition};
use crate::contract::CallbackKind;
use crate::line::Line;
use crate::memory::Boxed;
use crate::patch::Patch;
use crate::spec::{ObjectSpec, PatchSpec};
use crate::transition::{Event, Forbidden, Pace, Target};
use crate::{Error, PatchState, Phase, Platform};

impl<P: Platform> Engine<P> {
    /// Enables a patch: its module calls this when it is loaded. On success the transition has
    /// started, and may be over.
    ///
    /// The module lets `spec` and all it points to live until [`Platform::release`].
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Duplicate`], [`Error::AlreadyEnabled`],
    /// [`Error::InTransition`], [`Error::Incompatible`], [`Error::Refused`], and those of
    /// [`Platform::resolve`], [`Platform::acquire`] and [`Platform::attach_handler`]. The patch has
    /// left nothing then.
    pub fn enable(&mut self, spec: &'static PatchSpec, module: P::Module) -> Result<(), Error> {
        self.check(spec)?;
        let mut patch = self.build(spec, module)?;
        self.platform.acquire(&patch)?;
        let prepared = self.prepare(&mut patch);
        let transition = prepared.inspect_err(|_| self.forget(&mut patch))?;
        // `build` has made room.
        self.patches.push(patch)?;
        self.platform.log(&Line::Enabling(spec.name));
        self.init(Target::Patched, transition)?;
        match self.patch_objects() {
            Ok(()) => self.start(Target::Patched),
            Err(error) => {
                self.platform.log(&Line::NotEnabled(spec.name));
                self.platform.log(&Line::Canceling(spec.name));
                self.step(Event::Cancel)?;
                self.finish(Target::Unpatched)?;
                Err(error)
            }
        }
    }

    /// What can be refused before anything is done.
    fn check(&self, spec: &PatchSpec) -> Result<(), Error> {
        well_formed(spec)?;
        if self.patch(spec.name).is_some() {
            return Err(Error::AlreadyEnabled);
        }
        if self.phase != Phase::Idle {
            return Err(Error::InTransition);
        }
        if !self.is_compatible(spec) {
            self.platform.log(&Line::Incompatible(spec.name));
            return Err(Error::Incompatible);
        }
        Ok(())
    }

    /// The patch with its objects and functions, and no-op functions for those it takes back.
    fn build(
        &mut self,
        spec: &'static PatchSpec,
        module: P::Module,
    ) -> Result<Boxed<Patch<P>, P>, Error> {
        let mut patch = Patch::new(&self.platform, spec, module)?;
        if spec.replace {
            self.add_nops(&mut patch)?;
        }
        self.patches.reserve(1)?;
        Boxed::new(patch, self.platform.clone())
    }

    /// Everything else that can fail before the patch is seen by anybody.
    fn prepare(&mut self, patch: &mut Patch<P>) -> Result<Transition<P>, Error> {
        let module = patch.module();
        for object in &mut *patch.objects {
            if let Some(loaded) = self.platform.find_object(object.name()) {
                object.find(&self.platform, module, loaded, true)?;
            }
        }
        let transition = self.transition_of(patch)?;
        self.open(patch)?;
        Ok(transition)
    }

    /// Undoes what was done before [`prepare`](Self::prepare) failed.
    fn forget(&self, patch: &mut Patch<P>) {
        let module = patch.module();
        for object in &mut *patch.objects {
            object.lose(&self.platform, module);
        }
        self.platform.release(patch);
    }

    /// What the transition of a patch has to know.
    pub(super) fn transition_of(&self, patch: &Patch<P>) -> Result<Transition<P>, Error> {
        Ok(Transition {
            forbidden: Forbidden::with_room_for(&self.platform, patch, self.patches.len())?,
            pace: Pace::start(self.policy, self.platform.now()),
        })
    }

    /// Makes handlers choose for the functions of a patch, and keeps other transitions away.
    fn open(&mut self, patch: &Patch<P>) -> Result<(), Error> {
        self.platform.set_target(PatchState::Patched)?;
        let opened = self.sites.open_all(&self.platform, patch);
        opened.inspect_err(|_| self.close())
    }

    /// Lets others have transitions, and calls go the cheapest way again, soon.
    pub(super) fn close(&self) {
        // Ours to end, so it cannot be refused.
        let _ = self.platform.set_target(PatchState::Undefined);
        // It can take a while, and who loads a patch need not wait for it.
        self.platform.retry_after(0);
    }

    /// Runs pre_patch callbacks, and redirects functions; tasks go on in the old ones.
    fn patch_objects(&mut self) -> Result<(), Error> {
        let top = self.patches.len() - 1;
        for index in 0..self.patches[top].objects.len() {
            let object = &self.patches[top].objects[index];
            let name = object.name();
            if object.loaded.is_none() {
                continue;
            }
            if let Err(errno) = self.call(top, index, CallbackKind::PrePatch) {
                self.platform.log(&Line::CallbackRefused(name));
                return Err(Error::Refused(errno));
            }
            self.patches[top].objects[index].prepared = true;
            let object = &mut self.patches[top].objects[index];
            if let Err(error) = object.patch(&self.platform, &mut self.sites) {
                self.platform.log(&Line::NotPatched(name));
                return Err(error);
            }
        }
        Ok(())
    }
}

/// What the link step sees to, checked again because a wrong patch takes the machine down.
fn well_formed(spec: &PatchSpec) -> Result<(), Error> {
    if spec.name.is_empty() || spec.objects.is_empty() {
        return Err(Error::Malformed);
    }
    for (index, object) in spec.objects.iter().enumerate() {
        if spec.objects[..index]
            .iter()
            .any(|other| other.name == object.name)
        {
            return Err(Error::Duplicate);
        }
        well_formed_object(object)?;
    }
    Ok(())
}

fn well_formed_object(object: &ObjectSpec) -> Result<(), Error> {
    if object.name.is_empty() {
        return Err(Error::Malformed);
    }
    for (index, func) in object.funcs.iter().enumerate() {
        if func.symbol.is_empty() || func.new_func == 0 {
            return Err(Error::Malformed);
        }
        // A name that is unique is the first of its kind.
        let same = |sympos: u64| sympos.max(1) == func.sympos.max(1);
        let mut others = object.funcs[..index].iter();
        if others.any(|other| other.symbol == func.symbol && same(other.sympos)) {
            return Err(Error::Duplicate);
        }
    }
    Ok(())
}
