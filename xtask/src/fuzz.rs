// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask fuzz`: damaged files for klp's readers, by the targets in `fuzz/`.
//!
//! Seeds are made of real files: the examples as the linker gives them to the link step and as they
//! are built, the modules that they patch, and a kernel that is cut down to what these ask of it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use xshell::cmd;

use crate::On;
use crate::repo::{Repo, step};
use crate::{packages, targets};

/// Keeps what the linker makes, as klp's own tests do.
const LD: &str = include_str!("../../cargo-klp/tests/scratch/ld");
/// libFuzzer is in C++.
const NEEDS: [packages::Need; 1] = [("g++", "g++")];
/// What one file may take: memory in MiB, and seconds.
const MEMORY: &str = "-rss_limit_mb=512";
const TIME: &str = "-timeout=20";
/// What to do with a file that a reader fails on.
const HELP: &str = "help: `cargo fuzz run --sanitizer none TARGET FILE`, in the folder `fuzz`, shows it \
                    again; `cargo fuzz tmin` makes the file small";
/// Larger files are mostly contents that nobody reads.
const LENGTH: &str = "-max_len=524288";

/// What to run.
#[derive(clap::Args)]
pub struct Choice {
    #[command(flatten)]
    on: On,
    /// How many seconds each target gets.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only these targets; `fuzz/fuzz_targets` has them.
    targets: Vec<String>,
}

/// Makes the seeds, then runs the targets one after the other, and fails if one does.
pub fn run(repo: &Repo, choice: &Choice) -> Result<()> {
    let folder = repo.root.join("fuzz");
    let targets = chosen(&folder, &choice.targets)?;
    let shell = &repo.shell;
    let found = cmd!(shell, "cargo fuzz --version").quiet().ignore_stdout();
    ensure!(
        found.ignore_stderr().run().is_ok(),
        "cargo-fuzz is missing; run\n    cargo install cargo-fuzz"
    );
    packages::ensure(shell, &NEEDS)?;
    make_seeds(repo, choice, &folder)?;
    step("building the targets");
    let _folder = shell.push_dir(&folder);
    cmd!(shell, "cargo fuzz build --sanitizer none")
        .quiet()
        .run()?;
    step(&format!("each target for {} s", choice.seconds));
    let mut failed = Vec::new();
    for target in &targets {
        if !runs(&folder, target, choice.seconds)? {
            failed.push(target.as_str());
        }
    }
    ensure!(
        failed.is_empty(),
        "readers failed: {}\n{HELP}",
        failed.join(", ")
    );
    Ok(())
}

/// The targets by name; all if none is named.
fn chosen(folder: &Path, named: &[String]) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        let path = entry?.path();
        all.extend(path.file_stem().and_then(OsStr::to_str).map(str::to_owned));
    }
    all.sort();
    match named.iter().find(|name| !all.contains(name)) {
        Some(unknown) => bail!(
            "no target is named `{unknown}`; there are {}",
            all.join(", ")
        ),
        None if named.is_empty() => Ok(all),
        None => Ok(named.to_vec()),
    }
}

fn make_seeds(repo: &Repo, choice: &Choice, folder: &Path) -> Result<()> {
    let (kernel, headers) = targets::prepare_for_modules(repo, choice.on.kernel)?;
    targets::build(repo, &kernel, &headers)?;
    step("building the examples, and keeping what the linker makes of them");
    let work = tempfile::tempdir()?;
    let files = seed_files(repo, work.path())?;
    step("making seeds");
    let (shell, profile) = (&repo.shell, &kernel.profile);
    let _folder = shell.push_dir(folder);
    cmd!(
        shell,
        "cargo run --quiet --release --example seeds -- {profile} {files...}"
    )
    .quiet()
    .run()?;
    Ok(())
}

/// Patches before and after the link step, and the modules that they patch. Debug info is left away,
/// which would be most of them, but for one patch.
fn seed_files(repo: &Repo, work: &Path) -> Result<Vec<PathBuf>> {
    let patches = build_examples(repo, work)?;
    let joined: Vec<_> = patches.iter().map(|patch| joined(work, patch)).collect();
    let shell = &repo.shell;
    let stripped = shell.create_dir(work.join("stripped"))?;
    let mut files: Vec<_> = joined.first().cloned().into_iter().collect();
    for file in joined
        .iter()
        .chain(&files_in(&repo.examples().join("targets"), "ko")?)
    {
        let name = file.file_name().context("a file has a name")?;
        let copy = stripped.join(name);
        cmd!(shell, "objcopy --strip-debug {file} {copy}")
            .quiet()
            .run()?;
        files.push(copy);
    }
    Ok(files.into_iter().chain(patches).collect())
}

