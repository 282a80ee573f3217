// SPDX-License-Identifier: GPL-2.0-only
//! Stubs of a patch for klp's own core: what the old function's entry calls to go to the new one.
//!
//! ftrace calls a stub directly, without a handler between. The stub puts the new function in the
//! place of its own return address and returns, which keeps calls and returns of the processor's
//! prediction in pairs.

use std::ops::Range;

use object::build::elf::SectionId;
use object::elf;

use crate::profile::Profile;

use super::image::{Chunk, Image, Target};
use super::patch::Patch;
use super::thunks::RETURN_THUNK;

/// `movq $NEW, (%rsp)`, without the address.
const REPLACE_RETURN: [u8; 4] = [0x48, 0xc7, 0x04, 0x24];
/// `jmp`, without the distance.
const JUMP: u8 = 0xe9;
/// `ret`.
const RETURN: u8 = 0xc3;
/// `int3`.
const TRAP: u8 = 0xcc;

/// The alignment of functions.
const ALIGN: usize = 16;

/// Adds a stub for each function, in the order of the tables, to `text`; the result is where they
/// are.
pub(crate) fn add(
    image: &mut Image<'_>,
    text: SectionId,
    patch: &Patch,
    profile: &Profile,
) -> Vec<Range<u64>> {
    let has_thunk = profile.export(RETURN_THUNK).is_some();
    let objects = patch.objects().into_iter();
    let funcs: Vec<_> = objects.flat_map(|object| patch.funcs_of(object)).collect();
    let mut stubs = Vec::new();
    for func in funcs {
        let stub = stub(image, func.new_func, has_thunk);
        let size = stub.bytes.len() as u64;
        let start = image.append(text, ALIGN, TRAP, stub);
        let place = Target {
            section: text,
            offset: start,
        };
        image.define_local(
            &format!("klp_direct_{}", func.symbol),
            place,
            size,
            elf::STT_FUNC,
        );
        stubs.push(start..start + size);
    }
    stubs
}

fn stub(image: &mut Image<'_>, new: Target, has_thunk: bool) -> Chunk {
    let mut stub = Chunk::default();
    stub.bytes.extend(REPLACE_RETURN);
    let address = stub.reserve(4);
    stub.put_address(address, image.section_symbol(new.section), new.offset);
    if has_thunk {
        stub.bytes.push(JUMP);
        let distance = stub.reserve(4);
        stub.put_jump(distance, image.import(RETURN_THUNK));
    } else {
        stub.bytes.push(RETURN);
    }
    let end = stub.bytes.len().next_multiple_of(ALIGN);
    stub.bytes.resize(end, TRAP);
    stub
}
