// SPDX-License-Identifier: GPL-2.0-only
//! What rustc calls instead of a linker in a patch crate (`target.….linker`).

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_klp::tool(cargo_klp::linker::run)
}
