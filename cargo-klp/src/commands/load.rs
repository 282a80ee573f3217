// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp load`: a patch into the kernel that runs.

use std::path::PathBuf;
use std::time::Instant;

use super::patience::Patience;
use super::{core, root, verify};
use crate::document::Format;
use crate::error::Result;
use crate::inspect;
use crate::machine::{Candidate, Machine, MachineError, PatchFile};

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
        let patch = PatchFile::patch(&self.patch)?;
        let core = self.checked(&machine, &patch)?;
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

    /// Does what `cargo klp verify` does, and says what is to be minded. Gives klp's core if it has
    /// to be loaded first.
    fn checked(&self, machine: &Machine, patch: &PatchFile) -> Result<Option<PatchFile>> {
        let report = inspect::read(&self.patch)?;
        let core = core::needed(machine, patch, self.core.as_deref());
        let file = core.as_ref().ok().cloned().flatten();
        let verification = machine.verify(Candidate {
            file: patch,
            report: &report,
            core,
        });
        let title = format!("{}: to be minded", patch.name());
        let warnings = verification.warnings()?;
        root::check("load", patch.name())?;
        if !warnings.is_empty() {
            let warnings = verify::document(title, &warnings);
            eprintln!("{}", warnings.show(Format::Table, &())?);
        }
        Ok(file)
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
