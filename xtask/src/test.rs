// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask test`: everything, the real kernel included.

use anyhow::Result;
use xshell::cmd;

use crate::guest;
use crate::packages::{self, RUN, TEST};
use crate::repo::{Repo, step};
use crate::targets::{self, Headers};

/// Builds what tests need, then runs first those that need no kernel, then all others.
pub fn run(repo: &Repo) -> Result<()> {
    packages::ensure(&repo.shell, &[&RUN[..], &TEST[..]].concat())?;
    repo.build_tools()?;
    let kernel = repo.kernel()?;
    let headers = Headers::fetch(repo, &kernel)?;
    targets::build(repo, &kernel, &headers)?;
    targets::kbuild(repo, &headers, &repo.examples().join("in-c"))?;
    let modules = guest::modules(repo, &kernel)?;
    let captured = guest::capture(repo, &kernel, &modules)?;
    step("building the examples");
    repo.build_examples()?;
    let shell = &repo.shell;
    shell.set_var("KLP_TEST_HOME", repo.home.path());
    shell.set_var("KLP_TEST_VMLINUZ", &kernel.image);
    shell.set_var("KLP_TEST_MODULES", &modules);
    shell.set_var("KLP_TEST_GUEST", &captured);
    shell.set_var("KLP_TEST_SYMVERS", headers.symvers());
    shell.set_var("KLP_TEST_OBJTOOL", headers.objtool());
    step("tests that need no kernel");
    cmd!(shell, "cargo test --quiet --workspace")
        .quiet()
        .run()?;
    step("tests on the real kernel");
    cmd!(
        shell,
        "cargo test --release -p klp-link -p cargo-klp --test * -- --ignored --test-threads 2"
    )
    .quiet()
    .run()?;
    Ok(())
}
