// SPDX-License-Identifier: GPL-2.0-only
//! What a patch does, as its file says: the form of `cargo klp inspect --format json`.
//!
//! Fields may be added under the same [`FORMAT`]; one that changes its meaning or goes raises it.
//! `null` and a missing list mean "the file does not say", an empty list means "none".
//! `klp-link/inspect.schema.json` has the same as JSON Schema.

use klp_runtime::contract::CallbackKind;
use serde::Serialize;

use crate::link::{Core, Place};

/// The version of the JSON form.
pub const FORMAT: u32 = 1;

/// A live patch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// The module's name.
    pub name: String,
    /// The live-patching core that it runs on.
    pub core: Core,
    /// How the file describes what it patches.
    pub tables: Tables,
    /// Whether klp's link step left its notes in the file. Only then are pairs of callbacks, shadow
    /// variables and places in the source known.
    pub described: bool,
    /// Whether it takes all older patches off; `null` where code decides that as it is loaded.
    pub replace: Option<bool>,
    /// The kernel that it is for.
    pub kernel: Kernel,
    /// The module's own GNU build-id.
    pub build_id: Option<String>,
    /// What the kernel needs for it while it is loaded, in bytes.
    pub memory: u64,
    /// Whether a module signature is appended; whose, and whether it is right, is not looked at.
    pub signed: bool,
    /// `license=` of `.modinfo`.
    pub license: Option<String>,
    /// `description=` of `.modinfo`.
    pub description: Option<String>,
    /// All `author=` of `.modinfo`.
    pub authors: Vec<String>,
    /// `version=` of `.modinfo`.
    pub version: Option<String>,
    /// The modules that must be loaded before it.
    pub depends: Vec<String>,
    /// What is patched, in the order of the tables.
    pub objects: Vec<Object>,
    /// Kinds of shadow variables.
    pub shadows: Option<Vec<Shadow>>,
    /// What it changes in the system beside code; `null` where code makes the tables.
    pub states: Option<Vec<State>>,
    /// Module parameters.
    pub parameters: Vec<Parameter>,
    /// What it uses of the kernel and of other modules.
    pub imports: Vec<Import>,
    /// What livepatch relocates, when the object that has the symbol is there.
    pub relocations: Vec<Relocation>,
    /// What klp's own core finds before the tables; `null` for the kernel's core.
    pub header: Option<Header>,
}

/// How a patch describes what it patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tables {
    /// By the kernel's `struct klp_patch`, ready to use: klp, and patches written in C.
    Kernel,
    /// By kpatch-build's sections, from which its module makes the tables.
    Kpatch,
    /// By klp-build's sections, from which its module makes the tables.
    KlpBuild,
}

/// The kernel that a patch is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Kernel {
    /// Its release.
    pub release: String,
    /// `vermagic=` of `.modinfo`.
    pub vermagic: String,
    /// Its GNU build-id.
    pub build_id: Option<String>,
}

/// An object that is patched: `vmlinux` or a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Object {
    /// Its name.
    pub name: String,
    /// The GNU build-id that the patch was linked for.
    pub build_id: Option<String>,
    /// The `srcversion` of the module that the patch was linked for.
    pub srcversion: Option<String>,
    /// Its functions that are replaced.
    pub functions: Vec<Function>,
    /// What is called when it is patched and unpatched.
    pub callbacks: Vec<Callback>,
}

/// A replaced function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Function {
    /// The old function.
    pub symbol: String,
    /// Its position among the object's symbols of that name, from 1; 0 when the name is unique.
    pub sympos: u64,
    /// The new function.
    pub new: Code,
    /// The new function in the source.
    pub place: Option<Place>,
}

/// Code of the patch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Code {
    /// The function's name as the author wrote it.
    pub name: String,
    /// Its size, in bytes.
    pub size: u64,
    /// SHA-256 of its code and data, with addresses replaced by what they point to.
    pub digest: String,
    /// The patch's own functions that it reaches, itself left out: name and digest.
    pub reaches: Vec<Reached>,
}

/// A function of the patch that other code of it reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reached {
    /// Its name as the author wrote it.
    pub name: String,
    /// As [`Code::digest`].
    pub digest: String,
}

