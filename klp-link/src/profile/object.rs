// SPDX-License-Identifier: GPL-2.0-only
//! Views into an opened profile: objects, their symbols, exports.

use rkyv::string::ArchivedString;

use super::data::{ArchivedNameRef, ArchivedObjectRecord, ArchivedSymbolRecord, NOT_TRACED};
use super::facts::SectionKind;

/// The blob of names.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(pub(crate) &'a ArchivedString);

impl<'a> Text<'a> {
    /// The string `name` points to; empty when it points outside of the blob.
    pub(crate) fn get(self, name: &ArchivedNameRef) -> &'a str {
        let start = name.offset.to_native() as usize;
        let end = start.saturating_add(name.length.to_native() as usize);
        self.0.as_str().get(start..end).unwrap_or_default()
    }
}

/// `vmlinux` or a module, as live patches name it.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    pub(crate) record: &'a ArchivedObjectRecord,
    pub(crate) text: Text<'a>,
}

/// One symbol of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol<'a> {
    /// Name as in `/proc/kallsyms`.
    pub name: &'a str,
    /// `vmlinux`: link-time (nokaslr) address. Module: offset in the section.
    pub address: u64,
    /// Bytes. `vmlinux`: up to the next different address, as kallsyms computes it, but not
    /// beyond the section. Module: `st_size`.
    pub size: u64,
    /// Type letter of `/proc/kallsyms` (`man nm`). Upper case: global; of a module's symbol that
    /// it is listed in `__ksymtab`.
    pub kind: char,
    /// What kind of memory it lies in.
    pub section: SectionKind,
    /// Name of the ELF section it lies in, where there is one.
    pub section_name: Option<&'a str>,
    /// Position among the object's symbols of this name, from 1, as `klp_func.old_sympos`
    /// counts. 0 for a module's init symbols: kallsyms drops them after the module's init.
    pub sympos: u32,
    /// Where ftrace patches the function, in the terms of `address`: the entry, or 4 bytes
    /// after it behind `endbr64`.
    pub ftrace_location: Option<u64>,
    /// Freed after boot, or after the module's init.
    pub init: bool,
    /// Source file of a module's local symbol, as its symbol table says.
    pub file: Option<&'a str>,
}

impl Symbol<'_> {
    /// Whether ftrace, and so a live patch, can redirect this function. Never for init code,
    /// which is gone by then.
    pub fn traceable(&self) -> bool {
        self.ftrace_location.is_some() && !self.init
    }
}

/// An exported symbol (`EXPORT_SYMBOL` and its relatives).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export<'a> {
    /// Symbol name.
    pub name: &'a str,
    /// What `__versions` must hold for it, when the kernel has CONFIG_MODVERSIONS.
    pub crc: Option<u32>,
    /// For modules under a GPL-compatible licence only.
    pub gpl: bool,
    /// Symbol namespace that an importer must name (`MODULE_IMPORT_NS`).
    pub namespace: Option<&'a str>,
    /// `vmlinux` or the exporting module.
    pub provider: &'a str,
}

