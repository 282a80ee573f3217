// SPDX-License-Identifier: GPL-2.0-only
//! What can go wrong in the tools, apart from mistakes in a patch.

use std::io;
use std::path::{Path, PathBuf};

use crate::fetch::FetchError;
use crate::machine::MachineError;
use crate::sign::SignError;
use crate::vm::VmError;
use klp_codes::{Code, codes};
use klp_link::link::{Diagnostic, Level};
use klp_link::profile::{BuildError, ImageError, ProfileError};
use klp_types::KernelError;

/// The tools' result.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// An error of the tools: what, where, why, what next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No kernel to build for.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A file or folder could not be used.
    #[error("cannot {verb} {path}: {source}")]
    Io {
        /// What was tried.
        verb: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A module could not be signed.
    #[error("{path}: {source}")]
    Sign {
        /// The file that it is about.
        path: PathBuf,
        /// Why.
        source: SignError,
    },
    /// A program could not be started.
    #[error("cannot run {program}: {source}; install it with `{install}`")]
    Program {
        /// Its name.
        program: String,
        /// What the system said.
        source: io::Error,
        /// How to get it.
        install: &'static str,
    },
    /// No compiler with the sources of core.
    #[error(
        "no Rust compiler with its library sources was found (looked at {tried})\n\
         a patch needs a core library compiled for the kernel: install the sources with\n    {install}"
    )]
    NoRustSource {
        /// Where it was looked for.
        tried: String,
        /// How to get it.
        install: &'static str,
    },
    /// clippy is not there for the compiler that builds patches.
    #[error(
        "clippy is not installed for the compiler that builds patches ({driver} is missing): run `{install}`"
    )]
    NoClippy {
        /// Its driver.
        driver: PathBuf,
        /// How to get it.
        install: &'static str,
    },
    /// The core library does not compile.
    #[error("building core for the kernel failed:\n{output}\nthe compiler was {rustc}")]
    CoreFailed {
        /// What the compiler said.
        output: String,
        /// The compiler.
        rustc: PathBuf,
    },
    /// A profile cannot be used.
    #[error(
        "the kernel profile {path}: {source}\nrun `cargo klp kernel add` for this kernel again"
    )]
    Profile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ProfileError,
    },
    /// A kernel image cannot be unpacked.
    #[error("{path}: {source}")]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImageError,
    },
    /// A kernel or module cannot be read.
    #[error("{path}: {source}")]
    Build {
        /// The file.
        path: PathBuf,
        /// Why.
        source: BuildError,
    },
    /// A patch does not build for one of several kernels.
    #[error(
        "the patch does not build for {release}: see above\n\
         where the kernels differ, use what that one has, or leave it out of --kernels and give it \
         a patch crate of its own"
    )]
    NotForKernel {
        /// The kernel.
        release: String,
    },
    /// A patch does not build at all.
    #[error("the patch does not build: see above")]
    NotBuilt,
    /// There is no patch to look at.
    #[error(
        "the crate in this folder makes no module: run the command in a patch crate, or name a PATCH.ko"
    )]
    NoPatch,
    /// No name for a crate.
    #[error("`{name}` cannot be the name of a patch: letters, digits, `-` and `_`, a letter first")]
    CrateName {
        /// The name.
        name: String,
    },
    /// Something is there already.
    #[error("{path} exists already: choose another name, or remove it first")]
    Exists {
        /// What.
        path: PathBuf,
    },
    /// No such code of a message.
    #[error(
        "there is no message with the code `{code}`: `cargo klp explain {nearest}` explains the \
         nearest one, `cargo klp explain` lists all"
    )]
    UnknownCode {
        /// What was asked for.
        code: String,
        /// The code that looks most like it.
        nearest: String,
    },
    /// A patch crate's manifest cannot be used.
    #[error("{path}: {reason}")]
    Manifest {
        /// The `Cargo.toml`.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No such live-patching core.
    #[error("KLP_CORE names the core `{name}`, which is not known: it is `builtin` or `klp`")]
    UnknownCore {
        /// The name.
        name: String,
    },
    /// No klp.ko for a kernel.
    #[error(
        "klp's core has not been built for kernel {release}\n\
         build it, in `klp-kernel/core` of klp's source, with\n    \
         KLP_HOME={} KLP_KERNEL={release} cargo build\n\
         or take the kernel's own core: `core = \"builtin\"` in `[package.metadata.klp]`",
        .home.display()
    )]
    NoCore {
        /// The kernel.
        release: String,
        /// Where kernels are kept.
        home: PathBuf,
    },
    /// The virtual machine.
    #[error(transparent)]
    Vm(#[from] VmError),
    /// A package cannot be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A patch is not loaded, unloaded or waited for.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A file is no live patch, or contradicts itself.
    #[error("{path}: {source}")]
    Inspect {
        /// The file.
        path: PathBuf,
        /// Why.
        source: klp_link::inspect::Error,
    },
    /// Loading one patch where another is does harm.
    #[error("{new} must not be loaded where {old} is: each error above says why, and what to do")]
    MustNotFollow {
        /// The patch that is there.
        old: PathBuf,
        /// The patch that comes.
        new: PathBuf,
    },
    /// A patch without klp's notes.
    #[error(
        "{path}: it has no notes of what it relies on\n\
         `cargo klp check` is for patches that klp built; build it again with this klp"
    )]
    NotDescribed {
        /// The file.
        path: PathBuf,
    },
    /// Some kernels cannot take a patch.
    #[error("the patch cannot be built for {}: each error above says why, and what to do", kernels.join(", "))]
    NotForKernels {
        /// Their releases.
        kernels: Vec<String>,
    },
    /// Types cannot be read.
    #[error("{0}\nrun `cargo klp kernel add` for this kernel again")]
    Types(#[from] klp_link::profile::LayoutError),
    /// A machine does not take a patch.
    #[error(
        "{patch} must not be loaded on this machine now: each refusal above says why, and what to do (refusals: {refusals})"
    )]
    Unfit {
        /// The patch.
        patch: String,
        /// How many checks speak against it.
        refusals: usize,
    },
    /// The linker said no.
    #[error("{linker} failed:\n{output}")]
    Linker {
        /// Its name.
        linker: String,
        /// What it said.
        output: String,
    },
    /// The wrapper or linker was called by something other than cargo and rustc.
    #[error("{tool} was called without {missing}: it is meant to be called by cargo")]
    NotByCargo {
        /// The tool.
        tool: &'static str,
        /// What is missing.
        missing: &'static str,
    },
}

impl From<&Error> for Diagnostic {
    /// The first line is the message, the others are notes.
    fn from(error: &Error) -> Self {
        let text = error.to_string();
        let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
        Self {
            level: Level::Error,
            code: error.code(),
            message: message.trim_end_matches(':').to_owned(),
            place: None,
            notes: rest.lines().map(|line| line.trim().to_owned()).collect(),
            help: None,
        }
    }
}

impl Error {
    /// The message's code, if it is about a patch and not about klp's tools.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Kernel(error) => Some(error.code()),
            Self::Machine(error) => Some(error.code()),
            Self::Unfit { .. } => Some(codes::NOT_READY),
            _ => None,
        }
    }

    /// How the command ends: the error as rustc says its own.
    pub fn report(&self) -> String {
        match self.code() {
            Some(code) => format!("error[{code}]: {self}\n`cargo klp explain {code}` says more"),
            None => format!("error: {self}"),
        }
    }

    /// For `map_err`: an I/O error with what was tried on what.
    pub fn io(verb: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Io { verb, path, source }
    }
}
