// SPDX-License-Identifier: GPL-2.0-only
//! Klp folders of a test's own, to be damaged.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{repository, variable};

/// A klp folder.
pub struct Home {
    /// The folder.
    pub folder: TempDir,
    /// The release of its default kernel; empty when it has none.
    pub release: String,
}

impl Home {
    /// One that has the core library of `KLP_TEST_HOME`, and no kernel.
    pub fn without_kernel() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sysroots = variable("KLP_TEST_HOME").join("sysroots");
        symlink(sysroots, folder.path().join("sysroots")).unwrap();
        Self {
            folder,
            release: String::new(),
        }
    }

    /// One with a copy of the default kernel of `KLP_TEST_HOME`.
    pub fn with_kernel() -> Self {
        let release = fs::read_to_string(kernels().join("default")).unwrap();
        let home = Self {
            release: release.trim().to_owned(),
            ..Self::without_kernel()
        };
        home.add(&home.release);
        home.make_default(&home.release);
        home
    }

    /// Adds a copy of the default kernel of `KLP_TEST_HOME` as `release`.
    pub fn add(&self, release: &str) {
        let profile = self.profile(release);
        fs::create_dir_all(profile.parent().unwrap()).unwrap();
        fs::copy(kernels().join(&self.release).join("profile"), profile).unwrap();
    }

    /// Adds a kernel that no build can use.
    pub fn add_damaged(&self, release: &str) {
        let profile = self.profile(release);
        fs::create_dir_all(profile.parent().unwrap()).unwrap();
        fs::write(profile, "no profile").unwrap();
    }

    /// Adds a copy as `release`, with the types of the kernel in miniature that ui-tests has.
    pub fn add_with_other_types(&self, release: &str) {
        self.add(release);
        let ours = repository().join("ui-tests/kernels/6.1-ui/btf/vmlinux");
        let btf = self.profile(release).with_file_name("btf");
        fs::create_dir(&btf).unwrap();
        // Not `fs::copy`: the file must be younger than the profile.
        fs::write(btf.join("vmlinux"), fs::read(ours).unwrap()).unwrap();
    }

    /// Says that patches are built for `release`.
    pub fn make_default(&self, release: &str) {
        fs::write(self.folder.path().join("kernels/default"), release).unwrap();
    }

    /// The profile of `release`.
    pub fn profile(&self, release: &str) -> PathBuf {
        let kernels = self.folder.path().join("kernels");
        kernels.join(release).join("profile")
    }
}

fn kernels() -> PathBuf {
    variable("KLP_TEST_HOME").join("kernels")
}
