// SPDX-License-Identifier: GPL-2.0-only
//! Reads the contract's records out of the linked object.

use core::mem::{offset_of, size_of};

use klp_runtime::contract::{
    ABI, CallbackKind, CallbackRecord, ExportRecord, FuncRecord, Location, ModuleKind, ParamRecord,
    PatchRecord, ShadowRecord, StateRecord, Str, TypeKind, TypeRecord, section, symbol,
};
use object::build::elf::SectionId;
use object::{Object, ObjectSymbol};

use super::diagnostic::{Diagnostic, Place};
use super::image::{Image, Target};
use super::messages;
use super::patch::{Callback, Export, Func, Param, Patch, Shadow, State, Type};

/// Whether an object, as the compiler made it, defines the record of a patch or module.
pub fn is_patch(object: &[u8]) -> bool {
    object::File::parse(object).is_ok_and(|file| {
        file.symbols().any(|found| {
            found.is_definition() && found.name_bytes() == Ok(symbol::PATCH_RECORD.as_bytes())
        })
    })
}

/// The patch that the object's records describe.
pub(crate) fn read(image: &Image<'_>) -> Result<Patch, Diagnostic> {
    let record = patch_record(image)?;
    let at = |offset| record.field(offset);
    Ok(Patch {
        kind: module_kind(at(offset_of!(PatchRecord, kind)).u32()?)?,
        license: at(offset_of!(PatchRecord, license)).string()?,
        description: at(offset_of!(PatchRecord, description)).string()?,
        author: at(offset_of!(PatchRecord, author)).string()?,
        version: at(offset_of!(PatchRecord, version)).string()?,
        replace: at(offset_of!(PatchRecord, replace)).u32()? != 0,
        place: at(offset_of!(PatchRecord, location)).place()?,
        funcs: slice(image, section::FUNCS, size_of::<FuncRecord>(), func)?,
        callbacks: slice(
            image,
            section::CALLBACKS,
            size_of::<CallbackRecord>(),
            callback,
        )?,
        params: slice(image, section::PARAMS, size_of::<ParamRecord>(), param)?,
        shadows: slice(image, section::SHADOWS, size_of::<ShadowRecord>(), shadow)?,
        states: slice(image, section::STATES, size_of::<StateRecord>(), state)?,
        exports: slice(image, section::EXPORTS, size_of::<ExportRecord>(), export)?,
        types: slice(
            image,
            section::TYPES,
            size_of::<TypeRecord>(),
            type_of_kernel,
        )?,
    })
}

/// A place in a section, to be read as a field of a record.
#[derive(Clone, Copy)]
struct Cursor<'i, 'a> {
    image: &'i Image<'a>,
    section: SectionId,
    offset: usize,
}

fn patch_record<'i, 'a>(image: &'i Image<'a>) -> Result<Cursor<'i, 'a>, Diagnostic> {
    let id = image
        .symbol(symbol::PATCH_RECORD)
        .ok_or_else(messages::no_patch)?;
    let symbol = image.elf.symbols.get(id);
    let section = symbol.section.ok_or_else(messages::no_patch)?;
    let record = Cursor {
        image,
        section,
        offset: usize::try_from(symbol.st_value).map_err(|_| messages::damaged_record())?,
    };
    match record.field(offset_of!(PatchRecord, abi)).u32()? {
        ABI => Ok(record),
        theirs => Err(messages::other_abi(theirs)),
    }
}

fn module_kind(number: u32) -> Result<ModuleKind, Diagnostic> {
    [ModuleKind::Patch, ModuleKind::Module]
        .into_iter()
        .find(|&kind| kind as u32 == number)
        .ok_or_else(messages::damaged_record)
}

fn slice<T>(
    image: &Image<'_>,
    name: &str,
    size: usize,
    read: fn(Cursor<'_, '_>) -> Result<T, Diagnostic>,
) -> Result<Vec<T>, Diagnostic> {
    let Some(section) = image.section(name) else {
        return Ok(Vec::new());
    };
    (0..image.bytes(section).len() / size)
        .map(|index| {
            read(Cursor {
                image,
                section,
                offset: index * size,
            })
        })
        .collect()
}

fn func(record: Cursor<'_, '_>) -> Result<Func, Diagnostic> {
    Ok(Func {
        object: record.field(offset_of!(FuncRecord, object)).string()?,
        symbol: record.field(offset_of!(FuncRecord, symbol)).string()?,
        sympos: record.field(offset_of!(FuncRecord, sympos)).u64()?,
        new_func: record.field(offset_of!(FuncRecord, new_func)).pointer()?,
        place: record.field(offset_of!(FuncRecord, location)).place()?,
    })
}

fn callback(record: Cursor<'_, '_>) -> Result<Callback, Diagnostic> {
    Ok(Callback {
        object: record.field(offset_of!(CallbackRecord, object)).string()?,
        function: record
            .field(offset_of!(CallbackRecord, function))
            .string()?,
        kind: kind(record.field(offset_of!(CallbackRecord, kind)).u32()?)?,
        undone_by: record
            .field(offset_of!(CallbackRecord, undone_by))
            .string()?,
        reason: record.field(offset_of!(CallbackRecord, reason)).string()?,
        run: record.field(offset_of!(CallbackRecord, run)).pointer()?,
        undo: record.field(offset_of!(CallbackRecord, undo)).target(),
        alone: record.field(offset_of!(CallbackRecord, alone)).u32()? != 0,
        dispatch: record
            .field(offset_of!(CallbackRecord, dispatch))
            .pointer()?,
        place: record.field(offset_of!(CallbackRecord, location)).place()?,
    })
}

