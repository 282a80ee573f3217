// SPDX-License-Identifier: GPL-2.0-only
//! `.modinfo`: what the module says of itself.

use std::collections::BTreeMap;

use super::elf::{Elf, within};
use super::error::Error;
use crate::profile::{Modinfo, modinfo_values};

/// The longest section, in bytes.
const LIMIT: usize = 1 << 20;

/// The section.
pub(super) struct Info {
    /// What every module says.
    pub(super) base: Modinfo,
    pub(super) license: Option<String>,
    pub(super) description: Option<String>,
    pub(super) authors: Vec<String>,
    /// Parameters by name.
    pub(super) parameters: BTreeMap<String, About>,
}

/// What `.modinfo` says of a parameter.
#[derive(Default)]
pub(super) struct About {
    pub(super) type_name: Option<String>,
    pub(super) description: Option<String>,
}

/// Reads the section of a live patch.
pub(super) fn read(elf: &Elf<'_>) -> Result<Info, Error> {
    let section = elf.contents(".modinfo").unwrap_or_default();
    within("bytes in .modinfo", section.len(), LIMIT)?;
    let base = Modinfo::of_section(section)?;
    if !base.livepatch {
        return Err(Error::NotAPatch { name: base.name });
    }
    let first = |key| modinfo_values(section, key).next();
    Ok(Info {
        base,
        license: first("license="),
        description: first("description="),
        authors: modinfo_values(section, "author=").collect(),
        parameters: parameters(section),
    })
}

fn parameters(section: &[u8]) -> BTreeMap<String, About> {
    let mut parameters: BTreeMap<String, About> = BTreeMap::new();
    for value in modinfo_values(section, "parmtype=") {
        if let Some((name, type_name)) = value.split_once(':') {
            let about = parameters.entry(name.to_owned()).or_default();
            about.type_name = Some(type_name.to_owned());
        }
    }
    for value in modinfo_values(section, "parm=") {
        if let Some((name, text)) = value.split_once(':') {
            let about = parameters.entry(name.to_owned()).or_default();
            about.description = Some(text.to_owned());
        }
    }
    parameters
}
