// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp kernel …`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::error::Result;
use crate::home::Home;
use crate::kernels::{self, Kernel};

/// The kernels that patches are built for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a kernel: read its image once, keep what builds need.
    Add {
        /// A `vmlinuz`.
        source: PathBuf,
        /// Modules that will be patched (`.ko`, `.ko.gz`, `.ko.xz`, `.ko.zst`).
        #[arg(long = "module", value_name = "KO")]
        modules: Vec<PathBuf>,
        /// Build patches for it unless they say otherwise.
        #[arg(long)]
        default: bool,
    },
    /// Add modules that will be patched to a kernel that is known already.
    AddModule {
        /// The modules.
        #[arg(required = true)]
        modules: Vec<PathBuf>,
        /// The kernel, by release or its beginning; the default one unless given.
        #[arg(long)]
        kernel: Option<String>,
    },
    /// List the kernels.
    List,
    /// Build patches for this kernel unless they say otherwise.
    Default {
        /// The kernel, by release or its beginning.
        kernel: String,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or there is no such kernel.
    pub fn run(self) -> Result {
        let home = Home::find()?;
        match self {
            Self::Add {
                source,
                modules,
                default,
            } => add(&home, &source, &modules, default),
            Self::AddModule { modules, kernel } => {
                let kernel = kernels::selected(&home, kernel.as_deref())?;
                kernels::add_modules(&kernel, &modules)?;
                show(&kernel)
            }
            Self::List => {
                for kernel in kernels::all(&home) {
                    show(&kernel)?;
                }
                Ok(())
            }
            Self::Default { kernel } => {
                kernels::make_default(&home, &kernels::selected(&home, Some(&kernel))?)
            }
        }
    }
}

fn add(home: &Home, source: &std::path::Path, modules: &[PathBuf], default: bool) -> Result {
    let kernel = kernels::add(home, source, modules)?;
    if default {
        kernels::make_default(home, &kernel)?;
    }
    show(&kernel)
}

fn show(kernel: &Kernel) -> Result {
    let profile = kernel.open()?;
    let objects: Vec<_> = profile
        .objects()
        .map(|object| object.name().to_owned())
        .collect();
    println!("{}: {}", kernel.release, objects.join(", "));
    Ok(())
}
