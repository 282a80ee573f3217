// SPDX-License-Identifier: GPL-2.0-only
//! How the linker proper must be called before the link step proper: one relocatable object, with
//! one section of each kind, and nothing that the patch does not reach.

use klp_runtime::contract::symbol::{EXIT, INIT, PATCH_RECORD};

/// The linker script (GNU ld and LLD).
///
/// All code goes to `.text`: the kernel frees a module's `.init.text`, and the lists that the link
/// step makes are for one section of code. `.eh_frame` is named so that the linker keeps it.
pub const LINKER_SCRIPT: &str = "\
SECTIONS {
  .text 0 : { *(.text .text.* .init.text .exit.text) }
  .rodata 0 : { *(.rodata .rodata.* .data.rel.ro .data.rel.ro.*) }
  .data 0 : { *(.data .data.*) }
  .bss 0 : { *(.bss .bss.* COMMON) }
  .eh_frame 0 : { KEEP(*(.eh_frame)) }
  /DISCARD/ : { *(.comment .note.GNU-stack .note.gnu.* .llvm_addrsig) }
}
";

/// The arguments besides script, inputs and output.
pub fn linker_arguments() -> Vec<&'static str> {
    let mut arguments = vec!["-r", "--gc-sections", "--force-group-allocation"];
    for root in [INIT, EXIT, PATCH_RECORD] {
        arguments.extend(["-u", root]);
    }
    arguments
}
