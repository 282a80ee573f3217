// SPDX-License-Identifier: GPL-2.0-only
//! `__param`: module parameters (`struct kernel_param`, `include/linux/moduleparam.h`).

use std::collections::BTreeMap;

use super::elf::{Elf, Place, within};
use super::error::Error;
use super::modinfo::About;
use super::report::Parameter;

/// `name`, `mod`, `ops`, `perm`, `level` and `flags`, `arg`.
const SIZE: u64 = 40;
const PERM: u64 = 24;
const ARG: u64 = 32;
/// The most parameters.
const LIMIT: usize = 1 << 10;

/// All parameters, in the order of the table.
pub(super) fn read(
    elf: &Elf<'_>,
    about: &BTreeMap<String, About>,
) -> Result<Vec<Parameter>, Error> {
    let Some(section) = elf.section("__param") else {
        return Ok(Vec::new());
    };
    let bytes = elf.sections[section].data.len() as u64;
    if !bytes.is_multiple_of(SIZE) {
        return Err(Error::table(
            "the table of parameters",
            "an entry is cut off",
        ));
    }
    within("parameters", (bytes / SIZE) as usize, LIMIT)?;
    let offsets = (0..bytes / SIZE).map(|index| index * SIZE);
    offsets
        .map(|offset| parameter(elf, Place { section, offset }, about))
        .collect()
}

fn parameter(
    elf: &Elf<'_>,
    at: Place,
    about: &BTreeMap<String, About>,
) -> Result<Parameter, Error> {
    let broken = |reason| Error::table("the table of parameters", reason);
    let name = elf.string(at).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| broken("an entry has no name"))?;
    let mode = elf.array(at.plus(PERM)).map(u16::from_le_bytes);
    let about = about.get(name);
    let type_name = about.and_then(|about| about.type_name.clone());
    let value = elf.pointer(at.plus(ARG));
    let default = value
        .zip(type_name.as_deref())
        .and_then(|(value, type_name)| shown(elf, value, type_name));
    Ok(Parameter {
        default,
        mode: mode.ok_or_else(|| broken("an entry lies outside of its section"))?,
        description: about.and_then(|about| about.description.clone()),
        name: name.to_owned(),
        type_name,
    })
}

/// The value as the kernel's `param_get_*` of that type shows it.
fn shown(elf: &Elf<'_>, at: Place, type_name: &str) -> Option<String> {
    Some(match type_name {
        "bool" => (if elf.array(at)? == [0] { "N" } else { "Y" }).to_owned(),
        "byte" => u8::from_le_bytes(elf.array(at)?).to_string(),
        "short" => i16::from_le_bytes(elf.array(at)?).to_string(),
        "ushort" => u16::from_le_bytes(elf.array(at)?).to_string(),
        "int" => i32::from_le_bytes(elf.array(at)?).to_string(),
        "uint" => u32::from_le_bytes(elf.array(at)?).to_string(),
        "long" => i64::from_le_bytes(elf.array(at)?).to_string(),
        "ulong" => u64::from_le_bytes(elf.array(at)?).to_string(),
        "charp" if elf.relocation(at).is_none() => "(null)".to_owned(),
        "charp" => elf.string(at)?.to_owned(),
        _ => return None,
    })
}
