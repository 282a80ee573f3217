// SPDX-License-Identifier: GPL-2.0-only
//! Where in a file functions and constants begin and end.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use iced_x86::{Decoder, DecoderOptions};
use object::elf;

use super::super::elf::{Elf, Place, Relocation};

/// The file, cut into functions and constants that do not overlap.
pub(super) struct Map {
    /// The symbol of each function, by where it starts.
    functions: BTreeMap<Place, usize>,
    /// The same symbols, by name.
    by_name: Vec<usize>,
    /// Where something begins that is not code: what symbols name and relocations point to.
    constants: BTreeSet<Place>,
    /// By relocation in code: how far the end of its instruction is.
    distances: HashMap<Place, u64>,
}

impl Map {
    /// Looks at all symbols and relocations.
    pub(super) fn new(elf: &Elf<'_>) -> Self {
        let functions = functions(elf);
        let mut by_name: Vec<_> = functions.values().copied().collect();
        by_name.sort_by_key(|&symbol| elf.symbols[symbol].name);
        let mut map = Self {
            functions,
            by_name,
            constants: BTreeSet::new(),
            distances: HashMap::new(),
        };
        map.decode(elf);
        map.constants = map.starts(elf);
        map
    }

    /// The function that starts at this place.
    pub(super) fn function_from(&self, place: Place) -> Option<usize> {
        self.functions.get(&place).copied()
    }

    /// The function of that symbol.
    pub(super) fn function_named(&self, elf: &Elf<'_>, name: &str) -> Option<usize> {
        let by_name = |&symbol: &usize| elf.symbols[symbol].name;
        let index = self.by_name.binary_search_by_key(&name, by_name).ok()?;
        Some(self.by_name[index])
    }

    /// The function that has this place.
    pub(super) fn function_at(&self, place: Place) -> Option<usize> {
        let (start, &symbol) = self.functions.range(..=place).next_back()?;
        (start.section == place.section).then_some(symbol)
    }

    /// Where a function starts, and where it ends: before the next, whatever its symbol says.
    pub(super) fn extent(&self, elf: &Elf<'_>, symbol: usize) -> (Place, u64) {
        let symbol = &elf.symbols[symbol];
        let start = symbol.place().unwrap_or(Place {
            section: 0,
            offset: 0,
        });
        let end = start.offset.saturating_add(symbol.size);
        let after = (Bound::Excluded(start), Bound::Unbounded);
        let next = self.functions.range(after).next();
        let next = next.filter(|(next, _)| next.section == start.section);
        (start, next.map_or(end, |(next, _)| end.min(next.offset)))
    }

    /// Where the constant at `start` ends: where the next begins, or its section ends.
    pub(super) fn end(&self, elf: &Elf<'_>, start: Place) -> u64 {
        let after = (Bound::Excluded(start), Bound::Unbounded);
        let next = self.constants.range(after).next();
        let next = next.filter(|next| next.section == start.section);
        let section = elf.sections[start.section].data.len() as u64;
        next.map_or(section, |next| next.offset)
    }

    /// What a relocation in `section` points to.
    pub(super) fn target(
        &self,
        elf: &Elf<'_>,
        section: usize,
        relocation: &Relocation,
    ) -> Option<Place> {
        let distance = match is_relative(relocation.kind) && elf.is_code(section) {
            true => {
                let field = Place {
                    section,
                    offset: relocation.offset,
                };
                // Code that nobody can decode: the field is at the end of most instructions.
                self.distances.get(&field).copied().unwrap_or(4)
            }
            false => 0,
        };
        let addend = relocation.addend.checked_add_unsigned(distance)?;
        elf.target(relocation, addend)
    }

    /// Decodes each function once, to know where its instructions end.
    fn decode(&mut self, elf: &Elf<'_>) {
        for &symbol in self.functions.values() {
            let (start, end) = self.extent(elf, symbol);
            let code = super::bytes(elf, start, end);
            let decoder = Decoder::with_ip(64, &code, start.offset, DecoderOptions::NONE);
            for instruction in decoder {
                let from = Place {
                    offset: instruction.ip(),
                    ..start
                };
                for relocation in elf.relocations_in(from, instruction.next_ip()) {
                    let field = Place {
                        offset: relocation.offset,
                        ..start
                    };
                    let distance = instruction.next_ip() - relocation.offset;
                    self.distances.insert(field, distance);
                }
            }
        }
    }

    fn starts(&self, elf: &Elf<'_>) -> BTreeSet<Place> {
        let symbols = elf.symbols.iter().filter_map(|symbol| symbol.place());
        let sections = elf.sections.iter().enumerate();
        let targets = sections.flat_map(|(at, section)| {
            let relocations = section.relocations.iter();
            relocations.filter_map(move |relocation| self.target(elf, at, relocation))
        });
        symbols.chain(targets).collect()
    }
}

fn functions(elf: &Elf<'_>) -> BTreeMap<Place, usize> {
    let symbols = elf.symbols.iter().enumerate();
    let functions = symbols.filter(|(_, symbol)| symbol.kind == elf::STT_FUNC && symbol.size > 0);
    let mut found = BTreeMap::new();
    for (index, symbol) in functions {
        if let Some(place) = symbol.place().filter(|place| elf.is_code(place.section)) {
            found.entry(place).or_insert(index);
        }
    }
    found
}

/// Whether such a relocation writes a distance.
fn is_relative(kind: u32) -> bool {
    [elf::R_X86_64_PC32.0, elf::R_X86_64_PLT32.0].contains(&kind)
}
