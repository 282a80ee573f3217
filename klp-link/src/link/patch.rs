// SPDX-License-Identifier: GPL-2.0-only
//! The crate as its records describe it: patch or module, objects, funcs, callbacks, parameters, shadow
//! variables, states.

use klp_runtime::contract::{CallbackKind, GPL_COMPATIBLE, ModuleKind, TypeKind};

use super::diagnostic::Place;
use super::image::Target;

/// The whole patch, or the whole of a module that is none.
#[derive(Clone, Debug)]
pub struct Patch {
    /// Which of the two.
    pub kind: ModuleKind,
    /// `.modinfo` license.
    pub license: String,
    /// `.modinfo` description; empty for none.
    pub description: String,
    /// `.modinfo` author; empty for none.
    pub author: String,
    /// `.modinfo` version; empty for none.
    pub version: String,
    /// Whether it replaces all older patches.
    pub replace: bool,
    /// The `klp::patch!` or `klp::module!`.
    pub place: Place,
    /// All replaced functions, in source order.
    pub funcs: Vec<Func>,
    /// All callbacks, in source order.
    pub callbacks: Vec<Callback>,
    /// All module parameters.
    pub params: Vec<Param>,
    /// All kinds of shadow variables.
    pub shadows: Vec<Shadow>,
    /// All states.
    pub states: Vec<State>,
    /// All functions that other modules may call.
    pub exports: Vec<Export>,
    /// The kernel's types that it was laid out by.
    pub types: Vec<Type>,
}

/// A replaced function.
#[derive(Clone, Debug)]
pub struct Func {
    /// The object that holds the old function.
    pub object: String,
    /// The old function.
    pub symbol: String,
    /// Its position among the symbols of that name; 0 when unique.
    pub sympos: u64,
    /// The new function's name in the source.
    pub place: Place,
    /// The new function.
    pub(crate) new_func: Target,
}

/// A callback.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The object it accompanies.
    pub object: String,
    /// The author's function.
    pub function: String,
    /// Which of the four.
    pub kind: CallbackKind,
    /// The author's function in the source.
    pub place: Place,
    /// The author's function that undoes it; empty for none.
    pub undone_by: String,
    /// Why nothing undoes it, or why it undoes nothing; empty for none.
    pub reason: String,
    /// The code that runs it.
    pub(crate) run: Target,
    /// The code that runs what undoes it.
    pub(crate) undo: Option<Target>,
    /// Whether there is a reason for callbacks of a module of which nothing is replaced.
    pub(crate) alone: bool,
    /// What goes into `struct klp_callbacks`.
    pub(crate) dispatch: Target,
}

/// A module parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type's name.
    pub type_name: String,
    /// Its description; empty for none.
    pub description: String,
    /// Mode of its sysfs file; 0 for none.
    pub mode: u16,
    /// The author's static.
    pub place: Place,
    /// The exported `struct kernel_param_ops`.
    pub(crate) ops: String,
    /// The value.
    pub(crate) value: Target,
}

/// A kind of shadow variable.
#[derive(Clone, Debug)]
pub struct Shadow {
    /// What the kernel files the variables under.
    pub id: u64,
    /// The author's static.
    pub name: String,
    /// The type of the parents.
    pub parent_type: String,
    /// The type of the variables.
    pub value_type: String,
    /// The author's static.
    pub place: Place,
}

/// A change of the system's state.
#[derive(Clone, Debug)]
pub struct State {
    /// What patches call it; not 0.
    pub id: u64,
    /// Its version.
    pub version: u32,
    /// The author's static.
    pub name: String,
    /// The type of what it remembers.
    pub value_type: String,
    /// The author's static.
    pub place: Place,
}

/// A function that other modules may call.
#[derive(Clone, Debug)]
pub struct Export {
    /// What they call it by.
    pub name: String,
    /// The author's function.
    pub place: Place,
    /// The function.
    pub(crate) function: Target,
}

/// A type of the kernel that the patch was laid out by.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// The object whose types it is among.
    pub object: String,
    /// Its name.
    pub name: String,
    /// The members or enumerators that were asked for.
    pub members: Vec<String>,
    /// The name in the author's list.
    pub place: Place,
}

impl Patch {
    /// The objects that are patched, each once, vmlinux first, then by name.
    pub fn objects(&self) -> Vec<&str> {
        let funcs = self.funcs.iter().map(|func| func.object.as_str());
        let callbacks = self
            .callbacks
            .iter()
            .map(|callback| callback.object.as_str());
        let mut objects: Vec<_> = funcs.chain(callbacks).collect();
        objects.sort_by_key(|&name| (name != klp_runtime::contract::VMLINUX, name));
        objects.dedup();
        objects
    }

    /// The functions of an object, in source order.
    pub(crate) fn funcs_of(&self, object: &str) -> Vec<&Func> {
        let funcs = self.funcs.iter();
        funcs.filter(|func| func.object == object).collect()
    }

    /// Whether the loader lets it use GPL-only exports.
    pub(crate) fn is_gpl_compatible(&self) -> bool {
        GPL_COMPATIBLE.contains(&self.license.as_str())
    }
}
