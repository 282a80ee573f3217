// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask test`: everything, the real kernel included.

use std::env;

use anyhow::Result;
use cargo_klp::kernels::Kernel;
use xshell::cmd;

use crate::guest;
use crate::repo::{Repo, step};
use crate::series::{Scope, Series};
use crate::soak;
use crate::targets::{self, Headers};

/// What needs no module in C: examples with transcripts, and the crates that these load.
const KERNEL_ONLY: [(&str, &[&str]); 5] = [
    ("cmdline", &["cmdline"]),
    ("meminfo", &["meminfo"]),
    (
        "cumulative",
        &["cumulative/all", "cumulative/fix1", "cumulative/fix2"],
    ),
    ("params", &["params"]),
    ("taskinfo", &["taskinfo"]),
];

/// Builds what tests need, then runs first those that need no kernel, then all others.
pub fn run(repo: &Repo, series: &Series) -> Result<()> {
    let (kernel, headers) = targets::prepare(repo, series)?;
    name(repo, &kernel);
    let shell = &repo.shell;
    shell.set_var("KLP_TEST_SYMVERS", headers.symvers());
    let modules = guest::modules(repo, &kernel, series.suite)?;
    let captured = guest::capture(repo, &kernel, &modules)?;
    shell.set_var("KLP_TEST_MODULES", &modules);
    shell.set_var("KLP_TEST_GUEST", &captured);
    repo.build_core()?;
    if series.scope == Scope::WithoutTargets {
        return on_kernel_alone(repo, &kernel);
    }
    prepare_modules(repo, &kernel, &headers)?;
    shell.set_var("KLP_TEST_OBJTOOL", headers.objtool());
    if series.scope == Scope::All {
        step("tests that need no kernel");
        cmd!(shell, "cargo test --quiet --workspace")
            .quiet()
            .run()?;
    }
    step(&format!("tests on Linux {}", kernel.release));
    match series.scope {
        Scope::All => ignored(repo, "-p klp-link -p cargo-klp -p ui-tests --test *", ""),
        _ => {
            ignored(repo, "-p klp-link --test *", "")?;
            ignored(repo, "-p cargo-klp --test vm --test transcripts", "")
        }
    }
}

/// Tells tests of a kernel.
fn name(repo: &Repo, kernel: &Kernel) {
    repo.shell.set_var("KLP_TEST_HOME", repo.home.path());
    repo.shell.set_var("KLP_TEST_VMLINUZ", &kernel.image);
}

/// Builds the modules in C, the examples and klp.ko, and tells tests of them.
pub fn prepare_modules(repo: &Repo, kernel: &Kernel, headers: &Headers) -> Result<()> {
    name(repo, kernel);
    let shell = &repo.shell;
    targets::build(repo, kernel, headers)?;
    targets::kbuild(repo, headers, &repo.examples().join("in-c"))?;
    step("building the examples");
    repo.build_examples()?;
    let module = repo.examples().join("targets/klp_target.ko");
    shell.set_var("KLP_TEST_MODULE", module);
    let soak = soak::build(repo, kernel, headers)?;
    shell.set_var("KLP_TEST_SOAK", env::join_paths(soak)?);
    Ok(())
}

/// The tests for a kernel that no module in C can be built for.
fn on_kernel_alone(repo: &Repo, kernel: &Kernel) -> Result<()> {
    step("building the examples");
    for name in KERNEL_ONLY.iter().flat_map(|(_, crates)| *crates) {
        repo.build_example(name)?;
        repo.build_for_core(name)?;
    }
    step(&format!(
        "tests on Linux {}, without target modules",
        kernel.release
    ));
    ignored(repo, "-p klp-link --test *", "")?;
    ignored(repo, "-p cargo-klp --test vm", "")?;
    for (example, _) in KERNEL_ONLY {
        for core in ["", "-on-klp"] {
            let trials = format!("{example}{core}/");
            ignored(repo, "-p cargo-klp --test transcripts", &trials)?;
        }
    }
    Ok(())
}

/// Runs tests that need a kernel: programs as arguments of `cargo test`, and a part of the names.
pub fn ignored(repo: &Repo, programs: &str, name: &str) -> Result<()> {
    let shell = &repo.shell;
    let programs = programs.split_whitespace();
    let name = name.split_whitespace();
    cmd!(
        shell,
        "cargo test --release {programs...} -- --ignored --test-threads 2 {name...}"
    )
    .quiet()
    .run()?;
    Ok(())
}
