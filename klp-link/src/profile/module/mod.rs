// SPDX-License-Identifier: GPL-2.0-only
//! Everything a profile takes from a module file.

mod exports;
mod modinfo;
mod symbols;
mod traced;

pub use modinfo::Modinfo;
pub(crate) use modinfo::values;

use object::LittleEndian;
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _};

use super::data::ObjectRecord;
use super::error::BuildError;
use super::exports::RawExport;
use super::image::unpack_module;
use super::strings::Strings;
use super::{index, notes};
use crate::shared;

/// The ELF reader of a module.
type Elf<'a> = ElfFile64<'a, LittleEndian>;

/// What [`read`] finds.
pub(crate) struct ModuleFacts {
    pub(crate) object: ObjectRecord,
    pub(crate) exports: Vec<RawExport>,
}

/// Reads a module file, plain or compressed, that must belong to kernel `release`.
pub(crate) fn read(
    file: &[u8],
    release: &str,
    strings: &mut Strings,
) -> Result<ModuleFacts, BuildError> {
    let bytes = unpack_module(file)?;
    let elf = parse(&bytes)?;
    let info = modinfo::read(section_data(&elf, "the module", ".modinfo")?)?;
    info.check_release(release)?;
    let name = info.name.as_str();
    let exports = exports::read(&elf, name)?;
    let mut symbols = symbols::read(&elf, name, &exports, strings)?;
    index::number_positions(&mut symbols, strings, |symbol| !symbol.init);
    Ok(ModuleFacts {
        object: ObjectRecord {
            srcversion: info.srcversion,
            build_id: notes::build_id(section_data(&elf, name, ".note.gnu.build-id")?),
            sections: section_names(&elf),
            by_name: index::by_name(name, &symbols, strings)?,
            symbols,
            btf: section_data(&elf, name, ".BTF")?.to_vec(),
            name: info.name,
        },
        exports,
    })
}

fn parse(bytes: &[u8]) -> Result<Elf<'_>, BuildError> {
    if shared::in_file(bytes) {
        return Err(broken("the module", &shared::REASON));
    }
    let elf = Elf::parse(bytes).map_err(|error| broken("the module", &error))?;
    let relocatable = elf.kind() == object::ObjectKind::Relocatable;
    if elf.architecture() != object::Architecture::X86_64 || !relocatable {
        return Err(BuildError::Elf {
            what: "the module".to_owned(),
            reason: format!("it is {:?} for {:?}", elf.kind(), elf.architecture()),
        });
    }
    // Relocation sections too: the readers take what they cannot read for absent.
    for section in elf.sections() {
        section
            .data()
            .map_err(|error| broken("the module", &error))?;
    }
    Ok(elf)
}

/// Contents of a section; empty when there is none.
fn section_data<'a>(elf: &Elf<'a>, what: &str, name: &str) -> Result<&'a [u8], BuildError> {
    match elf.section_by_name(name) {
        Some(section) => section.data().map_err(|error| broken(what, &error)),
        None => Ok(&[]),
    }
}

/// Section names by ELF section index, so that a symbol's `st_shndx` selects one.
fn section_names(elf: &Elf<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for section in elf.sections() {
        names.resize(section.index().0, String::new());
        names.push(section.name().unwrap_or_default().to_owned());
    }
    names
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> BuildError {
    BuildError::Elf {
        what: what.to_owned(),
        reason: error.to_string(),
    }
}

fn missing(what: &str, item: &'static str, reason: &str) -> BuildError {
    BuildError::Missing {
        what: what.to_owned(),
        item,
        reason: reason.to_owned(),
    }
}
