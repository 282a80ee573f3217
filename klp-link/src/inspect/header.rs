// SPDX-License-Identifier: GPL-2.0-only
//! What klp's own core finds right before the `struct klp_patch`: its header, and the stubs.

use std::mem::{offset_of, size_of};

use klp_runtime::contract::CoreHeader;

use super::code::Codes;
use super::elf::{Elf, Place};
use super::error::Error;
use super::report::{Header, Object, Stub};
use crate::hex::hex;

/// The header of the patch whose `struct klp_patch` is at `patch`.
pub(super) fn read(
    elf: &Elf<'_>,
    codes: &Codes<'_, '_>,
    patch: Place,
    objects: &[Object],
) -> Result<Header, Error> {
    let broken = |reason| Error::table("the header for klp's core", reason);
    let start = patch.offset.checked_sub(size_of::<CoreHeader>() as u64);
    let start = Place {
        offset: start.ok_or_else(|| broken("there is none before the patch"))?,
        ..patch
    };
    let field = |offset: usize| start.plus(offset as u64);
    let abi = elf.array(field(offset_of!(CoreHeader, abi)));
    let build_id = elf.array::<20>(field(offset_of!(CoreHeader, build_id)));
    let stubs = elf.pointer(field(offset_of!(CoreHeader, directs)));
    let (Some(abi), Some(build_id), Some(stubs)) = (abi, build_id, stubs) else {
        return Err(broken("a part of it is missing"));
    };
    let functions = objects.iter().map(|object| object.functions.len()).sum();
    let stubs = (0..functions).map(|index: usize| stub(elf, codes, stubs.plus(8 * index as u64)));
    Ok(Header {
        abi: u32::from_le_bytes(abi),
        kernel_build_id: hex(&build_id),
        stubs: stubs
            .collect::<Option<_>>()
            .ok_or_else(|| broken("a function has no stub"))?,
    })
}

fn stub(elf: &Elf<'_>, codes: &Codes<'_, '_>, at: Place) -> Option<Stub> {
    let (name, size) = codes.name_and_size(elf.pointer(at)?)?;
    Some(Stub {
        name: name.to_owned(),
        size,
    })
}
