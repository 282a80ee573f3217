// SPDX-License-Identifier: GPL-2.0-only
//! The contract between a patch crate, the link step and the cores.
//!
//! `klp-macros` turns each annotated item into one of the records below and collects them with
//! linkme, one section a kind. The link step reads the records from the linked object, by these
//! very types, checks them against the kernel profile and writes the kernel's own tables.
//!
//! A record is plain `repr(C)` data of pointers and numbers, for a 64-bit little-endian target.
//! Changing a record, a name or its meaning means raising [`ABI`].

use core::ffi::{c_int, c_void};

/// The version of everything in this module.
///
/// It travels in [`PatchRecord::abi`]; macros, link step and cores refuse any other.
pub const ABI: u32 = 4;

/// The name of the object that stands for the kernel itself.
pub const VMLINUX: &str = "vmlinux";

/// Licences that may use GPL-only symbols (`license_is_gpl_compatible`, `include/linux/license.h`).
pub const GPL_COMPATIBLE: [&str; 6] = [
    "GPL",
    "GPL v2",
    "GPL and additional rights",
    "Dual BSD/GPL",
    "Dual MIT/GPL",
    "Dual MPL/GPL",
];

/// The licence that every kernel knows beside them (`MODULE_LICENSE`, `include/linux/module.h`).
pub const PROPRIETARY: &str = "Proprietary";

/// The name of klp's own core, a module.
pub const CORE: &str = "klp";

/// What a patch for klp's own core imports in the place of the kernel's functions.
///
/// Signatures are the same, so a patch's source does not depend on its core.
pub const CORE_IMPORTS: [(&str, &str); 7] = [
    ("klp_enable_patch", "klp_core_enable_patch"),
    ("klp_shadow_get", "klp_core_shadow_get"),
    ("klp_shadow_alloc", "klp_core_shadow_alloc"),
    ("klp_shadow_get_or_alloc", "klp_core_shadow_get_or_alloc"),
    ("klp_shadow_free", "klp_core_shadow_free"),
    ("klp_shadow_free_all", "klp_core_shadow_free_all"),
    ("klp_get_prev_state", "klp_core_get_prev_state"),
];

/// The CRC of all that a module of klp's exports, for kernels that compare them: "klp" and the
/// [`ABI`], so that a core of another ABI is refused by the module loader.
pub const CORE_CRC: u32 = u32::from_be_bytes(*b"klp\0") | ABI;

/// Names of sections in the linked object.
pub mod section {
    /// linkme's section of [`FuncRecord`](super::FuncRecord)s.
    pub const FUNCS: &str = "linkme_KLP_FUNCS";
    /// linkme's section of [`CallbackRecord`](super::CallbackRecord)s.
    pub const CALLBACKS: &str = "linkme_KLP_CALLBACKS";
    /// linkme's section of [`ParamRecord`](super::ParamRecord)s.
    pub const PARAMS: &str = "linkme_KLP_PARAMS";
    /// linkme's section of [`ShadowRecord`](super::ShadowRecord)s.
    pub const SHADOWS: &str = "linkme_KLP_SHADOWS";
    /// linkme's section of [`StateRecord`](super::StateRecord)s.
    pub const STATES: &str = "linkme_KLP_STATES";
    /// linkme's section of [`ExportRecord`](super::ExportRecord)s.
    pub const EXPORTS: &str = "linkme_KLP_EXPORTS";
    /// linkme's section of [`TypeRecord`](super::TypeRecord)s. Nothing in the kernel depends on
    /// them: a link step that does not know them drops them.
    pub const TYPES: &str = "linkme_KLP_TYPES";
}

