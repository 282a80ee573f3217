// SPDX-License-Identifier: GPL-2.0-only
//! What a simulated kernel shows of the engine at work, in order: lines of its log, and callbacks.

use crate::world::{Module, World};
use klp_runtime::contract::CallbackKind;
use klp_runtime::{Callback, Errno, Line, Platform, StateSpec};

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The engine printed a line.
    Line {
        /// Whether it is for those who debug live patching.
        debug: bool,
        /// The line, without a prefix.
        text: String,
    },
    /// A callback ran.
    Callback(Called),
}

/// A callback that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Which of the four.
    pub kind: CallbackKind,
    /// The patch's name.
    pub patch: &'static str,
    /// The object's name.
    pub object: String,
    /// How the object was, if it is a module.
    pub module: Option<Module>,
    /// What patches that were enabled earlier say about the states that this one has.
    pub previous: Vec<StateSpec>,
}

impl World {
    /// What was seen since this was last asked.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn printed(&mut self, line: &Line<'_>) {
        if self.path.is_some() {
            return;
        }
        self.log.push(line.to_string());
        self.figures.printed(line);
        self.events.push(Event::Line {
            debug: line.is_debug(),
            text: line.to_string(),
        });
    }

    /// What a callback refuses with, if it does.
    pub(crate) fn refusal(&mut self, kind: CallbackKind, object: &str) -> Option<Errno> {
        if kind != CallbackKind::PrePatch {
            return None;
        }
        let by_chance = self.has_bad_luck().then_some(Errno::ENODEV);
        self.refusing.get(object).copied().or(by_chance)
    }

    pub(crate) fn called<P: Platform>(&mut self, callback: &Callback<'_, P>) {
        if self.path.is_some() {
            return;
        }
        let states = callback.patch.spec().states.iter();
        self.events.push(Event::Callback(Called {
            kind: callback.kind,
            patch: callback.patch.name(),
            object: callback.name.to_owned(),
            module: self.modules.get(callback.name).copied(),
            previous: states
                .filter_map(|state| callback.previous_state(state.id).copied())
                .collect(),
        }));
    }
}
