// SPDX-License-Identifier: GPL-2.0-only
//! x87, MMX, SSE and AVX registers, which the kernel does not save for its own code.
//!
//! The target and klp's core library do without. Inline assembly may not, nor an object of another
//! compiler that is linked in.

use iced_x86::{CpuidFeature, Decoder, DecoderOptions, Instruction, Register};
use object::build::elf::SectionId;

use super::diagnostic::Diagnostic;
use super::image::Image;
use super::messages;
use super::source::Source;

/// The first such instruction of each function.
pub(crate) fn check(image: &Image<'_>, text: SectionId, source: &Source<'_>) -> Vec<Diagnostic> {
    let functions = image.functions(text).into_iter();
    let found = functions.filter_map(|function| {
        let extent = image.extent(function);
        let code = image
            .bytes(text)
            .get(extent.start as usize..extent.end as usize)?;
        let decoder = Decoder::with_ip(64, code, extent.start, DecoderOptions::NONE);
        let first = decoder.into_iter().find(is_floating_point)?;
        let name = image.demangled(function);
        let error = messages::floating_point(&name, &first.to_string());
        Some(error.at(source.place(first.ip())))
    });
    found.collect()
}

fn is_floating_point(instruction: &Instruction) -> bool {
    let features = instruction.cpuid_features();
    let whole = [
        CpuidFeature::FPU,
        CpuidFeature::FPU287,
        CpuidFeature::FPU387,
        CpuidFeature::MMX,
        // vzeroupper has no operands.
        CpuidFeature::AVX,
    ];
    // By operands, not by feature: fences and prefetches came with SSE as well.
    (0..instruction.op_count()).any(|operand| is_vector(instruction.op_register(operand)))
        || whole.iter().any(|feature| features.contains(feature))
}

fn is_vector(register: Register) -> bool {
    register.is_vector_register() || register.is_mm() || register.is_st() || register.is_k()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_count_and_not_when_an_instruction_came() {
        for (bytes, expected) in [
            (&[0x0f, 0x58, 0xc1][..], true),    // addps xmm0, xmm1
            (&[0xc5, 0xf8, 0x77], true),        // vzeroupper
            (&[0xd9, 0xe8], true),              // fld1
            (&[0x0f, 0x77], true),              // emms
            (&[0x0f, 0xae, 0xf8], false),       // sfence
            (&[0x0f, 0x18, 0x00], false),       // prefetchnta [rax]
            (&[0x48, 0x0f, 0xc3, 0x08], false), // movnti [rax], rcx
            (&[0x48, 0x01, 0xc8], false),       // add rax, rcx
        ] {
            let instruction = Decoder::new(64, bytes, DecoderOptions::NONE).decode();
            assert_eq!(is_floating_point(&instruction), expected, "{instruction}");
        }
    }
}
