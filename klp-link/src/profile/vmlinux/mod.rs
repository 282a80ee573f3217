// SPDX-License-Identifier: GPL-2.0-only
//! Everything a profile takes from `vmlinux`.

mod banner;
mod exports;
mod flags;
mod orc;
mod symbols;
mod traced;

use std::collections::HashMap;

use super::data::ObjectRecord;
use super::error::BuildError;
use super::exports::RawExport;
pub(crate) use traced::{ENDBR64, ENDBR64_LENGTH};

use super::Layout;
use super::facts::{AddressRange, Mitigations, OrcRegisters};
use super::kallsyms::{self, RawSymbol};
use super::strings::Strings;
use super::vmelf::Vmlinux;

/// Name of the kernel itself among the objects.
pub(crate) const NAME: &str = "vmlinux";

/// What [`read`] finds.
pub(crate) struct KernelFacts {
    pub(crate) release: String,
    pub(crate) vermagic: String,
    pub(crate) banner: String,
    pub(crate) mitigations: Mitigations,
    pub(crate) patch_pending: Option<u8>,
    pub(crate) orc_registers: Option<OrcRegisters>,
    pub(crate) init_ranges: Vec<AddressRange>,
    pub(crate) object: ObjectRecord,
    pub(crate) exports: Vec<RawExport>,
    pub(crate) btf: Vec<u8>,
    pub(crate) orc_header: Vec<u8>,
}

/// Reads an uncompressed kernel, putting its names into `strings`.
pub(crate) fn read(bytes: &[u8], strings: &mut Strings) -> Result<KernelFacts, BuildError> {
    let vmlinux = Vmlinux::parse(bytes)?;
    let symbols = kallsyms::read(&vmlinux)?;
    let kernel = Kernel::new(&vmlinux, &symbols);
    let banner = banner::banner(&kernel)?;
    let release = banner::release(&banner)?;
    let vermagic = banner::vermagic(&kernel, &release)?;
    let init_ranges = kernel.init_ranges();
    let btf = btf(&vmlinux)?;
    Ok(KernelFacts {
        mitigations: kernel.mitigations(&vermagic),
        patch_pending: flags::patch_pending(&kernel),
        object: symbols::object(&kernel, &init_ranges, strings)?,
        exports: exports::read(&vmlinux)?,
        orc_registers: orc_registers(&vmlinux, &release, btf),
        btf: btf.to_vec(),
        orc_header: vmlinux.data(".orc_header").to_vec(),
        release,
        vermagic,
        banner,
        init_ranges,
    })
}

fn btf<'a>(vmlinux: &Vmlinux<'a>) -> Result<&'a [u8], BuildError> {
    match vmlinux.data(".BTF") {
        [] => Err(BuildError::NoBtf),
        data => Ok(data),
    }
}

/// None for a kernel without ORC, too.
fn orc_registers(vmlinux: &Vmlinux<'_>, release: &str, btf: &[u8]) -> Option<OrcRegisters> {
    let layout = Layout::new(release, btf).ok()?;
    orc::registers(vmlinux.data(".orc_unwind"), &layout)
}

pub(crate) fn missing(item: &'static str, reason: &str) -> BuildError {
    BuildError::Missing {
        what: NAME.to_owned(),
        item,
        reason: reason.to_owned(),
    }
}

/// A kernel's sections and symbols, with landmarks by name.
struct Kernel<'a> {
    vmlinux: &'a Vmlinux<'a>,
    symbols: &'a [RawSymbol],
    addresses: HashMap<&'a str, u64>,
}

impl<'a> Kernel<'a> {
    fn new(vmlinux: &'a Vmlinux<'a>, symbols: &'a [RawSymbol]) -> Self {
        let pairs = symbols
            .iter()
            .map(|symbol| (symbol.name.as_str(), symbol.address));
        Self {
            vmlinux,
            symbols,
            addresses: pairs.collect(),
        }
    }

    /// Address of a symbol whose name is unique.
    fn address(&self, name: &str) -> Option<u64> {
        self.addresses.get(name).copied()
    }

    /// The bytes of a function whose name is unique: up to the next symbol.
    fn code(&self, name: &str) -> Option<&'a [u8]> {
        let start = self.address(name)?;
        let addresses = self.symbols.iter().map(|symbol| symbol.address);
        let end = addresses.filter(|&address| address > start).min()?;
        self.vmlinux.bytes_between(start, end)
    }

    /// The range between two linker-script symbols (`vmlinux.lds.h`), if both exist.
    fn range(&self, start: &str, end: &str) -> Option<AddressRange> {
        let (start, end) = (self.address(start)?, self.address(end)?);
        (start < end).then_some(AddressRange { start, end })
    }

    /// What the kernel frees after boot.
    fn init_ranges(&self) -> Vec<AddressRange> {
        let pairs = [("__init_begin", "__init_end"), ("_sinittext", "_einittext")];
        pairs
            .iter()
            .filter_map(|(start, end)| self.range(start, end))
            .collect()
    }

    fn mitigations(&self, vermagic: &str) -> Mitigations {
        let has = |name| self.addresses.contains_key(name);
        Mitigations {
            return_thunk: has("__x86_return_thunk"),
            retpoline: has("__x86_indirect_thunk_rax"),
            // The section and its start symbol exist with CONFIG_X86_KERNEL_IBT only
            // (arch/x86/kernel/vmlinux.lds.S).
            ibt: self.vmlinux.section(".ibt_endbr_seal").is_some() || has("__ibt_endbr_seal"),
            modversions: vermagic.split(' ').any(|word| word == "modversions"),
        }
    }
}
