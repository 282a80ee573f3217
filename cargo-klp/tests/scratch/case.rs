// SPDX-License-Identifier: GPL-2.0-only
//! A patch crate in one file.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A patch crate: the text of its `src/main.rs`, in which lines `//@ key: value` say more.
///
/// | key | meaning |
/// |---|---|
/// | `name` | the package's name, unless it is the file's |
/// | `metadata` | a line of `[package.metadata.klp]` |
/// | `dependency` | one more line of `[dependencies]` |
/// | `file` | what follows is another source file, with this path below `src/` |
pub struct Case {
    /// The name of the case, and of its folder in the workspace.
    pub folder: String,
    /// The package's name.
    pub name: String,
    /// Source files, by their paths in the package.
    pub files: Vec<(String, String)>,
    metadata: Vec<String>,
    dependencies: Vec<String>,
}

impl Case {
    /// The case in the file `path`.
    pub fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy();
        Self::new(&name, &fs::read_to_string(path).unwrap())
    }

    /// The case `name` of this text.
    pub fn new(name: &str, text: &str) -> Self {
        let mut case = Self {
            folder: name.to_owned(),
            name: name.replace('_', "-"),
            files: vec![("src/main.rs".into(), String::new())],
            metadata: Vec::new(),
            dependencies: Vec::new(),
        };
        for line in text.lines() {
            match line
                .strip_prefix("//@ ")
                .and_then(|line| line.split_once(": "))
            {
                Some(("file", path)) => case.files.push((format!("src/{path}"), String::new())),
                Some((key, value)) => case.set(key, value),
                None => case.line(line),
            }
        }
        case
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "name" => value.clone_into(&mut self.name),
            "metadata" => self.metadata.push(value.to_owned()),
            "dependency" => self.dependencies.push(value.to_owned()),
            _ => panic!("{}: unknown key `{key}`", self.folder),
        }
    }

    fn line(&mut self, line: &str) {
        if let Some((_, text)) = self.files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }

    /// The module's name.
    pub fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Its `Cargo.toml`, with the crates of `repository`.
    pub fn manifest(&self, repository: &Path) -> String {
        let kernel = repository.join("klp-kernel");
        let mut text = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nklp-kernel = {{ path = \"{}\" }}\n",
            self.name,
            kernel.display()
        );
        for dependency in &self.dependencies {
            writeln!(text, "{dependency}").unwrap();
        }
        writeln!(text, "\n[package.metadata.klp]").unwrap();
        for line in &self.metadata {
            writeln!(text, "{line}").unwrap();
        }
        text
    }
}
