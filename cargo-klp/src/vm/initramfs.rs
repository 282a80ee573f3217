// SPDX-License-Identifier: GPL-2.0-only
//! The guest's root file system: a cpio archive in "newc" format.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use cpio::newc::{Builder, ModeFileType, trailer};

use super::{VmError, libraries, protocol::WORK_DIR};

/// The directories every guest has: mount points, and what programs expect.
const DIRECTORIES: &[&str] = &["/dev", "/proc", "/sys", "/tmp", "/bin", "/run", WORK_DIR];

/// The archive being put together; later files replace earlier ones of the same path.
#[derive(Debug, Default)]
pub struct Initramfs {
    files: BTreeMap<PathBuf, File>,
}

#[derive(Debug)]
struct File {
    mode: u32,
    content: Vec<u8>,
}

impl Initramfs {
    /// Adds a file with this content.
    pub fn data(&mut self, guest: impl AsRef<Path>, content: Vec<u8>) {
        self.files.insert(
            absolute(guest.as_ref()),
            File {
                mode: 0o644,
                content,
            },
        );
    }

    /// Adds a copy of a file of the host, executable so that programs need no special case.
    pub fn copy(&mut self, host: &Path, guest: impl AsRef<Path>) -> Result<(), VmError> {
        let content = fs::read(host).map_err(|source| VmError::File {
            path: host.to_owned(),
            source,
        })?;
        self.files.insert(
            absolute(guest.as_ref()),
            File {
                mode: 0o755,
                content,
            },
        );
        Ok(())
    }

    /// Adds a copy of a program of the host, and the shared libraries that it needs.
    pub fn program(&mut self, host: &Path, guest: impl AsRef<Path>) -> Result<(), VmError> {
        for library in libraries::of_program(host)? {
            self.copy(&library, &library)?;
        }
        self.copy(host, guest)
    }

    /// Writes the archive.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut inode = 0;
        let mut entry = |path: &Path, kind, mode| {
            inode += 1;
            let name = path.to_string_lossy();
            let builder = Builder::new(name.trim_start_matches('/'))
                .ino(inode)
                .nlink(1)
                .mode(mode);
            builder.set_mode_file_type(kind)
        };
        for directory in self.directories() {
            entry(&directory, ModeFileType::Directory, 0o755)
                .write(&mut *out, 0)
                .finish()?;
        }
        let console = entry(Path::new("/dev/console"), ModeFileType::Char, 0o600);
        console
            .rdev_major(5)
            .rdev_minor(1)
            .write(&mut *out, 0)
            .finish()?;
        for (path, file) in &self.files {
            let size = u32::try_from(file.content.len()).map_err(io::Error::other)?;
            let mut writer = entry(path, ModeFileType::Regular, file.mode).write(&mut *out, size);
            writer.write_all(&file.content)?;
            writer.finish()?;
        }
        trailer(&mut *out)?;
        out.flush()
    }

    /// Every directory that is needed, parents before children.
    fn directories(&self) -> Vec<PathBuf> {
        let mut all: Vec<_> = DIRECTORIES.iter().map(PathBuf::from).collect();
        for file in self.files.keys() {
            all.extend(file.ancestors().skip(1).map(Path::to_owned));
        }
        all.retain(|path| path != Path::new("/"));
        all.sort();
        all.dedup();
        all
    }
}

/// Where a file goes: relative paths are meant from where the steps run.
fn absolute(guest: &Path) -> PathBuf {
    Path::new(WORK_DIR).join(guest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_before_files_and_content_is_kept() {
        let mut image = Initramfs::default();
        image.data("/lib/modules/a.ko", b"content".to_vec());
        image.data("/scenario.json", b"{}".to_vec());
        let mut bytes = Vec::new();
        image.write(&mut bytes).unwrap();
        let (mut names, mut found) = (Vec::new(), Vec::new());
        let mut rest = io::Cursor::new(bytes);
        loop {
            let mut entry = cpio::NewcReader::new(rest).unwrap();
            if entry.entry().is_trailer() {
                break;
            }
            names.push(entry.entry().name().to_owned());
            if entry.entry().name() == "lib/modules/a.ko" {
                io::Read::read_to_end(&mut entry, &mut found).unwrap();
            }
            rest = entry.finish().unwrap();
        }
        let at = |name: &str| names.iter().position(|n| n == name).unwrap();
        assert!(at("lib") < at("lib/modules") && at("lib/modules") < at("lib/modules/a.ko"));
        assert_eq!(names.iter().filter(|n| *n == "dev").count(), 1);
        assert!(at("dev") < at("dev/console"));
        assert_eq!(found, b"content");
    }
}
