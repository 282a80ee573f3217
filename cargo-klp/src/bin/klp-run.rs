// SPDX-License-Identifier: GPL-2.0-only
//! What `cargo run` calls in a patch crate (`target.….runner`).

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_klp::end_on_closed_pipe();
    cargo_klp::tool(cargo_klp::runner::run)
}
