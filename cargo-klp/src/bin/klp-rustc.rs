// SPDX-License-Identifier: GPL-2.0-only
//! What cargo calls around every compiler in a patch crate (`build.rustc-wrapper`).

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_klp::tool(cargo_klp::wrapper::run)
}
