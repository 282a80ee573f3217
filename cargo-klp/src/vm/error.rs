// SPDX-License-Identifier: GPL-2.0-only
//! Why a run in a virtual machine gave no result.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

/// What stopped a virtual machine, and what to do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VmError {
    /// QEMU is not installed.
    #[error(
        "cannot start a virtual machine: `{program}` is not installed\n\
         help: apt-get install qemu-system-x86"
    )]
    QemuMissing {
        /// The program that was looked for.
        program: String,
    },
    /// The kernel image cannot be read.
    #[error("cannot read the kernel image {}: {source}\nhelp: name a vmlinuz file; those of installed kernels are in /boot", path.display())]
    Kernel {
        /// The image.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error(
        "{} is not a kernel image for x86-64: it has no boot header\n\
         help: name a vmlinuz (bzImage), not the vmlinux inside it", path.display()
    )]
    NotAKernel {
        /// The file.
        path: PathBuf,
    },
    /// A file that the guest needs cannot be read.
    #[error("cannot put {} into the guest: {source}", path.display())]
    File {
        /// The file on the host.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The guest's init is not beside this program.
    #[error(
        "cannot find `klp-guest`, the program that runs inside the virtual machine, in {}\n\
         help: install it with `cargo install --path cargo-klp`, or build it with \
         `cargo build -p cargo-klp --bins`", searched.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(" or ")
    )]
    GuestMissing {
        /// The directories that were searched.
        searched: Vec<PathBuf>,
    },
    /// A program for the guest is not one that can run there.
    #[error("cannot put {} into the guest: {reason}", path.display())]
    Program {
        /// The program, or the one that needs what is missing.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The host refused something the runner needs.
    #[error("cannot prepare the virtual machine: {doing}: {source}")]
    Host {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// QEMU ended by itself without having booted anything to its end.
    #[error("QEMU stopped ({status}) before the guest was done{}", tail(last))]
    QemuFailed {
        /// How QEMU ended.
        status: String,
        /// The last lines of QEMU's messages and of the console.
        last: Vec<String>,
    },
    /// The kernel reported trouble.
    #[error(
        "the guest's kernel reported `{marker}` {}{}",
        during(step),
        tail(excerpt)
    )]
    Trouble {
        /// What was recognised.
        marker: &'static str,
        /// The step that was running.
        step: Option<String>,
        /// The console around it.
        excerpt: Vec<String>,
    },
    /// The time was up.
    #[error("the guest was not done after {} s: it stopped {}{}", after.as_secs(), during(step), tail(last))]
    TimedOut {
        /// The limit.
        after: Duration,
        /// The step that was running.
        step: Option<String>,
        /// The last lines of the console.
        last: Vec<String>,
    },
    /// The guest ended, but not all of its log arrived.
    #[error("the guest's log is incomplete: `{missing}` never came{}", tail(last))]
    LostLog {
        /// The line that should have come.
        missing: &'static str,
        /// The last lines of the console.
        last: Vec<String>,
    },
    /// A captured file did not arrive as it was sent.
    #[error("the captured file {name} is damaged: {reason}")]
    Capture {
        /// The name it was captured under.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

fn during(step: &Option<String>) -> String {
    match step {
        Some(step) => format!("in the step `{step}`"),
        None => "outside any step".to_owned(),
    }
}

fn tail(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  | {line}")).collect()
}
