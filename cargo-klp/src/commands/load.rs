// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp load`: a patch into the kernel that runs.

use std::path::PathBuf;
use std::time::Instant;

use super::patience::Patience;
use super::root;
use crate::cores::Core;
use crate::error::Result;
use crate::home::Home;
use crate::kernels::{self, Kernel};
use crate::machine::{Machine, MachineError, PatchFile};

/// Load a patch into this machine's kernel, and wait until all tasks run it.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch.
    #[arg(value_name = "PATCH.ko")]
    patch: PathBuf,
    /// Module parameters.
    #[arg(value_name = "PARAM=VALUE")]
    parameters: Vec<String>,
    /// klp's core, for a patch that runs on it; that of the kernel's folder unless given.
    #[arg(long, value_name = "PATH")]
    core: Option<PathBuf>,
    /// Do not wait until all tasks run it.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When the patch is not for this machine, the kernel refuses it, or tasks hold it up.
    pub fn run(&self) -> Result {
        let machine = Machine::here();
        let release = kernels::running();
        let patch = PatchFile::patch(&self.patch, &release)?;
        machine.check_absent(patch.name())?;
        machine.check_targets(patch.targets())?;
        let core = self.core(&machine, &patch, &release)?;
        root::check("load", patch.name())?;
        if let Some(core) = core {
            machine.load(&core, &[])?;
            println!("klp's core: loaded from {}", core.path.display());
        }
        machine.load(&patch, &self.parameters)?;
        if self.no_wait {
            println!("{}: loaded", patch.name());
            return Ok(());
        }
        self.wait(&machine, patch.name())
    }

    /// klp's core, if the patch needs it and it is not there yet.
    fn core(
        &self,
        machine: &Machine,
        patch: &PatchFile,
        release: &str,
    ) -> Result<Option<PatchFile>> {
        if patch.runs_on() == Core::Builtin || machine.has_core() {
            return Ok(None);
        }
        let kept = kept(release);
        let there = || kept.clone().filter(|path| path.is_file());
        match self.core.clone().or_else(there) {
            Some(path) => Ok(Some(PatchFile::core(&path, release)?)),
            None => Err(MachineError::NoCore {
                name: patch.name().to_owned(),
                searched: kept,
            }
            .into()),
        }
    }

    fn wait(&self, machine: &Machine, name: &str) -> Result {
        let start = Instant::now();
        self.patience.settle(machine, Some(name), |_| {
            format!(
                "it is loaded, and takes effect task by task: `cargo klp wait {name}` waits on, \
                 `cargo klp unload {name}` takes it back"
            )
        })?;
        if !machine.patch(name).is_some_and(|patch| patch.enabled) {
            let name = name.to_owned();
            return Err(MachineError::Disabled { name }.into());
        }
        let seconds = start.elapsed().as_secs_f64();
        println!("{name}: loaded; all tasks run it after {seconds:.1} s");
        Ok(())
    }
}

/// Where klp's folder has the core for a kernel; `None` where this user has no such folder.
fn kept(release: &str) -> Option<PathBuf> {
    let home = Home::find().ok()?;
    Some(Kernel::named(&home, release).core)
}
