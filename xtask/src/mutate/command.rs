// SPDX-License-Identifier: GPL-2.0-only
//! The command that tests a mutation.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use xshell::cmd;

use super::copy::Tree;
use crate::repo::Repo;

/// How long a test may take at least, and how many times as long as without a mutation.
const PATIENCE: (Duration, u32) = (Duration::from_secs(120), 5);

/// A command that builds something and tests it.
pub struct Test {
    build: Vec<String>,
    run: Vec<String>,
}

/// How a command ended.
pub enum Outcome {
    Succeeded,
    /// It failed, or hung; with what it printed.
    Failed(String),
}

impl Test {
    /// The test of a command line: `cargo test …` or `cargo xtask …`.
    pub fn new(line: &str) -> Result<Self> {
        let run: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let words: Vec<&str> = run.iter().map(String::as_str).collect();
        let build = match *words.as_slice() {
            ["cargo", "test", ..] => {
                let cargo = words.iter().take_while(|word| **word != "--");
                cargo.copied().chain(["--no-run"]).collect()
            }
            ["cargo", "xtask", ..] => vec!["cargo", "build", "--package", "xtask"],
            _ => bail!("`{line}` is neither `cargo test` nor `cargo xtask`"),
        };
        let build = build.into_iter().map(str::to_owned).collect();
        Ok(Self { build, run })
    }

    /// Builds what the test runs.
    pub fn build(&self, repo: &Repo, tree: &Tree) -> Result<Outcome> {
        execute(repo, tree, &self.build)
    }

    /// Runs the test, if need be not for ever: without a mutation it took as long as `usual`.
    pub fn run(&self, repo: &Repo, tree: &Tree, usual: Option<Duration>) -> Result<Outcome> {
        let Some(usual) = usual else {
            return execute(repo, tree, &self.run);
        };
        let limit = PATIENCE.0.max(usual * PATIENCE.1).as_secs().to_string();
        let timeout = ["timeout", "--kill-after=5", &limit].map(str::to_owned);
        execute(repo, tree, &[&timeout, &self.run[..]].concat())
    }
}

impl Outcome {
    /// Fails with what was printed unless the command succeeded.
    pub fn must_succeed(self, line: &str) -> Result<()> {
        match self {
            Self::Succeeded => Ok(()),
            Self::Failed(printed) => {
                bail!("`{line}` fails without a mutation:\n{printed}")
            }
        }
    }
}

fn execute(repo: &Repo, tree: &Tree, words: &[String]) -> Result<Outcome> {
    let shell = &repo.shell;
    let _folder = shell.push_dir(tree.root());
    let _target = shell.push_env("CARGO_TARGET_DIR", &tree.target);
    let (program, arguments) = words.split_first().context("a command has a program")?;
    let output = cmd!(shell, "{program} {arguments...}")
        .quiet()
        .ignore_status()
        .output()?;
    if output.status.success() {
        return Ok(Outcome::Succeeded);
    }
    let printed = [output.stdout, output.stderr].concat();
    Ok(Outcome::Failed(
        String::from_utf8_lossy(&printed).into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_built_without_being_run() {
        let build = |line| Test::new(line).unwrap().build.join(" ");
        assert_eq!(
            build("cargo test -p a --test b -- c"),
            "cargo test -p a --test b --no-run"
        );
        assert_eq!(
            build("cargo xtask simulate --seeds 9"),
            "cargo build --package xtask"
        );
    }

    #[test]
    fn only_cargo_tests() {
        assert!(Test::new("make test").is_err());
        assert!(Test::new("").is_err());
    }
}