/// A callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Callback {
    /// `pre_patch`, `post_patch`, `pre_unpatch` or `post_unpatch`.
    #[serde(serialize_with = "crate::info::kind::serialize")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub kind: CallbackKind,
    /// The author's function.
    pub function: String,
    /// The other half.
    pub pair: Pair,
    /// The code; `null` where the file does not say which it is.
    pub code: Option<Code>,
    /// The author's function in the source.
    pub place: Option<Place>,
}

/// The other half of a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Pair {
    /// What it does is taken back.
    UndoneBy {
        /// By this callback.
        function: String,
    },
    /// It takes back what others do.
    Undoes {
        /// These callbacks.
        functions: Vec<String>,
    },
    /// There is none, on purpose.
    None {
        /// The author's reason.
        reason: String,
    },
    /// The file does not say.
    Unknown,
}

/// A kind of shadow variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shadow {
    /// What the kernel files the variables under; in JSON a text such as `0x1f`.
    #[serde(serialize_with = "hexadecimal")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: u64,
    /// The author's static.
    pub name: String,
    /// The type of the parents, as the author wrote it.
    pub parent_type: String,
    /// The type of the variables, as the author wrote it.
    pub value_type: String,
    /// The author's static in the source.
    pub place: Option<Place>,
}

/// A change of the system's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct State {
    /// What patches call it.
    pub id: u64,
    /// Its version.
    pub version: u32,
    /// The author's static.
    pub name: Option<String>,
    /// The type of what it remembers, as the author wrote it.
    pub value_type: Option<String>,
    /// The author's static in the source.
    pub place: Option<Place>,
}

/// A module parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `parmtype=` of `.modinfo`.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Mode of its file in sysfs, in octal digits; `0000` for no file.
    #[serde(serialize_with = "octal")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub mode: u16,
    /// Its value unless it is set, as its file in sysfs shows it; `null` where that is not known.
    pub default: Option<String>,
    /// `parm=` of `.modinfo`.
    pub description: Option<String>,
}

/// A symbol of the kernel or of another module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Import {
    /// The symbol.
    pub name: String,
    /// How the module gets its address.
    pub by: FoundBy,
    /// The object that it is of; `null` for what is exported.
    pub object: Option<String>,
    /// Its position among the object's symbols of that name, from 1; 0 when the name is unique,
    /// `null` for what is exported.
    pub sympos: Option<u64>,
}

/// How a module gets the address of a symbol that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// It is exported: the module loader knows it.
    Export,
    /// Livepatch looks for it in the object, by name and position.
    Livepatch,
    /// The link step has written its distance from an exported symbol into the code, for one build
    /// of the kernel. Known where [`Report::described`] is true.
    Distance,
}

/// Relocations that livepatch applies, of one symbol in one section.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Relocation {
    /// The object that must be there.
    pub object: String,
    /// The section of the patch that is relocated.
    pub section: String,
    /// The symbol.
    pub symbol: String,
    /// How many there are.
    pub count: usize,
}

/// What klp's own core finds before the tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Header {
    /// The version of klp's contract.
    pub abi: u32,
    /// The GNU build-id of the one kernel that it may be loaded into.
    pub kernel_build_id: String,
    /// The stubs, in the order of the functions.
    pub stubs: Vec<Stub>,
}

/// What ftrace calls at the entry of an old function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stub {
    /// Its name.
    pub name: String,
    /// Its size, in bytes.
    pub size: u64,
}

impl Report {
    /// Every replaced function with its object.
    pub fn functions(&self) -> impl Iterator<Item = (&Object, &Function)> {
        let objects = self.objects.iter();
        objects.flat_map(|object| object.functions.iter().map(move |func| (object, func)))
    }

    /// Every callback with its object.
    pub fn callbacks(&self) -> impl Iterator<Item = (&Object, &Callback)> {
        let objects = self.objects.iter();
        objects.flat_map(|object| object.callbacks.iter().map(move |call| (object, call)))
    }
}

fn hexadecimal<S: serde::Serializer>(id: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{id:#x}"))
}

fn octal<S: serde::Serializer>(mode: &u16, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{mode:04o}"))
}
