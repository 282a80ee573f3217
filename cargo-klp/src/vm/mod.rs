// SPDX-License-Identifier: GPL-2.0-only
//! Virtual machines: boot a kernel, run a scenario in it, give back what happened.
//!
//! [`Vm`] says what to boot, [`Scenario`] what to do there, [`Run`] what came of it. The guest's
//! half is [`crate::guest`]; [`protocol`] is what both halves agree on.

use std::{
    env,
    io::BufWriter,
    path::{Path, PathBuf},
    time::Duration,
};

mod accel;
pub mod capture;
mod collector;
mod console;
mod error;
mod initramfs;
mod kernel;
pub mod libraries;
mod markers;
pub mod protocol;
mod qemu;
mod result;
mod scenario;
mod session;
pub mod transcript;

pub use accel::Accel;
pub use console::Line;
pub use error::VmError;
pub use result::{Run, Source, StepLine, StepResult};
pub use scenario::{Scenario, Step};

use initramfs::Initramfs;

/// The kernel's parameter that shows what its livepatch core debugs, but for the line that comes
/// for every task on every try.
const LIVEPATCH_DEBUG: &str = r#"dyndbg="file kernel/livepatch/* +p; func klp_try_switch_task -p""#;

/// The console is the log; a crash ends the machine; nothing is dropped or held back.
const COMMAND_LINE: &str = "console=ttyS0 rdinit=/init panic=-1 oops=panic \
    printk.devkmsg=on loglevel=8 log_buf_len=4M";

/// A virtual machine to boot, once or several times.
#[derive(Clone, Debug)]
pub struct Vm {
    /// The kernel image.
    pub kernel: PathBuf,
    /// Memory, in MiB.
    pub memory_mib: u32,
    /// Number of processors.
    pub cpus: u32,
    /// Files for the guest: their path on the host, and in the guest (relative: where steps run).
    pub files: Vec<(PathBuf, PathBuf)>,
    /// Programs of the host for the guest, which their shared libraries go along with; as `files`.
    pub programs: Vec<(PathBuf, PathBuf)>,
    /// A static busybox, for steps that need a shell.
    pub busybox: Option<PathBuf>,
    /// The guest's init; looked for beside the running program if not given.
    pub guest: Option<PathBuf>,
    /// What to do.
    pub scenario: Scenario,
    /// More parameters for the kernel.
    pub extra_command_line: Vec<String>,
    /// Whether addresses differ from boot to boot.
    pub kaslr: bool,
    /// Whether the kernel's livepatch core prints its debugging lines.
    pub livepatch_debug: bool,
    /// Reports that are expected: those whose first line contains one of these.
    pub allowed_reports: Vec<String>,
    /// Whether the guest's time is counted in instructions: a nanosecond each, on one host thread.
    pub count_instructions: bool,
    /// How long the whole run may take.
    pub timeout: Duration,
}

impl Vm {
    /// A machine of ordinary size for this kernel, with the host's busybox if it is static.
    pub fn new(kernel: impl Into<PathBuf>) -> Self {
        let busybox = Path::new(protocol::BUSYBOX_PATH);
        Self {
            kernel: kernel.into(),
            memory_mib: 768,
            cpus: 2,
            files: Vec::new(),
            programs: Vec::new(),
            busybox: libraries::is_static(busybox).then(|| busybox.to_owned()),
            guest: None,
            scenario: Scenario::new(),
            extra_command_line: Vec::new(),
            kaslr: true,
            livepatch_debug: false,
            allowed_reports: Vec::new(),
            count_instructions: false,
            timeout: Duration::from_secs(120),
        }
    }

    /// Boots the machine and runs its scenario; `on_line` sees each line as it comes.
    pub fn run(&self, on_line: &mut dyn FnMut(&Line)) -> Result<Run, VmError> {
        let program = qemu::find()?;
        kernel::check(&self.kernel)?;
        let image = tempfile::tempfile().map_err(host("making a temporary file"))?;
        let captures = tempfile::tempfile().map_err(host("making a temporary file"))?;
        let content = self.initramfs()?;
        content
            .write(&mut BufWriter::new(&image))
            .map_err(host("writing the initramfs"))?;
        let accel = match self.count_instructions {
            true => Accel::Counting,
            false => Accel::detect(&program, &self.kernel),
        };
        let command = qemu::command(&program, self, accel, &image, &captures);
        session::run(self, command, captures, on_line)
    }

    /// The kernel's parameters.
    fn command_line(&self, accel: Accel) -> String {
        let mut words = vec![COMMAND_LINE];
        words.extend(accel.kernel_parameters());
        words.extend((!self.kaslr).then_some("nokaslr"));
        words.extend(self.livepatch_debug.then_some(LIVEPATCH_DEBUG));
        words.extend(self.extra_command_line.iter().map(String::as_str));
        words.join(" ")
    }

    fn initramfs(&self) -> Result<Initramfs, VmError> {
        let guest = self.guest.clone().map_or_else(find_guest, Ok)?;
        let mut image = Initramfs::default();
        image.program(&guest, "/init")?;
        for (on_host, in_guest) in &self.programs {
            image.program(on_host, in_guest)?;
        }
        if let Some(busybox) = &self.busybox {
            image.copy(busybox, protocol::BUSYBOX_PATH)?;
        }
        for (on_host, in_guest) in &self.files {
            image.copy(on_host, in_guest)?;
        }
        let scenario = serde_json::to_vec(&self.scenario)
            .map_err(|error| host("writing the scenario")(error.into()))?;
        image.data(protocol::SCENARIO_PATH, scenario);
        Ok(image)
    }
}

/// The guest's init beside the running program, or beside its directory (for tests).
fn find_guest() -> Result<PathBuf, VmError> {
    let program = env::current_exe().map_err(host("finding the running program"))?;
    let searched: Vec<_> = program
        .ancestors()
        .skip(1)
        .take(2)
        .map(Path::to_owned)
        .collect();
    let found = searched
        .iter()
        .map(|dir| dir.join("klp-guest"))
        .find(|file| file.is_file());
    found.ok_or(VmError::GuestMissing { searched })
}

fn host(doing: &'static str) -> impl Fn(std::io::Error) -> VmError {
    move |source| VmError::Host { doing, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_says_what_was_asked() {
        let mut vm = Vm::new("/vmlinuz");
        assert_eq!(vm.command_line(Accel::Kvm), COMMAND_LINE);
        vm.kaslr = false;
        vm.livepatch_debug = true;
        vm.extra_command_line.push("maxcpus=1".into());
        let line = vm.command_line(Accel::Tcg);
        assert!(
            line.contains(" no_timer_check nokaslr ") && line.ends_with("-p\" maxcpus=1"),
            "{line}"
        );
    }
}