impl<'a> Object<'a> {
    /// `vmlinux` or the module's name.
    pub fn name(&self) -> &'a str {
        &self.record.name
    }

    /// The module's `srcversion`, if it has one.
    pub fn srcversion(&self) -> Option<&'a str> {
        self.record.srcversion.as_ref().map(ArchivedString::as_str)
    }

    /// The GNU build-id, if there is one.
    pub fn build_id(&self) -> Option<&'a [u8]> {
        self.record.build_id.as_ref().map(|id| id.as_slice())
    }

    /// A module's split BTF, based on the kernel's; empty for `vmlinux` and without BTF.
    pub fn btf(&self) -> &'a [u8] {
        &self.record.btf
    }

    /// All symbols in kallsyms order.
    pub fn symbols(&self) -> impl ExactSizeIterator<Item = Symbol<'a>> + use<'a> {
        let object = *self;
        self.record
            .symbols
            .iter()
            .map(move |record| object.view(record))
    }

    /// All symbols of this name, in kallsyms order: the order sympos counts in.
    pub fn symbols_named(&self, name: &str) -> Vec<Symbol<'a>> {
        let from = self.by_name_from(name);
        from.take_while(|symbol| symbol.name == name).collect()
    }

    /// The names that start so, each once, sorted.
    pub fn names_starting(&self, start: &str) -> Vec<&'a str> {
        let from = self.by_name_from(start).map(|symbol| symbol.name);
        let mut names: Vec<_> = from.take_while(|name| name.starts_with(start)).collect();
        names.dedup();
        names
    }

    /// The symbols by name, from the first that is not before `name`.
    fn by_name_from(&self, name: &str) -> impl Iterator<Item = Symbol<'a>> + use<'a> {
        let object = *self;
        let at = move |position: u32| object.record.symbols.get(position as usize);
        let name_at = |position: u32| at(position).map_or("", |s| object.text.get(&s.name));
        let index = &self.record.by_name;
        let first = index.partition_point(|position| name_at(position.to_native()) < name);
        let rest = index.iter().skip(first);
        rest.filter_map(move |position| at(position.to_native()))
            .map(move |record| object.view(record))
    }

    /// The symbol of this name and position; position 0 means that the name must be unique.
    pub fn symbol(&self, name: &str, sympos: u32) -> Option<Symbol<'a>> {
        let symbols = self.symbols_named(name);
        match (sympos, symbols.as_slice()) {
            (0, [only]) => Some(*only),
            (0, _) => None,
            _ => symbols.into_iter().find(|symbol| symbol.sympos == sympos),
        }
    }

    /// Up to `n` names of functions and variables that look most like `name`, best first.
    /// Compiler-made variants (`NAME.isra.0`, `NAME.constprop.0`) come before all others.
    pub fn nearest(&self, name: &str, n: usize) -> Vec<&'a str> {
        let symbols = self.symbols().filter(|symbol| is_nameable(symbol.kind));
        klp_types::nearest(name, n, symbols.map(|symbol| symbol.name))
    }

    /// Names of what lies before and behind a symbol in its section: the linker puts those of one
    /// source file side by side. Not those of the same name, nor what the compiler adds to functions.
    pub fn neighbours(&self, of: &Symbol<'_>) -> [Option<&'a str>; 2] {
        let telling = |symbol: &Symbol<'_>| {
            let added = symbol.name.starts_with("__pfx_") || symbol.name.contains('.');
            is_nameable(symbol.kind) && symbol.name != of.name && !added
        };
        let near = |symbol: &Symbol<'_>| symbol.section_name == of.section_name && telling(symbol);
        let symbols = || self.symbols().filter(near);
        let address = |symbol: &Symbol<'_>| symbol.address;
        let before = symbols().filter(|symbol| symbol.address < of.address);
        let behind = symbols().filter(|symbol| symbol.address > of.address);
        let pair = [before.max_by_key(address), behind.min_by_key(address)];
        pair.map(|symbol| symbol.map(|symbol| symbol.name))
    }

    /// Source file of a symbol where it is known: for modules' local symbols.
    pub fn file_of(&self, symbol: &Symbol<'a>) -> Option<&'a str> {
        symbol.file
    }

    fn view(&self, record: &'a ArchivedSymbolRecord) -> Symbol<'a> {
        let address = record.address.to_native();
        let section_name = self
            .record
            .sections
            .get(usize::from(record.section.to_native()));
        Symbol {
            name: self.text.get(&record.name),
            address,
            size: record.size.to_native(),
            kind: char::from(record.kind),
            section: SectionKind::from_code(record.section_kind),
            section_name: section_name.map(ArchivedString::as_str),
            sympos: record.sympos.to_native(),
            ftrace_location: (record.ftrace != NOT_TRACED)
                .then(|| address.wrapping_add(u64::from(record.ftrace))),
            init: record.init,
            file: Some(self.text.get(&record.file)).filter(|file| !file.is_empty()),
        }
    }
}

/// Whether people patch or use symbols of this type letter by name.
fn is_nameable(kind: char) -> bool {
    "tdbrwvg".contains(kind.to_ascii_lowercase())
}
