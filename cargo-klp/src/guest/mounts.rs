// SPDX-License-Identifier: GPL-2.0-only
//! The file systems a scenario can count on.

use std::io;

use rustix::mount::{MountFlags, mount};

/// Type and place of each, parents first; those that every kernel has.
const MOUNTS: &[(&str, &str)] = &[("proc", "/proc"), ("sysfs", "/sys"), ("tmpfs", "/tmp")];
/// Those that a kernel may lack.
const OPTIONAL: &[(&str, &str)] = &[
    ("debugfs", "/sys/kernel/debug"),
    ("tracefs", "/sys/kernel/tracing"),
];

/// Mounts `/dev`, without which nothing can be reported.
pub fn mount_dev() -> io::Result<()> {
    mount_one("devtmpfs", "/dev")
}

/// Mounts all the others.
pub fn mount_all() -> io::Result<()> {
    for (kind, place) in MOUNTS {
        mount_one(kind, place)?;
    }
    for (kind, place) in OPTIONAL {
        // A step that needs it will say that the file is not there.
        let _ = mount_one(kind, place);
    }
    Ok(())
}

fn mount_one(kind: &str, place: &str) -> io::Result<()> {
    Ok(mount(kind, place, kind, MountFlags::empty(), None)?)
}
