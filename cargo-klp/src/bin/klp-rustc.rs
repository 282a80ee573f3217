// SPDX-License-Identifier: GPL-2.0-only
//! What cargo calls instead of rustc in a patch crate (`build.rustc`).

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_klp::tool(cargo_klp::wrapper::run)
}
