// SPDX-License-Identifier: GPL-2.0-only
//! The lists of mitigation sites that the kernel patches when it loads a module.
//!
//! `.return_sites` has every jump to the return thunk, `.retpoline_sites` every call of an
//! indirect-branch thunk (`arch/x86/kernel/alternative.c`). A site left out keeps the slow form; a
//! site that is not the instruction the kernel expects makes it warn, so each is checked first.

use object::build::elf::{Relocation, SectionId};
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image, Target};
use super::messages;
use super::source::Source;

/// What functions return through.
pub(crate) const RETURN_THUNK: &str = "__x86_return_thunk";
const INDIRECT_THUNK: &str = "__x86_indirect_thunk_";

/// All uses of thunks by other instructions than the kernel expects.
pub(crate) fn check(image: &Image<'_>, text: SectionId, source: &Source<'_>) -> Vec<Diagnostic> {
    let odd = THUNKS.iter().flat_map(|thunk| thunk.uses(image, text));
    let odd = odd.filter(|site| site.start.is_none());
    odd.map(|site| {
        let target = Target {
            section: text,
            offset: site.field,
        };
        let function = image.function_at(target);
        let function = function.map_or("code".to_owned(), |function| image.demangled(function));
        messages::odd_thunk_use(&function, &site.thunk).at(source.place(site.field))
    })
    .collect()
}

/// Adds both lists for `text`; an empty list is left out.
pub(crate) fn add(image: &mut Image<'_>, text: SectionId) {
    for thunk in &THUNKS {
        let sites = thunk.uses(image, text);
        let starts: Vec<_> = sites.iter().filter_map(|site| site.start).collect();
        add_list(image, text, thunk.list, &starts);
    }
}

/// A kind of thunk.
struct Thunk {
    is: fn(&str) -> bool,
    site_at: SiteAt,
    list: &'static str,
}

const THUNKS: [Thunk; 2] = [
    Thunk {
        is: |name| name == RETURN_THUNK,
        site_at: return_site,
        list: ".return_sites",
    },
    Thunk {
        is: |name| name.starts_with(INDIRECT_THUNK),
        site_at: indirect_site,
        list: ".retpoline_sites",
    },
];

/// The instruction that ends in a 4-byte distance at `field`: its address, if it is one of ours.
type SiteAt = fn(text: &[u8], field: usize) -> Option<usize>;

/// A use of a thunk.
struct Site {
    thunk: String,
    /// Where the distance to it stands.
    field: u64,
    /// The instruction, if it is one that the kernel expects.
    start: Option<u64>,
}

impl Thunk {
    fn uses(&self, image: &Image<'_>, text: SectionId) -> Vec<Site> {
        let site = |relocation: &Relocation| {
            let thunk = image.name(relocation.symbol?);
            let field = relocation.r_offset;
            let start = (self.site_at)(image.bytes(text), field as usize);
            (self.is)(&thunk).then(|| Site {
                thunk: thunk.into_owned(),
                field,
                start: start.map(|start| start as u64),
            })
        };
        image.relocations(text).iter().filter_map(site).collect()
    }
}

/// `jmp rel32`.
fn return_site(text: &[u8], field: usize) -> Option<usize> {
    let start = field.checked_sub(1)?;
    (*text.get(start)? == 0xe9).then_some(start)
}

/// `call rel32`, `jmp rel32` or `jcc rel32`.
fn indirect_site(text: &[u8], field: usize) -> Option<usize> {
    let start = field.checked_sub(1)?;
    match *text.get(start)? {
        0xe8 | 0xe9 => Some(start),
        0x80..=0x8f => {
            let start = field.checked_sub(2)?;
            (*text.get(start)? == 0x0f).then_some(start)
        }
        _ => None,
    }
}

fn add_list(image: &mut Image<'_>, text: SectionId, name: &str, sites: &[u64]) {
    if sites.is_empty() {
        return;
    }
    let symbol = image.section_symbol(text);
    let mut list = Chunk::zeroed(sites.len() * 4);
    for (index, &site) in sites.iter().enumerate() {
        list.put_distance(index * 4, symbol, site);
    }
    image.add_section(name, elf::SHF_ALLOC, 4, list);
}
