// SPDX-License-Identifier: GPL-2.0-only
//! Telling a kernel image from something else, before QEMU says so less clearly.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

use super::VmError;

/// What an x86 kernel image has at [`MAGIC_OFFSET`].
const MAGIC: &[u8] = b"HdrS";
const MAGIC_OFFSET: usize = 0x202;

/// Reads enough of the image to know that it is one.
pub fn check(path: &Path) -> Result<(), VmError> {
    let mut start = [0; MAGIC_OFFSET + MAGIC.len()];
    let path = path.to_owned();
    match File::open(&path).and_then(|mut file| file.read_exact(&mut start)) {
        Ok(()) if start.ends_with(MAGIC) => Ok(()),
        Ok(()) => Err(VmError::NotAKernel { path }),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(VmError::NotAKernel { path }),
        Err(source) => Err(VmError::Kernel { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_kernel_is_named() {
        let error = check(Path::new("/nonexistent/vmlinuz"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("/nonexistent/vmlinuz") && error.contains("help:"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_no_kernel_is_refused() {
        for file in ["Cargo.toml", "/dev/null", "/bin/sh"] {
            let error = check(Path::new(file)).unwrap_err();
            assert!(
                matches!(error, VmError::NotAKernel { .. }),
                "{file}: {error}"
            );
        }
    }

    #[test]
    fn an_image_is_known_by_its_header() {
        let mut image = tempfile::NamedTempFile::new().unwrap();
        let bytes = [vec![0; MAGIC_OFFSET], MAGIC.to_vec(), vec![0; 100]].concat();
        std::io::Write::write_all(&mut image, &bytes).unwrap();
        assert!(check(image.path()).is_ok());
    }
}
