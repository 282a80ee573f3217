// SPDX-License-Identifier: GPL-2.0-only
//! kallsyms entries to symbol records: size, section, position, traceability.

use super::traced::Traced;
use super::{Kernel, NAME};
use crate::profile::data::{NO_SECTION, NOT_TRACED, NameRef, ObjectRecord, SymbolRecord};
use crate::profile::error::BuildError;
use crate::profile::facts::{AddressRange, SectionKind};
use crate::profile::index;
use crate::profile::kallsyms::RawSymbol;
use crate::profile::strings::Strings;
use crate::profile::vmelf::Section;

/// The object record of the kernel itself.
pub(super) fn object(
    kernel: &Kernel<'_>,
    init_ranges: &[AddressRange],
    strings: &mut Strings,
) -> Result<ObjectRecord, BuildError> {
    let reader = Reader {
        kernel,
        init_ranges,
        traced: Traced::read(kernel)?,
    };
    let ends = next_addresses(kernel.symbols);
    let mut symbols = Vec::with_capacity(kernel.symbols.len());
    for (symbol, next) in kernel.symbols.iter().zip(ends) {
        let name = strings.add(NAME, &symbol.name)?;
        symbols.push(reader.record(symbol, next, name));
    }
    index::number_positions(&mut symbols, strings, |_| true);
    Ok(ObjectRecord {
        name: NAME.to_owned(),
        srcversion: None,
        build_id: build_id(kernel),
        sections: kernel
            .vmlinux
            .sections()
            .iter()
            .map(|s| s.name.to_owned())
            .collect(),
        by_name: index::by_name(NAME, &symbols, strings)?,
        symbols,
        btf: Vec::new(),
    })
}

/// For each symbol the next different address, as `get_symbol_pos()` in kernel/kallsyms.c
/// computes a symbol's end; none for the last.
fn next_addresses(symbols: &[RawSymbol]) -> Vec<Option<u64>> {
    let mut ends = vec![None; symbols.len()];
    let mut next: Option<(u64, Option<u64>)> = None;
    for (symbol, end) in symbols.iter().zip(&mut ends).rev() {
        let after = match next {
            Some((address, after)) if address == symbol.address => after,
            Some((address, _)) => Some(address),
            None => None,
        };
        *end = after;
        next = Some((symbol.address, after));
    }
    ends
}

struct Reader<'a> {
    kernel: &'a Kernel<'a>,
    init_ranges: &'a [AddressRange],
    traced: Traced<'a>,
}

impl Reader<'_> {
    fn record(&self, symbol: &RawSymbol, next: Option<u64>, name: NameRef) -> SymbolRecord {
        let section = self.kernel.vmlinux.section_at(symbol.address);
        let in_init = self
            .init_ranges
            .iter()
            .any(|range| range.contains(symbol.address));
        let kind = section_kind(symbol, section.map(|(_, section)| section), in_init);
        let section_end = section.map(|(_, section)| section.end());
        let end = [next, section_end]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(symbol.address);
        let code = matches!(kind, SectionKind::Text | SectionKind::InitText);
        SymbolRecord {
            address: symbol.address,
            size: end.saturating_sub(symbol.address),
            name,
            file: NameRef::default(),
            sympos: 0,
            section: section
                .and_then(|(index, _)| u16::try_from(index).ok())
                .unwrap_or(NO_SECTION),
            kind: symbol.kind,
            section_kind: kind as u8,
            ftrace: if code {
                self.traced.distance(symbol.address)
            } else {
                NOT_TRACED
            },
            init: in_init && kind != SectionKind::Percpu,
        }
    }
}

fn section_kind(symbol: &RawSymbol, section: Option<&Section<'_>>, init: bool) -> SectionKind {
    match section {
        None if symbol.kind.eq_ignore_ascii_case(&b'a') => SectionKind::Absolute,
        None => SectionKind::Other,
        Some(section) if section.name.starts_with(".data..percpu") => SectionKind::Percpu,
        Some(section) if section.executable && init => SectionKind::InitText,
        Some(section) if section.executable => SectionKind::Text,
        Some(_) if init => SectionKind::InitData,
        Some(section) if section.data.is_empty() => SectionKind::Bss,
        // vmlinux's .rodata is marked writable for the sake of __ro_after_init.
        Some(section) if !section.writable || section.name.starts_with(".rodata") => {
            SectionKind::Rodata
        }
        Some(_) => SectionKind::Data,
    }
}

/// The GNU build-id note in `.notes`.
fn build_id(kernel: &Kernel<'_>) -> Option<Vec<u8>> {
    crate::profile::notes::build_id(kernel.vmlinux.data(".notes"))
}
