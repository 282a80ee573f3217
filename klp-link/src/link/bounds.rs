// SPDX-License-Identifier: GPL-2.0-only
//! The bounds of linkme's slices, which nobody defines in a relocatable link, and the slices of
//! records that only the link step reads.

use object::elf;

use super::image::{Chunk, Image, Target};

const START: &str = "__start_";
const STOP: &str = "__stop_";

/// linkme's sections: the elements of a slice, and what it checks for duplicates.
const SLICES: [&str; 2] = ["linkme_", "linkm2_"];

/// Defines `__start_SECTION` and `__stop_SECTION` wherever code or data refers to them and there
/// is such a section.
///
/// A slice without an element has no section; its bounds become those of an empty one.
pub(crate) fn define(image: &mut Image<'_>) {
    for symbol in image.wanted_symbols() {
        let name = image.name(symbol).into_owned();
        let start = name.strip_prefix(START).map(|section| (section, false));
        let stop = || name.strip_prefix(STOP).map(|section| (section, true));
        if let Some((section, end)) = start.or_else(stop)
            && let Some(target) = bound(image, section, end)
        {
            image.define(&name, target, 0);
        }
    }
}

fn bound(image: &mut Image<'_>, name: &str, end: bool) -> Option<Target> {
    let empty = |image: &mut Image<'_>| {
        is_slice(name).then(|| image.add_section(name, elf::SHF_ALLOC, 8, Chunk::default()))
    };
    let section = image.section(name).or_else(|| empty(image))?;
    Some(Target {
        section,
        offset: if end { image.size(section) } else { 0 },
    })
}

fn is_slice(section: &str) -> bool {
    SLICES.iter().any(|slice| section.starts_with(slice))
}

/// Drops the slices that no code of the patch walks: records that only the link step reads.
pub(crate) fn drop_unused_slices(image: &mut Image<'_>) {
    let wanted: Vec<String> = image
        .wanted_symbols()
        .into_iter()
        .map(|symbol| image.name(symbol).into_owned())
        .collect();
    for section in image.loaded_sections() {
        let name = image.section_name(section).into_owned();
        if is_slice(&name) && !wanted.contains(&format!("{START}{name}")) {
            image.delete(section);
        }
    }
}
