// SPDX-License-Identifier: GPL-2.0-only
//! `klp-run`: what `cargo run` calls for a patch.
//!
//! Boots the kernel that the patch was built for in a virtual machine and shows a command's output
//! before the patch, with it, and after it was disabled again. Arguments behind `--` are module
//! parameters. For a patch that runs on klp's core, that is loaded first and unloaded last.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cores::Core;
use crate::error::{Error, Result};
use crate::fetch;
use crate::home::Home;
use crate::kernels::{self, Kernel};
use crate::manifest::{Load, Manifest};
use crate::show::Show;
use crate::vm::{Run, Scenario, Vm};

/// Runs the patch `arguments[0]`; the result is the exit code.
///
/// # Errors
///
/// When the machine cannot be started, crashes or hangs.
pub fn run(arguments: &[OsString]) -> Result<i32> {
    let (program, parameters) = arguments.split_first().ok_or(Error::NotByCargo {
        tool: "klp-run",
        missing: "a patch",
    })?;
    let patch = Patch::new(Path::new(program), parameters)?;
    let mut show = Show::new();
    let run = patch.machine()?.run(&mut |line| show.line(line))?;
    show.summary(&run, patch.manifest.run.command.as_deref());
    Ok(i32::from(!succeeded(&run)))
}

/// Whether everything that had to work did. The command shown is the author's: its exit status is
/// shown and says nothing about the patch.
fn succeeded(run: &Run) -> bool {
    let ours = ["insmod ", "rmmod ", "echo ", "wait-"];
    run.steps
        .iter()
        .filter(|step| ours.iter().any(|verb| step.command.starts_with(verb)))
        .all(|step| step.succeeded())
}

/// A built patch and what is to be shown of it.
struct Patch {
    manifest: Manifest,
    core: Core,
    /// The module's file.
    file: PathBuf,
    /// The module's name.
    name: String,
    parameters: String,
    /// Target modules.
    targets: Vec<PathBuf>,
}

impl Patch {
    fn new(program: &Path, parameters: &[OsString]) -> Result<Self> {
        let manifest = Manifest::of_cargo()?;
        let folder = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_default();
        let stem = program.file_stem().unwrap_or_default().to_string_lossy();
        let parameters: Vec<_> = parameters.iter().map(|p| p.to_string_lossy()).collect();
        Ok(Self {
            targets: manifest
                .run
                .modules
                .iter()
                .map(|module| folder.join(module))
                .collect(),
            core: manifest.core()?,
            manifest,
            file: program.to_owned(),
            name: stem.replace('-', "_"),
            parameters: parameters.join(" "),
        })
    }

    fn machine(&self) -> Result<Vm> {
        let home = Home::find()?;
        let kernel = kernels::selected(&home, self.manifest.kernel.as_deref())?;
        let mut vm = kernels::machine(&kernel);
        if self.core == Core::Klp {
            vm.files.push((core(&home, &kernel)?, CORE.into()));
        }
        vm.busybox = Some(fetch::static_busybox(&home.downloads())?);
        vm.files.push((self.file.clone(), self.ko().into()));
        for target in &self.targets {
            vm.files.push((target.clone(), file_name(target).into()));
        }
        vm.scenario = self.scenario();
        Ok(vm)
    }

    fn ko(&self) -> String {
        format!("{}.ko", self.name)
    }

    fn scenario(&self) -> Scenario {
        let name = &self.name;
        let insmod = format!("insmod {} {}", self.ko(), self.parameters);
        let mut scenario = Scenario::new();
        if self.core == Core::Klp {
            scenario = scenario.step(format!("insmod {CORE}"));
        }
        scenario = self.load_targets(scenario, Load::Before);
        scenario = self.command(scenario).step(insmod.trim_end());
        scenario = scenario.quiet(format!("wait-transition {name}"));
        scenario = self.command(self.load_targets(scenario, Load::After));
        scenario = scenario
            .step(format!("echo 0 > {}/{name}/enabled", self.core.folder()))
            .quiet(format!("wait-gone {name}"))
            .step(format!("rmmod {name}"));
        scenario = self.command(scenario);
        let targets = self.targets.iter().rev();
        scenario = targets.fold(scenario, |scenario, target| {
            scenario.step(format!("rmmod {}", module_name(target)))
        });
        match self.core {
            Core::Builtin => scenario,
            Core::Klp => scenario.step("rmmod klp"),
        }
    }

    fn load_targets(&self, scenario: Scenario, when: Load) -> Scenario {
        let targets = self
            .targets
            .iter()
            .filter(|_| self.manifest.run.load == when);
        targets.fold(scenario, |scenario, target| {
            scenario.step(format!("insmod {}", file_name(target)))
        })
    }

    fn command(&self, scenario: Scenario) -> Scenario {
        match &self.manifest.run.command {
            Some(command) => scenario.step(command),
            None => scenario,
        }
    }
}

/// klp's core, as the guest has it.
const CORE: &str = "klp.ko";

/// klp's core for a kernel.
fn core(home: &Home, kernel: &Kernel) -> Result<PathBuf> {
    if kernel.core.is_file() {
        return Ok(kernel.core.clone());
    }
    Err(Error::NoCore {
        release: kernel.release.clone(),
        home: home.path().to_owned(),
    })
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn module_name(path: &Path) -> String {
    let name = file_name(path);
    name.split('.').next().unwrap_or(&name).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::RunConfig;

    fn patch(load: Load) -> Patch {
        Patch {
            core: Core::Builtin,
            manifest: Manifest {
                run: RunConfig {
                    command: Some("cat /proc/x".into()),
                    load,
                    ..RunConfig::default()
                },
                ..Manifest::default()
            },
            file: "target/debug/my-fix".into(),
            name: "my_fix".into(),
            parameters: "level=2".into(),
            targets: vec!["../some-driver.ko".into()],
        }
    }

    fn commands(patch: &Patch) -> Vec<String> {
        patch
            .scenario()
            .steps
            .into_iter()
            .map(|step| step.command)
            .collect()
    }

    #[test]
    fn the_command_is_shown_before_with_and_after_the_patch() {
        let expected = [
            "insmod some-driver.ko",
            "cat /proc/x",
            "insmod my_fix.ko level=2",
            "wait-transition my_fix",
            "cat /proc/x",
            "echo 0 > /sys/kernel/livepatch/my_fix/enabled",
            "wait-gone my_fix",
            "rmmod my_fix",
            "cat /proc/x",
            "rmmod some_driver",
        ];
        assert_eq!(commands(&patch(Load::Before)), expected);
    }

    #[test]
    fn a_target_can_come_after_the_patch() {
        let commands = commands(&patch(Load::After));
        assert_eq!(commands[1], "insmod my_fix.ko level=2");
        assert_eq!(commands[3], "insmod some-driver.ko");
    }

    #[test]
    fn klps_core_is_there_for_as_long_as_anything_else() {
        let patch = Patch {
            core: Core::Klp,
            ..patch(Load::Before)
        };
        let commands = commands(&patch);
        assert_eq!(commands.first().unwrap(), "insmod klp.ko");
        assert!(commands.contains(&"echo 0 > /sys/kernel/klp/my_fix/enabled".to_owned()));
        assert_eq!(commands.last().unwrap(), "rmmod klp");
    }
}
