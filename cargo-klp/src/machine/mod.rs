// SPDX-License-Identifier: GPL-2.0-only
//! The machine that this program runs on: its patches, the tasks that hold a transition up, and
//! the loading and unloading of modules.
//!
//! Used by `cargo klp load | unload | status | wait`, and by the guest of virtual machines. All
//! is read below a root folder, which tests give.

mod blocking;
mod error;
mod file;
mod load;
mod log;
pub mod modules;
mod patches;
mod refusal;
mod status;
mod tasks;
mod unload;
mod verify;
mod wait;

#[cfg(test)]
mod fake;

use std::path::{Path, PathBuf};

use crate::cores::Core;

pub use blocking::{Blocker, Blocking};
pub use error::MachineError;
pub use file::PatchFile;
pub use patches::{Object, Patch};
pub use refusal::Refusal;
pub use status::{Status, Transition};
pub use tasks::Task;
pub use verify::{Candidate, Check, Verdict, Verification};
pub use wait::until;

/// The module that is klp's core.
pub(crate) const CORE_MODULE: &str = "klp";

/// A machine, as its `/proc` and `/sys` show it.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        Self::at("/")
    }

    /// One whose `proc`, `sys` and `dev` are in `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Whether a module is loaded.
    pub fn has_module(&self, name: &str) -> bool {
        self.module(name).join("initstate").is_file()
    }

    /// Whether klp's core is loaded.
    pub fn has_core(&self) -> bool {
        self.has_module(CORE_MODULE)
    }

    fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Where a core shows its patches.
    fn patches_of(&self, core: Core) -> PathBuf {
        self.path(core.folder().trim_start_matches('/'))
    }

    fn module(&self, name: &str) -> PathBuf {
        self.path("sys/module").join(kernel_name(name))
    }
}

/// The name by which the kernel knows a module.
pub(crate) fn kernel_name(name: &str) -> String {
    name.trim_end_matches(".ko").replace('-', "_")
}

/// What a file of sysfs or procfs says; `None` once it is gone.
pub(crate) fn attribute(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    Some(text.trim().to_owned())
}

/// The system's words for an error, without the number that Rust adds.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next();
    words.unwrap_or_default().to_owned()
}