/// Names of symbols in the linked object.
pub mod symbol {
    /// The one [`PatchRecord`](super::PatchRecord), defined by `klp::patch!` or `klp::module!`.
    pub const PATCH_RECORD: &str = "__klp_patch_record";
    /// The kernel's `struct klp_patch` (`include/linux/livepatch.h`), defined by the link step.
    pub const PATCH: &str = "__klp_patch";
    /// What the link step knows about the target kernel: a
    /// [`KernelIdentity`](super::KernelIdentity), defined where somebody refers to it.
    pub const KERNEL_IDENTITY: &str = "__klp_kernel_identity";
    /// The module's init function, defined by the same.
    pub const INIT: &str = "init_module";
    /// The module's exit function, defined by the same.
    pub const EXIT: &str = "cleanup_module";

    /// Prefix of a kernel symbol that an object's `#[kernel]` block names:
    /// `.klp.sym.OBJECT.NAME,SYMPOS` (`Documentation/livepatch/module-elf-format.rst`).
    ///
    /// The link step keeps the form for what the module loader must resolve by name and sympos,
    /// and turns the symbols that the kernel exports into ordinary imports.
    pub const KERNEL: &str = ".klp.sym.";
    /// Prefix of the byte offset of a kernel struct's member: `.klp.field.STRUCT.MEMBER`.
    ///
    /// The *address* of such a symbol is the offset that the target kernel's BTF gives.
    pub const FIELD: &str = ".klp.field.";
    /// Prefix of the value of a kernel enumerator: `.klp.enum.ENUMERATOR`.
    ///
    /// The *address* of such a symbol is the value that the target kernel's BTF gives.
    pub const ENUMERATOR: &str = ".klp.enum.";
    /// Prefix of the size of a kernel struct that the code relies on: `.klp.size.STRUCT.BYTES`.
    ///
    /// The *address* of such a symbol is that size; the link step refuses a kernel with another.
    pub const SIZE: &str = ".klp.size.";
    /// Prefix of the size of a kernel struct: `.klp.sizeof.STRUCT`.
    ///
    /// The *address* of such a symbol is the size that the target kernel's BTF gives.
    pub const SIZEOF: &str = ".klp.sizeof.";
    /// Prefix of the bit of a flag in `thread_info::flags`: `.klp.flag.TIF_PATCH_PENDING`.
    ///
    /// The *address* of such a symbol is the bit's number, from 0, by the target kernel's code.
    pub const THREAD_FLAG: &str = ".klp.flag.";
    /// What symbols that the kernel does not export are counted from, where livepatch does not
    /// resolve them: exported by every kernel, and moved by KASLR together with all of them.
    pub const ANCHOR: &str = "_printk";
}

/// A string in a record: `&'static str` with a layout that can be read from the object file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    /// The first byte; not NUL-terminated.
    pub bytes: *const u8,
    /// Length in bytes.
    pub len: usize,
}

impl Str {
    /// A record's view of `text`.
    pub const fn new(text: &'static str) -> Self {
        Self {
            bytes: text.as_ptr(),
            len: text.len(),
        }
    }

    /// The string it was made of.
    pub const fn as_str(&self) -> &'static str {
        // SAFETY: `new` is how a `Str` is made outside the link step, which only reads its fields
        // from the object file and never makes one: pointer and length are those of a `&'static str`.
        let bytes = unsafe { core::slice::from_raw_parts(self.bytes, self.len) };
        // SAFETY: as above, the bytes are those of a `str`.
        unsafe { core::str::from_utf8_unchecked(bytes) }
    }
}

/// Where in the author's source a record comes from.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Location {
    /// The path that `file!()` gives.
    pub file: Str,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// What a crate makes.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleKind {
    /// A live patch: `klp::patch!`.
    Patch = 0,
    /// An ordinary kernel module: `klp::module!`.
    Module = 1,
}

