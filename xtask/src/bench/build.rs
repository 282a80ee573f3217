// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask bench build`: klp's build against the same patch in C through Kbuild, in one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::Scenario;
use xshell::cmd;

use crate::repo::{Repo, step};
use crate::series::Series;
use crate::targets::{self, Headers};

/// How often each side is edited and built again; odd, for the median.
const EDITS: u32 = 9;

/// One side of the comparison.
struct Side<'a> {
    name: &'static str,
    folder: PathBuf,
    source: PathBuf,
    module: PathBuf,
    build: Build<'a>,
}

/// Builds the module in a folder.
type Build<'a> = Box<dyn Fn(&Path) -> Result<()> + 'a>;

/// What was measured of a side.
struct Figures {
    first: Duration,
    rebuild: Duration,
    size: u64,
    stripped: u64,
}

/// Builds, edits and rebuilds both sides, shows that both work, and prints the figures.
pub fn run(repo: &Repo, series: &Series) -> Result<()> {
    let (kernel, headers) = targets::prepare_for_modules(repo, series)?;
    let sides = [rust(repo)?, c(repo, &headers)?];
    let mut figures = Vec::new();
    for side in &sides {
        step(&format!("building {}", side.name));
        figures.push(measure(repo, side)?);
    }
    step("loading both in a virtual machine");
    check(repo, &kernel, &sides)?;
    print(&sides, &figures);
    Ok(())
}

/// The patch in Rust, in a folder of its own with the examples' cargo configuration.
fn rust(repo: &Repo) -> Result<Side<'_>> {
    let folder = scratch(repo, "rust")?;
    let config = fs::read_to_string(repo.examples().join(".cargo/config.toml"))?;
    let tools = repo.examples().join(".cargo/tools");
    let config = config
        .replace(".cargo/tools", &tools.to_string_lossy())
        .replace("../target/klp", &repo.home.path().to_string_lossy());
    fs::create_dir_all(folder.join(".cargo"))?;
    fs::write(folder.join(".cargo/config.toml"), config)?;
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let kernel = repo.root.join("klp-kernel");
    let manifest = manifest.replace("../../../../klp-kernel", &kernel.to_string_lossy());
    fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(Side {
        name: "Rust, klp",
        source: folder.join("main.rs"),
        module: folder.join("target/x86_64-unknown-none/debug/fixed_line.ko"),
        folder,
        build: Box::new(|folder| repo.cargo_build(folder)),
    })
}

/// The patch in C.
fn c<'a>(repo: &'a Repo, headers: &'a Headers) -> Result<Side<'a>> {
    let folder = scratch(repo, "c")?;
    Ok(Side {
        name: "C, Kbuild",
        source: folder.join("fixed_line_c.c"),
        module: folder.join("fixed_line_c.ko"),
        folder,
        build: Box::new(|folder| targets::kbuild(repo, headers, folder)),
    })
}

/// A fresh copy of one side's sources.
fn scratch(repo: &Repo, side: &str) -> Result<PathBuf> {
    let folder = repo.root.join("target/bench").join(side);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(repo.root.join("xtask/bench/build").join(side))? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(folder)
}

fn measure(repo: &Repo, side: &Side<'_>) -> Result<Figures> {
    let first = timed(|| (side.build)(&side.folder))?;
    let mut rebuilds = Vec::new();
    for edit in 1..=EDITS {
        let text = fs::read_to_string(&side.source)?;
        let text = text.replace(&format!("edit {}", edit - 1), &format!("edit {edit}"));
        fs::write(&side.source, text)?;
        rebuilds.push(timed(|| (side.build)(&side.folder))?);
    }
    rebuilds.sort();
    let stripped = side.folder.join("stripped.ko");
    let (shell, module) = (&repo.shell, &side.module);
    cmd!(shell, "strip --strip-debug -o {stripped} {module}")
        .quiet()
        .run()?;
    Ok(Figures {
        first,
        rebuild: *rebuilds
            .get(rebuilds.len() / 2)
            .context("no rebuild was timed")?,
        size: fs::metadata(&side.module)?.len(),
        stripped: fs::metadata(&stripped)?.len(),
    })
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Both modules, as last edited, do the same on the real kernel.
fn check(repo: &Repo, kernel: &Kernel, sides: &[Side<'_>]) -> Result<()> {
    let mut vm = repo.machine(kernel);
    let mut scenario = Scenario::new();
    for side in sides {
        let file = side
            .module
            .file_name()
            .context("a module is a file")?
            .to_string_lossy();
        let name = file.trim_end_matches(".ko");
        vm.files.push((side.module.clone(), file.as_ref().into()));
        scenario = scenario
            .step(format!("insmod {file}"))
            .quiet("settle")
            .step("cat /proc/cmdline")
            .step(format!("echo 0 > /sys/kernel/livepatch/{name}/enabled"))
            .quiet("settle")
            .step(format!("rmmod {name}"));
    }
    vm.scenario = scenario;
    let run = vm.run(&mut |_| {})?;
    let shown = run
        .steps
        .iter()
        .filter(|step| step.command == "cat /proc/cmdline");
    let expected = format!("live patched, edit {EDITS}");
    for (side, step) in sides.iter().zip(shown) {
        ensure!(
            step.output() == [&expected],
            "{} shows {:?}",
            side.name,
            step.output()
        );
    }
    ensure!(
        run.steps.iter().all(|step| step.succeeded()),
        "a step failed"
    );
    Ok(())
}

fn print(sides: &[Side<'_>], figures: &[Figures]) {
    println!("\n| | first build | rebuild after an edit | .ko | .ko without debug info |");
    println!("|---|---|---|---|---|");
    for (side, figures) in sides.iter().zip(figures) {
        println!(
            "| {} | {:.1} s | {:.2} s | {} bytes | {} bytes |",
            side.name,
            figures.first.as_secs_f64(),
            figures.rebuild.as_secs_f64(),
            figures.size,
            figures.stripped
        );
    }
    if let [ours, theirs] = figures {
        println!(
            "| ratio | {:.2} | {:.2} | {:.2} | {:.2} |",
            ours.first.as_secs_f64() / theirs.first.as_secs_f64(),
            ours.rebuild.as_secs_f64() / theirs.rebuild.as_secs_f64(),
            ours.size as f64 / theirs.size as f64,
            ours.stripped as f64 / theirs.stripped as f64
        );
    }
    println!("(rebuild: median of {EDITS})");
}
