// SPDX-License-Identifier: GPL-2.0-only
//! All tasks have switched (`klp_complete_transition`).

use super::Engine;
use crate::contract::CallbackKind;
use crate::line::Line;
use crate::transition::{Event, Target};
use crate::{Error, PatchState, Platform};

impl<P: Platform> Engine<P> {
    /// Puts in order what was in transition, and lets go of what is no longer used.
    pub(super) fn finish(&mut self, target: Target) -> Result<(), Error> {
        let name = self.top_name();
        self.platform.log(&Line::Completing(name, target));
        let replaced = target == Target::Patched && self.top_replaces();
        match target {
            Target::Patched => {
                if replaced {
                    self.unpatch_replaced();
                }
                self.mark(false);
                // Handlers that saw a mark need the states that go next; and what tasks did in
                // replaced functions, before they switched, is done before those go.
                self.platform.synchronize();
                if replaced {
                    self.free_nops();
                }
            }
            Target::Unpatched => {
                self.unpatch_top();
                // A handler must not see a removed function without its mark: it would choose it.
                self.platform.synchronize();
                self.mark(false);
            }
        }
        self.set_states(PatchState::Undefined);
        self.call_post(target);
        self.platform.log(&Line::Complete(name, target));
        self.step(Event::Finish)?;
        self.stats.transitions += 1;
        self.transition = None;
        self.close();
        match target {
            Target::Unpatched => self.release_top(),
            Target::Patched if replaced => self.release_replaced(),
            Target::Patched => {}
        }
        Ok(())
    }

    /// Runs the callbacks that a transition ends with.
    fn call_post(&mut self, target: Target) {
        let top = self.patches.len() - 1;
        for index in 0..self.patches[top].objects.len() {
            let object = &mut self.patches[top].objects[index];
            let kind = match target {
                Target::Patched => CallbackKind::PostPatch,
                Target::Unpatched => CallbackKind::PostUnpatch,
            };
            // Only what was begun is brought to its end.
            if object.prepared {
                object.prepared = target == Target::Patched;
                // What it returns does not count.
                let _ = self.call(top, index, kind);
            }
        }
    }

    fn release_top(&mut self) {
        if let Some(patch) = self.patches.pop() {
            self.platform.release(&patch);
        }
    }

    fn release_replaced(&mut self) {
        while self.patches.len() > 1 {
            if let Some(patch) = self.patches.remove(0) {
                self.platform.release(&patch);
            }
        }
    }
}
