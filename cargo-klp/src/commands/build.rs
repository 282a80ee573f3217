// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp build --kernels …`: the patch in this folder for several kernels at once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use klp_types::KernelError;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::home::Home;
use crate::kernels::{self, KERNEL_VARIABLE, Kernel};

/// Build the patch in this folder for several kernels, one `.ko` each.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The kernels, by release or its beginning (`6.1,6.12`); all that are known unless given.
    #[arg(long, value_delimiter = ',')]
    kernels: Vec<String>,
    /// Build the release profile.
    #[arg(long)]
    release: bool,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When there is no such kernel, or the patch does not build for one of them.
    pub fn run(&self) -> Result {
        let home = Home::find()?;
        for kernel in chosen(&home, &self.kernels)? {
            for module in build(Some(&kernel), self.release)? {
                let kept = keep(&module, &kernel)?;
                println!("{}: {}", kernel.release, kept.display());
            }
        }
        Ok(())
    }
}

/// The kernels of these names, or all.
pub(super) fn chosen(home: &Home, names: &[String]) -> Result<Vec<Kernel>> {
    match names {
        [] => match kernels::all(home) {
            none if none.is_empty() => Err(KernelError::NoKernel.into()),
            all => Ok(all),
        },
        names => {
            let found = names
                .iter()
                .map(|name| kernels::find(home, name, "--kernels"));
            Ok(found.collect::<Result<_, _>>()?)
        }
    }
}

/// Builds as `cargo build` does, for `kernel` or the one that is chosen otherwise; the modules that
/// came of it.
pub(super) fn build(kernel: Option<&Kernel>, release: bool) -> Result<Vec<PathBuf>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Process::new(&cargo)
        .args([
            "build",
            "--quiet",
            "--message-format=json-render-diagnostics",
        ])
        .args(release.then_some("--release"))
        .envs(kernel.map(|kernel| (KERNEL_VARIABLE, &kernel.release)))
        .stderr(Stdio::inherit())
        .output()
        .map_err(Error::io("run", PathBuf::from(cargo)))?;
    if !output.status.success() {
        return Err(match kernel {
            Some(kernel) => Error::NotForKernel {
                release: kernel.release.clone(),
            },
            None => Error::NotBuilt,
        });
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    Ok(messages.lines().filter_map(module).collect())
}

/// The module beside the program that a message of cargo names.
fn module(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let program = PathBuf::from(message.get("executable")?.as_str()?);
    let name = program.file_name()?.to_str()?.replace('-', "_");
    let module = program.with_file_name(format!("{name}.ko"));
    module.is_file().then_some(module)
}

/// Copies a module to a folder of its kernel beside it.
fn keep(module: &Path, kernel: &Kernel) -> Result<PathBuf> {
    let beside = module.parent().unwrap_or(Path::new("."));
    let folder = beside.join("kernels").join(&kernel.release);
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    let kept = folder.join(module.file_name().unwrap_or_default());
    let bytes = fs::read(module).map_err(Error::io("read", module))?;
    kernels::write_atomically(&kept, &bytes)?;
    Ok(kept)
}
