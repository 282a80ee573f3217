// SPDX-License-Identifier: GPL-2.0-only
//! The lists of mutations, and what a mutation does to a file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// Where the lists are.
const FOLDER: &str = "klp-runtime/mutations";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    mutation: Vec<Mutation>,
}

/// A way to make the source wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutation {
    /// What it is called.
    pub name: String,
    /// The file that it changes, from the root of the tree.
    pub file: PathBuf,
    /// What the file has once.
    pub find: String,
    /// What comes in its place.
    pub replace: String,
    /// The command that must fail then; its arguments have no spaces.
    pub test: String,
    /// What goes wrong.
    pub why: String,
}

impl Mutation {
    /// The text of its file with the mutation.
    pub fn apply(&self, text: &str) -> Result<String> {
        let Self { name, file, .. } = self;
        let (found, file) = (text.matches(&self.find).count(), file.display());
        ensure!(
            found == 1,
            "the mutation \"{name}\" is stale: {file} has its `find` {found} times, not once"
        );
        ensure!(
            self.find != self.replace,
            "the mutation \"{name}\" changes nothing"
        );
        Ok(text.replace(&self.find, &self.replace))
    }
}

/// The mutations of all lists or of one, or the one of a name.
pub fn read(root: &Path, file: Option<&Path>, only: Option<&str>) -> Result<Vec<Mutation>> {
    let files = match file {
        Some(file) => vec![file.to_owned()],
        None => files(&root.join(FOLDER))?,
    };
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        all.extend(parse(&text).with_context(|| file.display().to_string())?);
    }
    unique(&all)?;
    all.retain(|mutation| only.is_none_or(|only| mutation.name == only));
    ensure!(!all.is_empty(), "there is no such mutation");
    Ok(all)
}

fn parse(text: &str) -> Result<Vec<Mutation>> {
    Ok(toml::from_str::<List>(text)?.mutation)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths?;
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    paths.sort();
    Ok(paths)
}

fn unique(mutations: &[Mutation]) -> Result<()> {
    for (index, Mutation { name, .. }) in mutations.iter().enumerate() {
        if mutations[..index].iter().any(|other| other.name == *name) {
            bail!("two mutations are called \"{name}\"");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
[[mutation]]
name = "relaxed"
file = "src/lib.rs"
find = "Release"
replace = "Relaxed"
test = "cargo test"
why = "No order."
"#;

    fn mutation() -> Mutation {
        parse(LIST).unwrap().remove(0)
    }

    #[test]
    fn what_is_there_once_is_replaced() {
        assert_eq!(mutation().apply("a Release b").unwrap(), "a Relaxed b");
    }

    #[test]
    fn a_stale_list_is_an_error() {
        for (text, times) in [("Acquire", 0), ("Release, Release", 2)] {
            let error = mutation().apply(text).unwrap_err().to_string();
            let expected = format!(
                "the mutation \"relaxed\" is stale: src/lib.rs has its `find` {times} times, not once"
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn a_mutation_changes_something() {
        let mut mutation = mutation();
        mutation.replace = mutation.find.clone();
        assert!(mutation.apply("Release").is_err());
    }

    #[test]
    fn names_are_unique() {
        assert!(unique(&parse(LIST).unwrap()).is_ok());
        assert!(unique(&parse(&LIST.repeat(2)).unwrap()).is_err());
    }

    #[test]
    fn unknown_fields_are_refused() {
        assert!(parse(&format!("{LIST}tests = \"x\"\n")).is_err());
    }
}
