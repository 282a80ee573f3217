// SPDX-License-Identifier: GPL-2.0-only
//! What the examples' callbacks do and print.

use crate::catalog::DEMO;
use klp_runtime::contract::CallbackKind;
use klp_sim::{Called, Module};

/// What callbacks have changed.
pub struct Effects {
    /// `vm.max_map_count`.
    pub max_map_count: i32,
    /// What it was before any patch, as the state of `examples/cumulative` remembers it.
    before: i32,
}

impl Effects {
    /// Nothing was changed.
    pub const fn none() -> Self {
        Self {
            max_map_count: 65_530,
            before: 0,
        }
    }

    /// What a callback prints, if anything.
    pub fn called(&mut self, called: &Called) -> Option<String> {
        let line = match called.patch {
            DEMO => Some(demo(called)),
            "cumulative_fix1" => self.limit(called, 262_144),
            "cumulative" => self.limit(called, 1_048_576),
            _ => None,
        };
        line.map(|line| format!("{}: {line}", called.patch))
    }

    /// `examples/cumulative/max_map_count.rs`.
    fn limit(&mut self, called: &Called, enough: i32) -> Option<String> {
        match called.kind {
            CallbackKind::PostPatch => {
                let raised = std::mem::replace(&mut self.max_map_count, enough);
                if called.previous.is_empty() {
                    self.before = raised;
                    return None;
                }
                let before = self.before;
                Some(format!("vm.max_map_count was {before} before {raised}"))
            }
            CallbackKind::PreUnpatch => {
                self.max_map_count = self.before;
                None
            }
            CallbackKind::PrePatch | CallbackKind::PostUnpatch => None,
        }
    }
}

/// `examples/callbacks/src/main.rs`.
fn demo(called: &Called) -> String {
    let callback = match called.kind {
        CallbackKind::PrePatch => "pre_patch_callback",
        CallbackKind::PostPatch => "post_patch_callback",
        CallbackKind::PreUnpatch => "pre_unpatch_callback",
        CallbackKind::PostUnpatch => "post_unpatch_callback",
    };
    let object = &called.object;
    match called.module.map(meaning) {
        Some(state) => format!("{callback}: {object} -> {state}"),
        None => format!("{callback}: {object}"),
    }
}

const fn meaning(state: Module) -> &'static str {
    match state {
        Module::Live => "[MODULE_STATE_LIVE] Normal state",
        Module::Coming => "[MODULE_STATE_COMING] Full formed, running module_init",
        Module::Going => "[MODULE_STATE_GOING] Going away",
    }
}
