// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp new NAME`: a patch crate that builds and runs as it is.

use std::fs;
use std::path::{Path, PathBuf};

use crate::crates;
use crate::error::{Error, Result};
use crate::home::Home;

/// Start a new patch crate.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The folder to make; its last part is the crate's name.
    path: PathBuf,
}

/// Every file of a new patch: where it goes, and its template.
const FILES: [(&str, &str); 5] = [
    (
        "Cargo.toml",
        include_str!("../../templates/new/Cargo.toml.in"),
    ),
    (
        "src/main.rs",
        include_str!("../../templates/new/src/main.rs.in"),
    ),
    (
        ".cargo/config.toml",
        include_str!("../../templates/new/.cargo/config.toml.in"),
    ),
    (
        ".gitignore",
        include_str!("../../templates/new/.gitignore.in"),
    ),
    (
        ".vscode/settings.json",
        include_str!("../../templates/new/.vscode/settings.json.in"),
    ),
];

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When the name is not a crate's, the folder exists already, or cannot be written.
    pub fn run(&self) -> Result {
        let name = self
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !is_crate_name(&name) {
            return Err(Error::CrateName { name });
        }
        if self.path.exists() {
            return Err(Error::Exists {
                path: self.path.clone(),
            });
        }
        let crates = crates::unpack(&Home::find()?)?;
        self.write(&name, &crates)?;
        println!(
            "{name}: run `cargo build` in it for {}.ko, `cargo run` to see it work",
            module(&name)
        );
        Ok(())
    }

    /// Writes the crate beside its place and renames it.
    fn write(&self, name: &str, crates: &Path) -> Result {
        let parent = match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let staging = tempfile::tempdir_in(parent).map_err(Error::io("create", &self.path))?;
        for (file, template) in FILES {
            let path = staging.path().join(file);
            let folder = path.parent().unwrap_or(staging.path());
            fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
            let text = template
                .replace("{{name}}", name)
                .replace("{{version}}", crates::VERSION)
                .replace("{{crates}}", &crates.to_string_lossy());
            fs::write(&path, text).map_err(Error::io("write", &path))?;
        }
        fs::rename(staging.keep(), &self.path).map_err(Error::io("write", &self.path))
    }
}

/// What both cargo and the kernel take for a name.
fn is_crate_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

fn module(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::is_crate_name;

    #[test]
    fn names_are_what_cargo_and_the_kernel_take() {
        assert!(is_crate_name("fix-cve_2026"));
        assert!(!is_crate_name(""));
        assert!(!is_crate_name("2fast"));
        assert!(!is_crate_name("a b"));
    }
}