/// `klp::patch!` or `klp::module!`: what is true of the whole crate. One a crate, named
/// [`symbol::PATCH_RECORD`].
#[repr(C)]
pub struct PatchRecord {
    /// [`ABI`] as `klp-runtime` had it when the patch was compiled. Always the first field.
    pub abi: u32,
    /// `replace` of `struct klp_patch`: 1 takes all older patches off in the same transition.
    pub replace: u32,
    /// What the crate makes: a [`ModuleKind`].
    pub kind: ModuleKind,
    /// Keeps the layout free of padding.
    pub reserved: u32,
    /// `license=` of `.modinfo`.
    pub license: Str,
    /// `description=` of `.modinfo`; empty for none.
    pub description: Str,
    /// `author=` of `.modinfo`; empty for none.
    pub author: Str,
    /// `version=` of `.modinfo`; empty for none.
    pub version: Str,
    /// The `klp::patch!` or `klp::module!` itself.
    pub location: Location,
}

/// The one build of a kernel that a module was linked for, named [`symbol::KERNEL_IDENTITY`].
///
/// Distances between the kernel's symbols hold for this build alone.
#[repr(C)]
pub struct KernelIdentity {
    /// The kernel's GNU build-id (`/sys/kernel/notes`).
    pub build_id: [u8; 20],
    /// Keeps the layout free of padding.
    pub reserved: u32,
    /// What `uname -v` says, for messages.
    pub version: Str,
}

/// `#[livepatch]`: one replaced function (`struct klp_func`).
#[repr(C)]
pub struct FuncRecord {
    /// The object that holds the old function: [`VMLINUX`] or a module's name.
    pub object: Str,
    /// The old function's name in kallsyms.
    pub symbol: Str,
    /// Its position among the object's symbols of that name, from 1; 0 when the name is unique.
    pub sympos: u64,
    /// The new function.
    pub new_func: *const c_void,
    /// The name of the new function.
    pub location: Location,
}

/// Which of the four callbacks (`struct klp_callbacks`) a [`CallbackRecord`] is.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackKind {
    /// Before the object is patched; may refuse.
    PrePatch = 0,
    /// After all tasks have switched to the patched object.
    PostPatch = 1,
    /// Before the object is unpatched; undoes `PostPatch`.
    PreUnpatch = 2,
    /// After all tasks have left the patched object; undoes `PrePatch`.
    PostUnpatch = 3,
}

impl CallbackKind {
    /// All four, in the order of `struct klp_callbacks`.
    pub const ALL: [Self; 4] = [
        Self::PrePatch,
        Self::PostPatch,
        Self::PreUnpatch,
        Self::PostUnpatch,
    ];

    /// The member of `struct klp_callbacks`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrePatch => "pre_patch",
            Self::PostPatch => "post_patch",
            Self::PreUnpatch => "pre_unpatch",
            Self::PostUnpatch => "post_unpatch",
        }
    }

    /// The kind that undoes it, if it is a patch callback.
    pub const fn undone_by(self) -> Option<Self> {
        match self {
            Self::PrePatch => Some(Self::PostUnpatch),
            Self::PostPatch => Some(Self::PreUnpatch),
            Self::PreUnpatch | Self::PostUnpatch => None,
        }
    }
}

/// What the kernel calls: `klp_object` in, 0 or a negative errno out.
pub type RawCallback = unsafe extern "C" fn(object: *mut c_void) -> c_int;

/// `#[pre_patch]`, `#[post_patch]`, `#[pre_unpatch]`, `#[post_unpatch]`: one callback.
#[repr(C)]
pub struct CallbackRecord {
    /// The object whose patching it accompanies.
    pub object: Str,
    /// The author's function.
    pub function: Str,
    /// Which of the four it is: a [`CallbackKind`].
    pub kind: CallbackKind,
    /// 1 where the author gave a reason for callbacks of a module of which nothing is replaced, else
    /// 0, as in all records before there was such a reason.
    pub alone: u32,
    /// Runs this one callback.
    pub run: RawCallback,
    /// Runs the callback that undoes this one; `None` for unpatch callbacks and where the author
    /// gave a reason to have none.
    pub undo: Option<RawCallback>,
    /// The author's function that undoes this one; empty where `undo` is `None`.
    pub undone_by: Str,
    /// The author's reason: `no_undo` of a patch callback, `undoes_nothing` of an unpatch
    /// callback; empty for none.
    pub reason: Str,
    /// The entry for `struct klp_callbacks`: runs all callbacks of this kind of an object in turn.
    pub dispatch: RawCallback,
    /// The author's function.
    pub location: Location,
}