fn kind(number: u32) -> Result<CallbackKind, Diagnostic> {
    CallbackKind::ALL
        .into_iter()
        .find(|&kind| kind as u32 == number)
        .ok_or_else(messages::damaged_record)
}

fn param(record: Cursor<'_, '_>) -> Result<Param, Diagnostic> {
    let mode = record.field(offset_of!(ParamRecord, mode)).u64()?;
    Ok(Param {
        name: record.field(offset_of!(ParamRecord, name)).string()?,
        type_name: record.field(offset_of!(ParamRecord, type_name)).string()?,
        ops: record.field(offset_of!(ParamRecord, ops)).string()?,
        description: record
            .field(offset_of!(ParamRecord, description))
            .string()?,
        value: record.field(offset_of!(ParamRecord, value)).pointer()?,
        mode: u16::try_from(mode).map_err(|_| messages::damaged_record())?,
        place: record.field(offset_of!(ParamRecord, location)).place()?,
    })
}

fn shadow(record: Cursor<'_, '_>) -> Result<Shadow, Diagnostic> {
    let string = |offset| record.field(offset).string();
    Ok(Shadow {
        id: record.field(offset_of!(ShadowRecord, id)).u64()?,
        name: string(offset_of!(ShadowRecord, name))?,
        parent_type: string(offset_of!(ShadowRecord, parent_type))?,
        value_type: string(offset_of!(ShadowRecord, value_type))?,
        place: record.field(offset_of!(ShadowRecord, location)).place()?,
    })
}

fn state(record: Cursor<'_, '_>) -> Result<State, Diagnostic> {
    Ok(State {
        id: record.field(offset_of!(StateRecord, id)).u64()?,
        version: record.field(offset_of!(StateRecord, version)).u32()?,
        name: record.field(offset_of!(StateRecord, name)).string()?,
        value_type: record.field(offset_of!(StateRecord, value_type)).string()?,
        place: record.field(offset_of!(StateRecord, location)).place()?,
    })
}

fn export(record: Cursor<'_, '_>) -> Result<Export, Diagnostic> {
    Ok(Export {
        name: record.field(offset_of!(ExportRecord, name)).string()?,
        function: record.field(offset_of!(ExportRecord, function)).pointer()?,
        place: record.field(offset_of!(ExportRecord, location)).place()?,
    })
}

fn type_of_kernel(record: Cursor<'_, '_>) -> Result<Type, Diagnostic> {
    let string = |offset| record.field(offset).string();
    let members = string(offset_of!(TypeRecord, members))?;
    let members = members.split(',').filter(|name| !name.is_empty());
    Ok(Type {
        kind: match record.field(offset_of!(TypeRecord, kind)).u32()? {
            0 => TypeKind::Record,
            1 => TypeKind::Enum,
            2 => TypeKind::Constant,
            _ => return Err(messages::damaged_record()),
        },
        object: string(offset_of!(TypeRecord, object))?,
        name: string(offset_of!(TypeRecord, name))?,
        members: members.map(str::to_owned).collect(),
        place: record.field(offset_of!(TypeRecord, location)).place()?,
    })
}

impl Cursor<'_, '_> {
    fn field(self, offset: usize) -> Self {
        let offset = self.offset.saturating_add(offset);
        Self { offset, ..self }
    }

    fn array<const N: usize>(self) -> Result<[u8; N], Diagnostic> {
        self.image
            .bytes(self.section)
            .get(self.offset..)
            .and_then(|bytes| bytes.first_chunk())
            .copied()
            .ok_or_else(messages::damaged_record)
    }

    fn u32(self) -> Result<u32, Diagnostic> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(self) -> Result<u64, Diagnostic> {
        self.array().map(u64::from_le_bytes)
    }

    fn pointer(self) -> Result<Target, Diagnostic> {
        self.target().ok_or_else(messages::damaged_record)
    }

    /// What a pointer points to that may be null.
    fn target(self) -> Option<Target> {
        self.image.pointer(self.section, self.offset as u64)
    }

    fn string(self) -> Result<String, Diagnostic> {
        let len = self.field(offset_of!(Str, len)).u64()? as usize;
        if len == 0 {
            return Ok(String::new());
        }
        let start = self.field(offset_of!(Str, bytes)).pointer()?;
        let bytes = self
            .image
            .bytes(start.section)
            .get(start.offset as usize..)
            .and_then(|bytes| bytes.get(..len))
            .ok_or_else(messages::damaged_record)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| messages::damaged_record())
    }

    fn place(self) -> Result<Place, Diagnostic> {
        Ok(Place {
            file: self.field(offset_of!(Location, file)).string()?,
            line: self.field(offset_of!(Location, line)).u32()?,
            column: self.field(offset_of!(Location, column)).u32()?,
        })
    }
}
