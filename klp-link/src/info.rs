// SPDX-License-Identifier: GPL-2.0-only
//! `.klp.info`: what the author said of a patch and the kernel's own tables have no place for.
//!
//! One JSON object in a section that is not loaded: the module loader leaves it in the file, `strip`
//! leaves it there too. The link step writes it, [`inspect`](crate::inspect) reads it. The kernel
//! acts on the tables alone, so this only adds to them, and has to agree with them.

use klp_runtime::contract::CallbackKind;
use serde::{Deserialize, Serialize};

use crate::link::Place;

/// The section's name.
pub const SECTION: &str = ".klp.info";

/// The version of everything in this module.
pub const FORMAT: u32 = 1;

/// The whole section.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Info {
    /// [`FORMAT`] as the link step had it.
    pub format: u32,
    /// The objects that are patched, as the link step's profile had them.
    pub objects: Vec<Object>,
    /// All replaced functions.
    pub functions: Vec<Function>,
    /// All callbacks.
    pub callbacks: Vec<Callback>,
    /// All kinds of shadow variables.
    pub shadows: Vec<Shadow>,
    /// All states.
    pub states: Vec<State>,
    /// What `#[kernel]` blocks name and the code uses, whichever way it is found.
    pub kernel_symbols: Vec<KernelSymbol>,
    /// The kernel's types that it was laid out by; missing in what older versions of klp wrote.
    pub types: Option<Vec<Type>>,
}

/// An object: `vmlinux` or a module. The kernel itself is always among them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Its GNU build-id, in hexadecimal digits.
    pub build_id: Option<String>,
    /// A module's `srcversion`.
    pub srcversion: Option<String>,
}

/// A replaced function.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Function {
    /// The object that holds the old function.
    pub object: String,
    /// The old function.
    pub symbol: String,
    /// Its position among the symbols of that name; 0 when unique.
    pub sympos: u64,
    /// The new function in the source.
    pub place: Place,
}

/// A callback.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Callback {
    /// The object that it accompanies.
    pub object: String,
    /// The member of `struct klp_callbacks`.
    #[serde(with = "kind")]
    pub kind: CallbackKind,
    /// The author's function.
    pub function: String,
    /// The author's function that undoes it.
    pub undone_by: Option<String>,
    /// The author's functions that it undoes.
    pub undoes: Vec<String>,
    /// Why nothing undoes it, or why it undoes nothing.
    pub reason: Option<String>,
    /// The symbol of the code that is run.
    pub symbol: Option<String>,
    /// The author's function in the source.
    pub place: Place,
}

/// A kind of shadow variable.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Shadow {
    /// What the kernel files the variables under.
    pub id: u64,
    /// The author's static.
    pub name: String,
    /// The type of the parents.
    pub parent_type: String,
    /// The type of the variables.
    pub value_type: String,
    /// The author's static in the source.
    pub place: Place,
}

/// A state.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    /// What patches call it.
    pub id: u64,
    /// The author's static.
    pub name: String,
    /// The type of what it remembers.
    pub value_type: String,
    /// The author's static in the source.
    pub place: Place,
}

/// A symbol of the kernel or of a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct KernelSymbol {
    /// The object that has it.
    pub object: String,
    /// Its name.
    pub name: String,
    /// Its position among the object's symbols of that name; 0 when unique.
    pub sympos: u64,
}

/// A type of the kernel, or members of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// The object whose types it is among.
    pub object: String,
    /// Its name.
    pub name: String,
    /// The members or enumerators that are used.
    pub members: Vec<String>,
    /// The size that the code relies on, where it does, in bytes.
    pub size: Option<u64>,
    /// The name in the author's list.
    pub place: Option<Place>,
}

/// What a [`Type`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// A struct or union.
    Record,
    /// An enum.
    Enum,
    /// An enumerator of whichever enum.
    Constant,
}

/// A callback's kind by its name.
pub(crate) mod kind {
    use klp_runtime::contract::CallbackKind;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(kind: &CallbackKind, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(kind.name())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<CallbackKind, D::Error> {
        let name = String::deserialize(from)?;
        let mut kinds = CallbackKind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.name() == name);
        kind.ok_or_else(|| D::Error::custom("no such kind of callback"))
    }
}
