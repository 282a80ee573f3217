// SPDX-License-Identifier: GPL-2.0-only
//! What a built patch will do, from its file alone, and what changes from one patch to the next.
//!
//! The tables that the kernel acts on are read as the file has them, through their relocations, so
//! patches in C are read as well as klp's own. `.klp.info` adds what tables have no place for, and
//! is refused where it says something else. Files are not trusted: what is damaged or made to
//! mislead gives an error, in time and memory that the file's size bounds.

mod code;
mod describe;
mod diff;
mod elf;
mod error;
mod header;
mod imports;
mod modinfo;
mod names;
mod params;
mod relocations;
mod report;
mod tables;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use diff::{Change, Diff, Finding, How, Severity, diff};
pub use error::Error;
pub use report::{
    Callback, Code, FORMAT, FoundBy, Function, Header, Import, Kernel, Object, Pair, Parameter,
    Reached, Relocation, Report, Shadow, State, Stub, Tables,
};

use klp_runtime::contract::CORE;

use crate::info::Info;
use crate::link::Core;
use crate::profile::{build_id_in_hex, unpack_module};
use code::Codes;
use elf::Elf;

/// What ends a file with a signature (`MODULE_SIG_STRING`, `include/linux/module_signature.h`).
const SIGNED: &[u8] = b"~Module signature appended~\n";

/// Reads what klp's link step has noted of a patch; `None` of a patch that another tool made.
///
/// # Errors
///
/// When it is no live patch for x86-64, is damaged, or was noted by another version of klp.
pub fn info(bytes: &[u8]) -> Result<Option<Info>, Error> {
    describe::read(&Elf::read(&unpack_module(bytes)?)?)
}

/// Reads a patch, plain or compressed.
///
/// # Errors
///
/// When it is no live patch for x86-64, is damaged, or contradicts itself.
pub fn read(bytes: &[u8]) -> Result<Report, Error> {
    let bytes = unpack_module(bytes)?;
    let elf = Elf::read(&bytes)?;
    let info = modinfo::read(&elf)?;
    let module = info.base.name.clone();
    let mut codes = Codes::new(&elf, &module);
    let tables = tables::read(&elf, &mut codes)?;
    let core = match info.base.depends.iter().any(|module| module == CORE) {
        true => Core::Klp,
        false => Core::Builtin,
    };
    let header = match (core, tables.patch) {
        (Core::Klp, Some(patch)) => Some(header::read(&elf, &codes, patch, &tables.objects)?),
        _ => None,
    };
    let imports = imports::read(&elf)?;
    let notes = elf.contents(".note.gnu.build-id");
    let mut report = Report {
        format: FORMAT,
        core,
        tables: tables.kind,
        described: false,
        replace: tables.replace,
        kernel: Kernel {
            release: info.base.release().to_owned(),
            build_id: None,
            vermagic: info.base.vermagic.trim_end().to_owned(),
        },
        build_id: notes.and_then(build_id_in_hex),
        memory: elf.memory(),
        signed: bytes.ends_with(SIGNED),
        license: info.license,
        description: info.description,
        authors: info.authors,
        version: info.base.version,
        depends: info.base.depends,
        objects: tables.objects,
        shadows: imports::no_shadows(&imports).then(Vec::new),
        states: tables.states,
        parameters: params::read(&elf, &info.parameters)?,
        imports,
        relocations: relocations::read(&elf)?,
        header,
        name: info.base.name,
    };
    describe::add(&mut report, &elf, &mut codes)?;
    Ok(report)
}
