// SPDX-License-Identifier: GPL-2.0-only
//! Digests of functions: the same for the same code and data, wherever the linker puts it.
//!
//! A function's bytes count with its relocations' fields as zeros, and each relocation by what it
//! points to: a symbol of the kernel or a function of the patch by its name, constants by their
//! contents, what can be written by its name alone. What a function calls has digests of its own,
//! so that one can tell where a change is.

mod map;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use object::elf;
use sha2::{Digest, Sha256};

use super::elf::{Elf, Home, Place, Relocation, within};
use super::error::Error;
use super::names;
use super::report::{Code, Reached};
use crate::hex::hex;
use map::Map;

/// How deep constants that point to constants are followed.
const DEPTH: usize = 32;
/// How often a reference to a function may be followed.
const FOLLOWED: usize = 1 << 23;
/// How many functions may be reached, counted once for each that reaches them.
const REACHED: usize = 1 << 17;

/// The functions of a file.
pub(super) struct Codes<'e, 'a> {
    elf: &'e Elf<'a>,
    module: &'e str,
    map: Map,
    names: HashMap<usize, Rc<str>>,
    functions: HashMap<usize, Rc<Part>>,
    constants: HashMap<Place, Rc<Part>>,
    followed: usize,
    reached: usize,
}

/// The digest of a function or of a constant, and the functions that it refers to.
#[derive(Default)]
struct Part {
    digest: String,
    calls: BTreeSet<usize>,
}

impl<'e, 'a> Codes<'e, 'a> {
    /// Finds all functions of the file of `module`.
    pub(super) fn new(elf: &'e Elf<'a>, module: &'e str) -> Self {
        Self {
            elf,
            module,
            map: Map::new(elf),
            names: HashMap::new(),
            functions: HashMap::new(),
            constants: HashMap::new(),
            followed: 0,
            reached: 0,
        }
    }

    /// The function that starts at that place.
    pub(super) fn at(&mut self, place: Place) -> Result<Option<Code>, Error> {
        let symbol = self.map.function_from(place);
        symbol.map(|symbol| self.code(symbol)).transpose()
    }

    /// The function of that symbol.
    pub(super) fn named(&mut self, name: &str) -> Result<Option<Code>, Error> {
        let symbol = self.map.function_named(self.elf, name);
        symbol.map(|symbol| self.code(symbol)).transpose()
    }

    /// Name and size of the function that starts at that place.
    pub(super) fn name_and_size(&self, place: Place) -> Option<(&'a str, u64)> {
        let symbol = &self.elf.symbols[self.map.function_from(place)?];
        Some((symbol.name, symbol.size))
    }

    fn code(&mut self, symbol: usize) -> Result<Code, Error> {
        Ok(Code {
            name: self.name(symbol).to_string(),
            size: self.elf.symbols[symbol].size,
            digest: self.function(symbol)?.digest.clone(),
            reaches: self.reaches(symbol)?,
        })
    }

    /// The functions that `start` leads to.
    fn reaches(&mut self, start: usize) -> Result<Vec<Reached>, Error> {
        let mut found = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(symbol) = open.pop() {
            let calls = &self.function(symbol)?.calls;
            self.follow(calls)?;
            open.extend(calls.iter().filter(|&&called| found.insert(called)));
        }
        found.remove(&start);
        self.reached += found.len();
        within("functions that others reach", self.reached, REACHED)?;
        let reached = found.into_iter().map(|symbol| {
            Ok(Reached {
                name: self.name(symbol).to_string(),
                digest: self.function(symbol)?.digest.clone(),
            })
        });
        let mut reached = reached.collect::<Result<Vec<_>, Error>>()?;
        reached.sort();
        Ok(reached)
    }

    fn follow(&mut self, calls: &BTreeSet<usize>) -> Result<(), Error> {
        self.followed += calls.len();
        within("references between functions", self.followed, FOLLOWED)
    }

