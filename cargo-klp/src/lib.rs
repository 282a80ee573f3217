// SPDX-License-Identifier: GPL-2.0-only
//! The parts of `cargo klp`: the compiler wrapper and linker that cargo calls, kernels and their
//! profiles, and virtual machines to run patches in.

mod btf;
mod checks;
mod codes;
pub mod commands;
pub mod cores;
pub mod crates;
pub mod document;
pub mod error;
pub mod fetch;
pub mod guest;
pub mod inspect;
pub mod kernels;
pub mod linker;
pub mod machine;
pub mod manifest;
mod progress;
pub mod report;
pub mod runner;
pub mod show;
pub mod sign;
pub mod sysroot;
pub mod toolchain;
mod versions;
pub mod vm;
pub mod wrapper;

use std::ffi::OsString;
use std::process::ExitCode;

pub use klp_types::home;

/// Lets a closed pipe end this program quietly, as in `cargo klp kernel list | head -1`.
///
/// It is what ends any other program; Rust's start-up code has printing panic instead.
pub fn end_on_closed_pipe() {
    // SAFETY: the default action is no handler, so no code of ours runs at a bad moment.
    let _ = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// The exit code of a tool that cargo or rustc calls, its error shown.
pub fn tool(run: fn(&[OsString]) -> error::Result<i32>) -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match run(&arguments) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            eprintln!("{}", error.report());
            ExitCode::FAILURE
        }
    }
}
