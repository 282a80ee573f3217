// SPDX-License-Identifier: GPL-2.0-only
//! The copy of the tree that mutations are applied to.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::repo::Repo;

/// The copy.
pub struct Tree {
    root: PathBuf,
    /// Where it is built, so that builds need not start anew.
    pub target: PathBuf,
    /// Where what tests print is kept.
    logs: PathBuf,
}

impl Tree {
    /// Brings the copy to what git knows, or would, of this checkout. Files that are right already
    /// keep their times.
    pub fn copy(repo: &Repo) -> Result<Self> {
        let folder = repo.root.join("target/mutants");
        let tree = Self {
            root: folder.join("tree"),
            target: folder.join("target"),
            logs: folder.join("logs"),
        };
        let shell = &repo.shell;
        let files = cmd!(
            shell,
            "git ls-files -z --cached --others --exclude-standard"
        )
        .quiet()
        .read()?;
        let files: Vec<_> = files.split_terminator('\0').map(Path::new).collect();
        tree.remove_others(&tree.root, &files)?;
        for file in files {
            tree.update(&repo.root, file)?;
        }
        Ok(tree)
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The text of a file.
    pub fn read(&self, file: &Path) -> Result<String> {
        fs::read_to_string(self.root.join(file)).with_context(|| file.display().to_string())
    }

    /// Keeps what the test of a mutation printed.
    pub fn log(&self, mutation: &str, printed: &str) -> Result<()> {
        fs::create_dir_all(&self.logs)?;
        Ok(fs::write(
            self.logs.join(format!("{mutation}.log")),
            printed,
        )?)
    }

    /// Changes a file until what this gives is restored.
    pub fn change(&self, file: &Path, from: &str, to: &str) -> Result<Changed> {
        let file = self.root.join(file);
        fs::write(&file, to)?;
        let text = from.to_owned();
        Ok(Changed { file, text })
    }

    fn update(&self, from: &Path, file: &Path) -> Result<()> {
        let (from, to) = (from.join(file), self.root.join(file));
        let text = match fs::read(&from) {
            Ok(text) => text,
            // Removed, but git has not been told.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).context(from.display().to_string()),
        };
        if fs::read(&to).is_ok_and(|there| there == text) {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&from, &to)?;
        Ok(())
    }

    /// Removes what an earlier copy has and this one has not.
    fn remove_others(&self, folder: &Path, files: &[&Path]) -> Result<()> {
        if !folder.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.remove_others(&path, files)?;
            } else if !files.contains(&path.strip_prefix(&self.root)?) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// A file of the copy with a mutation in it. An interrupted run leaves it; the next copy does not.
pub struct Changed {
    file: PathBuf,
    text: String,
}

impl Changed {
    /// Takes the mutation back.
    pub fn restore(self) -> Result<()> {
        Ok(fs::write(self.file, self.text)?)
    }
}
