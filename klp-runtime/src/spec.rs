// SPDX-License-Identifier: GPL-2.0-only
//! What a patch consists of, as its module hands it over (`include/linux/livepatch.h`).

use crate::contract::{CallbackKind, RawCallback, VMLINUX};

/// A patch (`struct klp_patch`).
pub struct PatchSpec {
    /// The name of the patch's module.
    pub name: &'static str,
    /// Whether it takes all older patches off in the same transition.
    pub replace: bool,
    /// What it patches.
    pub objects: &'static [ObjectSpec],
    /// What else it changes in the system.
    pub states: &'static [StateSpec],
}

/// An object whose functions a patch replaces (`struct klp_object`).
pub struct ObjectSpec {
    /// [`VMLINUX`] or the name of a module, which may be loaded later or never.
    pub name: &'static str,
    /// Its replaced functions.
    pub funcs: &'static [FuncSpec],
    /// What runs when it is patched and unpatched.
    pub callbacks: Callbacks,
}

/// A replaced function (`struct klp_func`).
pub struct FuncSpec {
    /// The old function's name.
    pub symbol: &'static str,
    /// Its position among the object's symbols of that name, from 1; 0 when the name is unique.
    pub sympos: u64,
    /// The address of the new function.
    pub new_func: usize,
    /// Where calls go that take the direct route: the new function itself, or what leads there.
    pub direct: usize,
}

/// A change to the system (`struct klp_state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateSpec {
    /// What patches call the change.
    pub id: u64,
    /// How much of it the patch knows.
    pub version: u32,
}

/// The callbacks of an object (`struct klp_callbacks`), each of which may be missing.
#[derive(Clone, Copy, Default)]
pub struct Callbacks {
    /// Before the object is patched; may refuse.
    pub pre_patch: Option<RawCallback>,
    /// After all tasks have switched to the patched object.
    pub post_patch: Option<RawCallback>,
    /// Before the object is unpatched, where `post_patch` came to run.
    pub pre_unpatch: Option<RawCallback>,
    /// After all tasks have left the patched object.
    pub post_unpatch: Option<RawCallback>,
}

impl Callbacks {
    /// The callback of this kind.
    pub const fn of(&self, kind: CallbackKind) -> Option<RawCallback> {
        match kind {
            CallbackKind::PrePatch => self.pre_patch,
            CallbackKind::PostPatch => self.post_patch,
            CallbackKind::PreUnpatch => self.pre_unpatch,
            CallbackKind::PostUnpatch => self.post_unpatch,
        }
    }
}

impl PatchSpec {
    /// What the patch says about a change to the system, if it makes it (`klp_get_state`).
    pub fn state(&self, id: u64) -> Option<&'static StateSpec> {
        self.states.iter().find(|state| state.id == id)
    }
}

/// Whether an object is a module, which comes and goes.
pub fn is_module(object: &str) -> bool {
    object != VMLINUX
}
