// SPDX-License-Identifier: GPL-2.0-only
//! What the kernel says meanwhile, from its log.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;

use super::Machine;

/// The longest record: the kernel refuses a smaller buffer than the record needs.
const RECORD: usize = 8192;

/// The kernel's log from some moment on; nothing where it cannot be read.
#[derive(Debug)]
pub struct KernelLog(Option<File>);

impl KernelLog {
    /// What is said from now on.
    pub fn from_now(machine: &Machine) -> Self {
        let mut options = OpenOptions::new();
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let log = options.read(true).custom_flags(flags);
        let log = log.open(machine.path("dev/kmsg")).and_then(|mut log| {
            log.seek(SeekFrom::End(0))?;
            Ok(log)
        });
        Self(log.ok())
    }

    /// The kernel's lines since then.
    pub fn lines(self) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(mut log) = self.0 else {
            return lines;
        };
        let mut record = [0; RECORD];
        loop {
            match log.read(&mut record) {
                Ok(0) => return lines,
                Ok(len) => lines.extend(line(&String::from_utf8_lossy(&record[..len]))),
                // The oldest records have made room for later ones.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                Err(_) => return lines,
            }
        }
    }
}

/// The text of a record `PRIORITY,NUMBER,TIME,FLAGS;TEXT`, if the kernel itself wrote it.
fn line(record: &str) -> Option<String> {
    let (head, text) = record.split_once(';')?;
    let priority: u32 = head.split(',').next()?.parse().ok()?;
    // Levels take three bits; what is above says who wrote it, 0 being the kernel.
    (priority >> 3 == 0).then(|| text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn only_the_kernels_lines_count() {
        let text = "6,12,345,-;livepatch: no such symbol\n SUBSYSTEM=x\n";
        assert_eq!(line(text).as_deref(), Some("livepatch: no such symbol"));
        assert_eq!(line("12,13,346,-;said by a program"), None);
        assert_eq!(line("odd"), None);
    }
}
