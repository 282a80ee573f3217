// SPDX-License-Identifier: GPL-2.0-only
//! Whether guests can use hardware virtualisation here, found out by trying.
//!
//! `/dev/kvm` being there proves little: on some hosts it is an emulation in which guests hang
//! as soon as they leave real mode. So a kernel must get to its first line within a short time.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use super::qemu::Child;

/// How long a kernel under KVM may take to its first line: about 0.3 s where KVM works.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the guest's processors are provided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accel {
    /// By the host's processor.
    Kvm,
    /// By translation, several host threads at a time.
    Tcg,
    /// By translation on one host thread, each instruction a nanosecond of the guest's time.
    Counting,
}

impl Accel {
    /// The best that works on this host, found once per process by booting `kernel` a little.
    pub fn detect(qemu: &Path, kernel: &Path) -> Self {
        static FOUND: OnceLock<Accel> = OnceLock::new();
        *FOUND.get_or_init(|| {
            let works = kvm_is_plausible() && boots_with_kvm(qemu, kernel);
            if works { Self::Kvm } else { Self::Tcg }
        })
    }

    /// QEMU's arguments for it.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Kvm => &["-accel", "kvm", "-cpu", "host"],
            // QEMU 7.2 gives cmpxchg16b wrong flags, on which 6.12 kernels crash at random. And while
            // a kernel finds out about its processor it does not know of page tables with five levels:
            // KASAN takes all memory for wild then, if an interrupt comes, as on a busy host it does.
            Self::Tcg => &[
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max,cx16=off,la57=off",
            ],
            Self::Counting => &[
                "-accel",
                "tcg",
                "-icount",
                "shift=0",
                "-cpu",
                "max,cx16=off",
            ],
        }
    }

    /// The kernel's parameters for it.
    pub fn kernel_parameters(self) -> &'static [&'static str] {
        match self {
            Self::Kvm => &[],
            // On a busy host a kernel may take the emulated TSC for one twenty times slower: its
            // clock then runs that much too fast, and it reports stalls that are none. Or it finds
            // at boot that its timer, given no time to tick, does not work.
            Self::Tcg | Self::Counting => &["tsc=unstable", "no_timer_check"],
        }
    }
}

/// Whether the processor claims virtualisation and this user may open the device.
fn kvm_is_plausible() -> bool {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let device = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/kvm");
    has_virtualisation(&cpuinfo) && device.is_ok()
}

fn has_virtualisation(cpuinfo: &str) -> bool {
    let flags = cpuinfo.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| {
        line.split_whitespace()
            .any(|flag| flag == "vmx" || flag == "svm")
    })
}

/// Boots `kernel` under KVM until it prints its version or patience ends.
fn boots_with_kvm(qemu: &Path, kernel: &Path) -> bool {
    let mut command = Command::new(qemu);
    command.args(Accel::Kvm.arguments());
    command.args([
        "-m",
        "256",
        "-nodefaults",
        "-display",
        "none",
        "-no-reboot",
        "-serial",
        "stdio",
    ]);
    command
        .arg("-kernel")
        .arg(kernel)
        .args(["-append", "earlyprintk=ttyS0 panic=-1"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let Ok(mut child) = Child::spawn(command) else {
        return false;
    };
    let Some(console) = child.stdout() else {
        return false;
    };
    let (found, wait) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(console).split(b'\n').map_while(Result::ok);
        let version = b"Linux version";
        found.send(lines.any(|line| line.windows(version.len()).any(|part| part == version)))
    });
    wait.recv_timeout(PATIENCE).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, time::Instant};

    use super::*;

    #[test]
    fn the_flag_is_a_whole_word() {
        assert!(has_virtualisation("model\t: 1\nflags\t\t: fpu vmx sse\n"));
        assert!(has_virtualisation("flags : fpu svm"));
        assert!(!has_virtualisation("flags : fpu svm_lock\nbugs : vmx"));
    }

    #[test]
    fn a_kernel_that_speaks_is_enough() {
        // It repeats its arguments, the kernel's path among them.
        assert!(boots_with_kvm(
            Path::new("/bin/echo"),
            Path::new("Linux version")
        ));
        assert!(!boots_with_kvm(
            Path::new("/bin/echo"),
            Path::new("vmlinuz")
        ));
    }

    #[test]
    fn a_guest_that_hangs_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let hangs = dir.path().join("qemu");
        fs::write(&hangs, "#!/bin/sh\nexec sleep 60\n").unwrap();
        fs::set_permissions(&hangs, fs::Permissions::from_mode(0o755)).unwrap();
        let started = Instant::now();
        assert!(!boots_with_kvm(&hangs, Path::new("vmlinuz")));
        assert!(started.elapsed() < PATIENCE * 3);
    }

    #[test]
    fn a_missing_qemu_means_no_kvm() {
        assert!(!boots_with_kvm(
            Path::new("/nonexistent/qemu"),
            Path::new("/nonexistent")
        ));
    }
}