/// `#[param]`: one module parameter (`struct kernel_param`, `include/linux/moduleparam.h`).
#[repr(C)]
pub struct ParamRecord {
    /// The name in `insmod patch.ko NAME=…` and under `/sys/module/PATCH/parameters`.
    pub name: Str,
    /// `parmtype=` of `.modinfo`, such as `int`.
    pub type_name: Str,
    /// The exported `struct kernel_param_ops` that parses and prints it, such as `param_ops_int`.
    pub ops: Str,
    /// `parm=` of `.modinfo`; empty for none.
    pub description: Str,
    /// The value.
    pub value: *const c_void,
    /// Mode of its sysfs file; 0 for no file.
    pub mode: u64,
    /// The author's static.
    pub location: Location,
}

/// `#[shadow]`: one kind of shadow variable (`Documentation/livepatch/shadow-vars.rst`).
#[repr(C)]
pub struct ShadowRecord {
    /// The `id` that the kernel files its variables under, beside the parent's address.
    pub id: u64,
    /// The author's static.
    pub name: Str,
    /// The type of the parents, as the author wrote it.
    pub parent_type: Str,
    /// The type of the variables, as the author wrote it.
    pub value_type: Str,
    /// The author's static.
    pub location: Location,
}

/// `#[state]`: one change of the system's state (`struct klp_state`).
#[repr(C)]
pub struct StateRecord {
    /// The `id` of the state; not 0.
    pub id: u64,
    /// The version of the change.
    pub version: u32,
    /// Keeps the layout free of padding.
    pub reserved: u32,
    /// The author's static.
    pub name: Str,
    /// The type of what the state remembers, as the author wrote it.
    pub value_type: Str,
    /// The author's static.
    pub location: Location,
}

/// `#[export]`: one function that other modules may call.
#[repr(C)]
pub struct ExportRecord {
    /// The name that they call it by.
    pub name: Str,
    /// The function.
    pub function: *const c_void,
    /// The author's function.
    pub location: Location,
}

/// What a [`TypeRecord`] names.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A struct or union.
    Record = 0,
    /// An enum.
    Enum = 1,
    /// An enumerator of whichever enum.
    Constant = 2,
}

/// `types!`: one type of the kernel that a patch was laid out by.
#[repr(C)]
pub struct TypeRecord {
    /// What it is: a [`TypeKind`].
    pub kind: TypeKind,
    /// Keeps the layout free of padding.
    pub reserved: u32,
    /// The object whose types it is among.
    pub object: Str,
    /// Its name.
    pub name: Str,
    /// The members or enumerators that were asked for, with `,` between them.
    pub members: Str,
    /// The name in the list.
    pub location: Location,
}

/// What stands right before the `struct klp_patch` of a patch for klp's own core.
#[repr(C)]
pub struct CoreHeader {
    /// [`ABI`] as the link step had it. Always the first field.
    pub abi: u32,
    /// The GNU build-id of the kernel that the patch was linked for.
    pub build_id: [u8; 20],
    /// The address of a stub for each function, object by object in the order of the tables. A
    /// stub is called at the entry of the old function, and returns into the new one.
    pub directs: *const usize,
}

macro_rules! shared {
    ($($record:ty),*) => {$(
        // SAFETY: a record is never written after it was compiled; its pointers are to statics
        // and functions, or are only handed on.
        unsafe impl Sync for $record {}
    )*};
}
shared!(
    Str,
    Location,
    PatchRecord,
    KernelIdentity,
    FuncRecord,
    CallbackRecord,
    ParamRecord,
    ShadowRecord,
    StateRecord,
    ExportRecord,
    TypeRecord,
    CoreHeader
);
