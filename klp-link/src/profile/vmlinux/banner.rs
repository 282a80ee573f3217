// SPDX-License-Identifier: GPL-2.0-only
//! Release, banner and vermagic: strings in `.rodata` that kallsyms points at.

use super::{Kernel, missing};
use crate::profile::bytes::str_at;
use crate::profile::error::BuildError;

const BANNER_START: &str = "Linux version ";

/// `linux_banner` (init/version.c), without its newline.
pub(super) fn banner(kernel: &Kernel<'_>) -> Result<String, BuildError> {
    string_of(kernel, "linux_banner")
        .filter(|banner| banner.starts_with(BANNER_START))
        .map(|banner| banner.trim_end().to_owned())
        .ok_or_else(|| missing("linux_banner", "it holds the kernel's release"))
}

/// `UTS_RELEASE`: the banner's third word.
pub(super) fn release(banner: &str) -> Result<String, BuildError> {
    let word = banner.split(' ').nth(2).filter(|word| !word.is_empty());
    word.map(str::to_owned)
        .ok_or_else(|| missing("linux_banner", "it has no release in it"))
}

/// `VERMAGIC_STRING` (include/linux/vermagic.h), trailing space included, as the module loader
/// compares it.
pub(super) fn vermagic(kernel: &Kernel<'_>, release: &str) -> Result<String, BuildError> {
    string_of(kernel, "vermagic")
        .filter(|text| text.split(' ').next() == Some(release))
        .or_else(|| search(kernel, release))
        .map(str::to_owned)
        .ok_or_else(|| missing("vermagic", "no string in .rodata starts with the release"))
}

fn string_of<'a>(kernel: &Kernel<'a>, symbol: &str) -> Option<&'a str> {
    str_at(kernel.vmlinux.bytes_from(kernel.address(symbol)?)?, 0)
}

/// Without the symbol: the string that is the release followed by a word every x86 kernel has.
fn search<'a>(kernel: &Kernel<'a>, release: &str) -> Option<&'a str> {
    let start = format!("{release} ");
    let rodata = kernel.vmlinux.data(".rodata");
    rodata
        .split(|byte| *byte == 0)
        .filter(|text| text.starts_with(start.as_bytes()))
        .filter_map(|text| std::str::from_utf8(text).ok())
        .find(|text| text.contains("mod_unload") || text.contains("SMP"))
}
