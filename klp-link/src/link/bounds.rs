// SPDX-License-Identifier: GPL-2.0-only
//! The bounds of linkme's slices, which nobody defines in a relocatable link, and the slices of
//! records that only the link step reads.

use klp_runtime::contract::section::{CALLBACKS, FUNCS, PARAMS};
use object::elf;

use super::image::{Chunk, Image, Target};

const START: &str = "__start_";
const STOP: &str = "__stop_";

/// Defines `__start_SECTION` and `__stop_SECTION` wherever they are asked for.
///
/// A slice without an element has no section; its bounds become those of an empty one.
pub(crate) fn define(image: &mut Image<'_>) {
    for symbol in image.undefined_symbols() {
        let name = image.name(symbol).into_owned();
        if let Some(section) = name.strip_prefix(START) {
            let target = bound(image, section, false);
            image.define(&name, target, 0);
        } else if let Some(section) = name.strip_prefix(STOP) {
            let target = bound(image, section, true);
            image.define(&name, target, 0);
        }
    }
}

fn bound(image: &mut Image<'_>, name: &str, end: bool) -> Target {
    let section = image
        .section(name)
        .unwrap_or_else(|| image.add_section(name, elf::SHF_ALLOC, 8, Chunk::default()));
    Target {
        section,
        offset: if end { image.size(section) } else { 0 },
    }
}

/// Drops the record slices whose bounds no code of the patch asks for.
pub(crate) fn drop_unused_records(image: &mut Image<'_>) {
    for name in [FUNCS, CALLBACKS, PARAMS] {
        if image.symbol(&format!("{START}{name}")).is_none() {
            if let Some(section) = image.section(name) {
                image.delete(section);
            }
        }
    }
}
