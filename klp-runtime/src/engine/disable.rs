// SPDX-License-Identifier: GPL-2.0-only
//! A patch goes (sysfs `enabled`, `force`).

use super::Engine;
use crate::contract::CallbackKind;
use crate::line::Line;
use crate::transition::{Event, Target};
use crate::{Error, PatchState, Phase, Platform};

impl<P: Platform> Engine<P> {
    /// Disables a patch, or turns its transition round: a write to its sysfs `enabled`.
    ///
    /// A patch that has been disabled is gone; loading its module enables it again.
    ///
    /// # Errors
    /// [`Error::NotEnabled`] if there is no such patch; [`Error::NothingToDo`] if it is
    /// enabled, or being disabled, already; [`Error::InTransition`] for that of another patch; [`Error::NotOnTop`]; and those of
    /// [`Platform::attach_handler`]. Nothing has changed then.
    pub fn set_enabled(&mut self, name: &str, enabled: bool) -> Result<(), Error> {
        let index = self.patches.iter().position(|patch| patch.name() == name);
        let index = index.ok_or(Error::NotEnabled)?;
        if self.patches[index].enabled == enabled {
            return Err(Error::NothingToDo);
        }
        if self.is_in_transition(index) {
            self.reverse()
        } else {
            self.disable(index)
        }
    }

    fn disable(&mut self, index: usize) -> Result<(), Error> {
        if self.phase != Phase::Idle {
            return Err(Error::InTransition);
        }
        if index + 1 != self.patches.len() {
            return Err(Error::NotOnTop);
        }
        let transition = self.transition_of(&self.patches[index])?;
        self.platform.set_target(PatchState::Unpatched)?;
        let opened = self.sites.open_all(&self.platform, &self.patches[index]);
        opened.inspect_err(|_| self.close())?;
        self.init(Target::Unpatched, transition)?;
        for object in 0..self.patches[index].objects.len() {
            if self.patches[index].objects[object].patched {
                // What it returns does not count.
                let _ = self.call(index, object, CallbackKind::PreUnpatch);
            }
        }
        self.start(Target::Unpatched)
    }

    /// Makes all tasks switch at once, whatever they are doing: a write to the sysfs `force` of the
    /// patch in transition.
    ///
    /// Tasks may then be in code that is no longer in use, so the modules of the patches that go
    /// stay for ever.
    ///
    /// # Errors
    /// [`Error::NotInTransition`] if this patch is not.
    pub fn force(&mut self, name: &str) -> Result<(), Error> {
        if self
            .in_transition()
            .is_none_or(|patch| patch.name() != name)
        {
            return Err(Error::NotInTransition);
        }
        self.step(Event::Force)?;
        self.platform.log(&Line::Forcing);
        self.switch_all();
        // A handler that saw the old state goes on to the function below, so that must not be taken
        // off before.
        self.platform.synchronize();
        self.mark_forced();
        self.retry()
    }

    /// Marks the patches that go as forced.
    fn mark_forced(&mut self) {
        if let Some(patch) = self.patches.last() {
            self.sites.force(patch);
        }
        let Some((top, older)) = self.patches.split_last_mut() else {
            return;
        };
        match self.phase.target() {
            Some(Target::Unpatched) => top.forced = true,
            Some(Target::Patched) if top.spec().replace => {
                older.iter_mut().for_each(|patch| patch.forced = true);
            }
            _ => {}
        }
    }
}
