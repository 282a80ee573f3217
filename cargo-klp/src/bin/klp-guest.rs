// SPDX-License-Identifier: GPL-2.0-only
//! The init process of klp's virtual machines: see [`cargo_klp::guest`].

fn main() -> std::process::ExitCode {
    cargo_klp::guest::main()
}
