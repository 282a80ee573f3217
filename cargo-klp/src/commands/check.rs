// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp check --kernels …`: which kernels can take a patch, without building it for each.

use std::path::{Path, PathBuf};

use klp_link::fit::{self, Fit};

use super::build::{build, chosen};
use crate::document::Format;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::inspect;
use crate::kernels::{self, Kernel};

/// Show which kernels can take a patch, without building it for each; fails where one cannot.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch; that of the crate in this folder unless given, built for one kernel.
    #[arg(value_name = "PATCH.ko")]
    patch: Option<PathBuf>,
    /// The kernels, by release or its beginning (`6.1,6.12`); all that are known unless given.
    #[arg(long, value_delimiter = ',')]
    kernels: Vec<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When there is no such kernel, or one of them cannot take the patch.
    pub fn run(&self) -> Result {
        let home = Home::find()?;
        let kernels = chosen(&home, &self.kernels)?;
        let mut refused = Vec::new();
        for patch in self.patches()? {
            let fit = compare(&home, &patch, &kernels)?;
            println!("{}", inspect::fit(&patch, &fit).show(self.format, &fit)?);
            refused.extend(fit.refused().into_iter().map(str::to_owned));
        }
        refused.sort();
        refused.dedup();
        match refused.is_empty() {
            true => Ok(()),
            false => Err(Error::NotForKernels { kernels: refused }),
        }
    }

    fn patches(&self) -> Result<Vec<PathBuf>> {
        let patches = match &self.patch {
            Some(patch) => vec![patch.clone()],
            None => build(None, false)?,
        };
        match patches.is_empty() {
            true => Err(Error::NoPatch),
            false => Ok(patches),
        }
    }
}

fn compare(home: &Home, patch: &Path, kernels: &[Kernel]) -> Result<Fit> {
    let (release, info) = (inspect::read(patch)?.kernel.release, inspect::info(patch)?);
    let built_for = kernels::open(&kernels::find(home, &release, "the patch")?)?;
    let profiles: Vec<_> = kernels.iter().map(kernels::open).collect::<Result<_>>()?;
    Ok(fit::fit(&info, &built_for, &profiles)?)
}