/// What the linker made of a patch.
fn joined(work: &Path, patch: &Path) -> PathBuf {
    let name = patch.with_extension("o");
    work.join("joined")
        .join(name.file_name().unwrap_or_default())
}

/// Builds the examples anew, into a folder of their own.
fn build_examples(repo: &Repo, work: &Path) -> Result<Vec<PathBuf>> {
    let shell = &repo.shell;
    let joined = shell.create_dir(work.join("joined"))?;
    let ld = work.join("ld");
    shell.write_file(&ld, LD)?;
    fs::set_permissions(&ld, fs::Permissions::from_mode(0o755))?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([work.to_owned()].into_iter().chain(env::split_paths(&path)))?;
    let target = work.join("target");
    let _folder = shell.push_dir(repo.examples());
    cmd!(shell, "cargo build --quiet --target-dir {target}")
        .env("PATH", path)
        .env("KLP_TEST_JOINED", &joined)
        .quiet()
        .run()?;
    files_in(&target.join("x86_64-unknown-none/debug"), "ko")
}

/// The files in a folder with that extension, by name.
fn files_in(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let matches = path.extension().is_some_and(|found| found == extension);
        files.extend(matches.then_some(path));
    }
    files.sort();
    Ok(files)
}

/// Whether a target ran to its end; what it says is in `fuzz/artifacts/TARGET.log`.
fn runs(folder: &Path, target: &str, seconds: u64) -> Result<bool> {
    let artifacts = folder.join("artifacts");
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&artifacts)?;
    fs::create_dir_all(&corpus)?;
    let log = artifacts.join(format!("{target}.log"));
    let mut fuzzer = Command::new("cargo")
        .args(["fuzz", "run", "--sanitizer", "none", target])
        .args([&corpus, &folder.join("seeds").join(target)])
        .args(["--", MEMORY, TIME, LENGTH])
        .arg(format!("-max_total_time={seconds}"))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log)?)
        .spawn()?;
    let status = wait(&mut fuzzer, target, seconds)?;
    let said = fs::read_to_string(&log)?;
    println!("{target:10} {}", summary(&said, status.success()));
    Ok(status.success())
}

/// Waits for a target's end, and shows how far it is.
fn wait(fuzzer: &mut Child, target: &str, seconds: u64) -> Result<ExitStatus> {
    let style = ProgressStyle::with_template("{msg:10} {bar:40} {pos}/{len} s")?;
    let bar = ProgressBar::new(seconds).with_style(style);
    bar.set_message(target.to_owned());
    loop {
        if let Some(status) = fuzzer.try_wait()? {
            bar.finish_and_clear();
            return Ok(status);
        }
        bar.set_position(bar.elapsed().as_secs().min(seconds));
        thread::sleep(Duration::from_millis(200));
    }
}

/// How many files were tried, or what went wrong with which.
fn summary(said: &str, passed: bool) -> String {
    let last = |what: &str| said.lines().rev().find(|line| line.contains(what));
    if passed {
        return last("Done ").unwrap_or("nothing was tried").to_owned();
    }
    let reason = last("panicked at").or_else(|| last("SUMMARY:"));
    let reason = reason.or_else(|| said.lines().last());
    let lines: Vec<_> = [reason, last("Test unit written to")]
        .into_iter()
        .flatten()
        .collect();
    lines.join("\n           ")
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn what_is_said_is_summed_up() {
        let said = "#2 INITED\nDone 12 runs in 3 second(s)\nstat::peak_rss_mb: 30\n";
        assert_eq!(summary(said, true), "Done 12 runs in 3 second(s)");
        let said = "thread 'x' panicked at a.rs:1:2:\nSUMMARY: libFuzzer: deadly signal\n\
                    artifact_prefix='a/'; Test unit written to a/crash-1\n";
        let summed = summary(said, false);
        assert!(
            summed.starts_with("thread 'x' panicked at a.rs:1:2:\n"),
            "{summed}"
        );
        assert!(summed.ends_with("written to a/crash-1"), "{summed}");
        let said = "#9 NEW\n== libFuzzer: run interrupted; exiting\n";
        assert_eq!(
            summary(said, false),
            "== libFuzzer: run interrupted; exiting"
        );
        let said = "SUMMARY: libFuzzer: out-of-memory\n";
        assert_eq!(summary(said, false), "SUMMARY: libFuzzer: out-of-memory");
    }
}
