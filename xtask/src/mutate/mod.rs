// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask mutate`: whether tests see that the source was made wrong.
//!
//! Mutations are written down in `klp-runtime/mutations/*.toml`: what to replace by what in which
//! file, and the test that must fail then. They are applied one at a time to a copy of the tree,
//! which has a target folder of its own. What tests print is in `target/mutants/logs`.

mod command;
mod copy;
mod list;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;

use crate::repo::{Repo, step};
use command::{Outcome, Test};
use copy::Tree;
use list::Mutation;

/// Which mutations to try; all if nothing is said.
#[derive(clap::Args)]
pub struct Choice {
    /// Only the mutation of this name.
    #[arg(long)]
    only: Option<String>,
    /// Only the mutations in this file.
    #[arg(long)]
    file: Option<PathBuf>,
}

/// What became of a mutation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Found,
    Missed,
    DoesNotBuild,
}

/// Applies mutations, and fails if a test does not see one.
pub fn run(repo: &Repo, choice: &Choice) -> Result<()> {
    let mutations = list::read(&repo.root, choice.file.as_deref(), choice.only.as_deref())?;
    step("copying the tree to target/mutants");
    let tree = Tree::copy(repo)?;
    for mutation in &mutations {
        mutation.apply(&tree.read(&mutation.file)?)?;
    }
    step("tests without mutations");
    let times = baseline(repo, &tree, &mutations)?;
    step("mutations");
    sum_up(&try_all(repo, &tree, &mutations, &times)?)
}

/// Tries all mutations, and prints what becomes of each.
fn try_all(
    repo: &Repo,
    tree: &Tree,
    mutations: &[Mutation],
    times: &[(String, Duration)],
) -> Result<Vec<Verdict>> {
    let bar = ProgressBar::new(mutations.len() as u64);
    bar.enable_steady_tick(Duration::from_millis(100));
    let width = mutations.iter().map(|mutation| mutation.name.len()).max();
    let mut verdicts = Vec::new();
    for mutation in mutations {
        let start = Instant::now();
        let verdict = try_one(repo, tree, mutation, times)?;
        bar.inc(1);
        let row = row(mutation, width.unwrap_or(0), verdict, start.elapsed());
        bar.suspend(|| println!("{row}"));
        verdicts.push(verdict);
    }
    bar.finish_and_clear();
    Ok(verdicts)
}

/// Runs each test once on the tree as it is; all must pass. Gives how long they took.
fn baseline(repo: &Repo, tree: &Tree, mutations: &[Mutation]) -> Result<Vec<(String, Duration)>> {
    let mut tests: Vec<_> = mutations.iter().map(|mutation| &mutation.test).collect();
    tests.sort();
    tests.dedup();
    let mut times = Vec::new();
    for line in tests {
        let test = Test::new(line)?;
        test.build(repo, tree)?.must_succeed(line)?;
        let start = Instant::now();
        test.run(repo, tree, None)?.must_succeed(line)?;
        println!("{:6.1} s  {line}", start.elapsed().as_secs_f64());
        times.push((line.clone(), start.elapsed()));
    }
    Ok(times)
}

/// Applies a mutation, runs its test, and takes the mutation back.
fn try_one(
    repo: &Repo,
    tree: &Tree,
    mutation: &Mutation,
    times: &[(String, Duration)],
) -> Result<Verdict> {
    let test = Test::new(&mutation.test)?;
    let text = tree.read(&mutation.file)?;
    let usual = times.iter().find(|(line, _)| *line == mutation.test);
    let usual = usual.map(|(_, usual)| *usual);
    let mutated = tree.change(&mutation.file, &text, &mutation.apply(&text)?)?;
    let (verdict, printed) = match test.build(repo, tree)? {
        Outcome::Succeeded => match test.run(repo, tree, usual)? {
            Outcome::Succeeded => (Verdict::Missed, String::new()),
            Outcome::Failed(printed) => (Verdict::Found, printed),
        },
        Outcome::Failed(printed) => (Verdict::DoesNotBuild, printed),
    };
    mutated.restore()?;
    tree.log(&mutation.name, &printed)?;
    Ok(verdict)
}

fn row(mutation: &Mutation, width: usize, verdict: Verdict, took: Duration) -> String {
    let name = &mutation.name;
    let result = match verdict {
        Verdict::Found => "found",
        Verdict::Missed => "MISSED",
        Verdict::DoesNotBuild => "DOES NOT BUILD",
    };
    let row = format!("{name:width$}  {:6.1} s  {result}", took.as_secs_f64());
    match verdict {
        Verdict::Found => row,
        _ => format!("{row}\n    {}\n    {}", mutation.why.trim(), mutation.test),
    }
}

fn sum_up(verdicts: &[Verdict]) -> Result<()> {
    let count = |which| verdicts.iter().filter(|verdict| **verdict == which).count();
    let (found, all) = (count(Verdict::Found), verdicts.len());
    if found < all {
        let broken = count(Verdict::DoesNotBuild);
        let missed = count(Verdict::Missed);
        bail!("of {all} mutations tests missed {missed}, and {broken} do not build");
    }
    println!("{all} mutations, all found");
    Ok(())
}
