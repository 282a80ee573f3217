// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp kernel …`.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::error::Result;
use crate::fetch;
use crate::home::Home;
use crate::kernels::{self, Kernel};

/// The kernels that patches are built for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a kernel: read its image once, keep what builds need.
    Add {
        /// A `vmlinuz`, a kernel package (`.deb`), the name of one in the archive, a series such as
        /// `6.12`, or `running` for the kernel of this machine; what `linux-image-cloud-amd64`
        /// depends on unless given.
        source: Option<String>,
        /// The archive's suite to take a named package from, such as `bookworm-backports`.
        #[arg(long)]
        suite: Option<String>,
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
                suite,
                modules,
                default,
            } => {
                let image = image(&home, source.as_deref(), suite.as_deref())?;
                let kernel = kernels::add(&home, &image, &modules)?;
                if default {
                    kernels::make_default(&home, &kernel)?;
                }
                show(&kernel)
            }
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

/// The image that `source` means.
fn image(home: &Home, source: Option<&str>, suite: Option<&str>) -> Result<PathBuf> {
    let downloads = home.downloads();
    let path = source.map(Path::new).filter(|path| path.exists());
    let files = match (source, path) {
        (Some("running"), _) => return Ok(kernels::running_image()),
        (_, Some(deb)) if deb.extension().is_some_and(|extension| extension == "deb") => {
            fetch::kernel_from_deb(deb, &downloads)?
        }
        (_, Some(image)) => return Ok(image.to_owned()),
        (Some(missing), None) if missing.contains('/') => return Ok(missing.into()),
        (package, None) => fetch::fetch_debian_kernel(package, suite, &downloads)?,
    };
    Ok(files.vmlinuz)
}

fn show(kernel: &Kernel) -> Result {
    let profile = kernels::open(kernel)?;
    let objects: Vec<_> = profile
        .objects()
        .map(|object| object.name().to_owned())
        .collect();
    println!("{}: {}", kernel.release, objects.join(", "));
    Ok(())
}