    fn name(&mut self, symbol: usize) -> Rc<str> {
        let (elf, module) = (self.elf, self.module);
        let name = self.names.entry(symbol);
        let name =
            name.or_insert_with(|| names::of_author(elf.symbols[symbol].name, module).into());
        name.clone()
    }

    fn function(&mut self, symbol: usize) -> Result<Rc<Part>, Error> {
        if let Some(part) = self.functions.get(&symbol) {
            return Ok(part.clone());
        }
        let (start, end) = self.map.extent(self.elf, symbol);
        let part = Rc::new(self.part(start, end, DEPTH)?);
        self.functions.insert(symbol, part.clone());
        Ok(part)
    }

    /// What is from `start` to `end`, which counts bytes from its section's start.
    fn part(&mut self, start: Place, end: u64, depth: usize) -> Result<Part, Error> {
        let elf = self.elf;
        let mut calls = BTreeSet::new();
        let mut hash = Sha256::new();
        let mut bytes = bytes(elf, start, end);
        for relocation in elf.relocations_in(start, end) {
            let at = relocation.offset - start.offset;
            blank(&mut bytes, at, relocation.kind);
            let label = self.label(start.section, relocation, depth, &mut calls)?;
            hash.update(format!("{at} {} {label}\n", relocation.kind));
        }
        // Between two constants there may be room, more or less of it.
        if !elf.is_code(start.section) {
            let used = bytes.iter().rposition(|&byte| byte != 0);
            bytes.truncate(used.map_or(0, |last| last + 1));
        }
        hash.update(&bytes);
        let digest = hex(&hash.finalize());
        Ok(Part { digest, calls })
    }

    /// What a relocation points to, in words that do not depend on addresses.
    fn label(
        &mut self,
        section: usize,
        relocation: &Relocation,
        depth: usize,
        calls: &mut BTreeSet<usize>,
    ) -> Result<String, Error> {
        let elf = self.elf;
        let Some(symbol) = elf.symbols.get(relocation.symbol) else {
            return Ok(String::new());
        };
        if !matches!(symbol.home, Home::Section(_)) {
            return Ok(format!("{}+{}", symbol.name, relocation.addend));
        }
        let Some(target) = self.map.target(elf, section, relocation) else {
            return Ok("outside".to_owned());
        };
        if let Some(function) = self.map.function_at(target) {
            calls.insert(function);
            let into = target.offset - elf.symbols[function].value;
            return Ok(format!("{}+{into}", self.name(function)));
        }
        if elf.is_writable(target.section) {
            let name = elf.name_at(target);
            return Ok(name.unwrap_or(elf.sections[target.section].name).to_owned());
        }
        let constant = self.constant(target, depth)?;
        self.follow(&constant.calls)?;
        calls.extend(&constant.calls);
        Ok(constant.digest.clone())
    }

    fn constant(&mut self, start: Place, depth: usize) -> Result<Rc<Part>, Error> {
        if let Some(part) = self.constants.get(&start) {
            return Ok(part.clone());
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(Rc::default());
        };
        // What leads back to itself is found here, and counts as nothing.
        self.constants.insert(start, Rc::default());
        let part = Rc::new(self.part(start, self.map.end(self.elf, start), depth)?);
        self.constants.insert(start, part.clone());
        Ok(part)
    }
}

/// What the file has from `start` to `end`.
fn bytes(elf: &Elf<'_>, start: Place, end: u64) -> Vec<u8> {
    let data = elf.sections[start.section].data;
    let end = data.len().min(usize::try_from(end).unwrap_or(usize::MAX));
    let start = usize::try_from(start.offset).unwrap_or(usize::MAX);
    data.get(start..end).unwrap_or_default().to_vec()
}

/// Zeros in the place of what a relocation writes.
fn blank(bytes: &mut [u8], at: u64, kind: u32) {
    let wide = [elf::R_X86_64_64.0, elf::R_X86_64_PC64.0].contains(&kind);
    let length = if wide { 8 } else { 4 };
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let end = start.saturating_add(length).min(bytes.len());
    if let Some(field) = bytes.get_mut(start..end) {
        field.fill(0);
    }
}
