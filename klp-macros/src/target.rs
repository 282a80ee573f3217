// SPDX-License-Identifier: GPL-2.0-only
//! The types of the kernel that the crate is built for.
//!
//! Read once for all attributes of a crate. An editor keeps the macros loaded, so what was read is
//! kept only as long as the files are the same.

use klp_runtime::contract::VMLINUX;
use klp_types::{Folder, FolderError, Layout};
use std::cell::RefCell;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

struct Loaded {
    path: PathBuf,
    modified: Option<SystemTime>,
    kernel: Rc<Layout>,
}

thread_local! {
    static LOADED: RefCell<Option<Loaded>> = const { RefCell::new(None) };
}

/// The types of an object.
pub fn types(object: &str) -> Result<Rc<Layout>, FolderError> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folder = Folder::find(manifest.as_deref())?;
    let kernel = kernel(&folder)?;
    match object {
        VMLINUX => Ok(kernel),
        module => folder.module(&kernel, module).map(Rc::new),
    }
}

fn kernel(folder: &Folder) -> Result<Rc<Layout>, FolderError> {
    let modified = modified(folder.path());
    LOADED.with_borrow_mut(|loaded| {
        let same = |loaded: &&Loaded| loaded.path == folder.path() && loaded.modified == modified;
        if let Some(loaded) = loaded.as_ref().filter(same) {
            return Ok(Rc::clone(&loaded.kernel));
        }
        let kernel = Rc::new(folder.kernel()?);
        *loaded = Some(Loaded {
            path: folder.path().to_owned(),
            modified,
            kernel: Rc::clone(&kernel),
        });
        Ok(kernel)
    })
}

fn modified(folder: &Path) -> Option<SystemTime> {
    let kernel = fs::metadata(folder.join(VMLINUX));
    kernel.and_then(|kernel| kernel.modified()).ok()
}
