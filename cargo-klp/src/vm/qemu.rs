// SPDX-License-Identifier: GPL-2.0-only
//! The QEMU process: found, started with the right arguments, and never left behind.

use std::{
    env,
    ffi::OsString,
    fs::File,
    io,
    os::{fd::AsRawFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    process::{self, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
};

use rustix::process::{Signal, set_parent_process_death_signal};

use super::{Accel, Vm, VmError};

const PROGRAM: &str = "qemu-system-x86_64";

/// Finds QEMU on the search path.
pub fn find() -> Result<PathBuf, VmError> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|dir| dir.join(PROGRAM))
        .find(|file| file.is_file());
    found.ok_or_else(|| VmError::QemuMissing {
        program: PROGRAM.into(),
    })
}

/// The command that boots `vm`: console on standard output, captures into `captures`.
pub fn command(program: &Path, vm: &Vm, accel: Accel, image: &File, captures: &File) -> Command {
    let mut command = Command::new(program);
    command.args(accel.arguments());
    command
        .arg("-smp")
        .arg(vm.cpus.to_string())
        .arg("-m")
        .arg(vm.memory_mib.to_string());
    command.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    command.args(["-serial", "stdio", "-serial"]);
    command.arg(prefixed("file:", &path_of(captures)));
    command
        .arg("-kernel")
        .arg(&vm.kernel)
        .arg("-initrd")
        .arg(path_of(image));
    command.arg("-append").arg(vm.command_line(accel));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A path by which a child process can open a file of ours that has no name.
fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/{}/fd/{}", process::id(), file.as_raw_fd()))
}

fn prefixed(prefix: &str, path: &Path) -> OsString {
    let mut all = OsString::from(prefix);
    all.push(path);
    all
}

/// A child process that ends with this value, and with this process however that ends.
#[derive(Debug)]
pub struct Child(process::Child);

impl Child {
    /// Starts `command`.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let die_with_parent = || Ok(set_parent_process_death_signal(Some(Signal::KILL))?);
        // SAFETY: the closure only makes one system call, which is allowed between fork and exec.
        unsafe { command.pre_exec(die_with_parent) };
        command.spawn().map(Self)
    }

    /// The child's standard output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// The child's standard error, once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr.take()
    }

    /// Waits for the child to end by itself.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail only for a child that is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
