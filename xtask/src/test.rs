// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask test`: everything, the real kernel included.

use anyhow::Result;
use xshell::cmd;

use crate::packages::{self, RUN, TEST};
use crate::repo::{Repo, step};
use crate::targets::{self, Headers};

/// The examples, in the order in which they are read best.
const EXAMPLES: [&str; 5] = ["cmdline", "meminfo", "module-func", "callbacks", "taskinfo"];

/// Builds what tests need, then runs first those that need no kernel, then all others.
pub fn run(repo: &Repo) -> Result<()> {
    packages::ensure(&repo.shell, &[&RUN[..], &TEST[..]].concat())?;
    repo.build_tools()?;
    let kernel = repo.kernel()?;
    let headers = Headers::fetch(repo, &kernel)?;
    targets::build(repo, &kernel, &headers)?;
    step("building the examples");
    for example in EXAMPLES {
        repo.build_example(example)?;
    }
    let shell = &repo.shell;
    shell.set_var("KLP_TEST_HOME", repo.home.path());
    shell.set_var("KLP_TEST_VMLINUZ", &kernel.image);
    shell.set_var("KLP_TEST_SYMVERS", headers.symvers());
    shell.set_var("KLP_TEST_OBJTOOL", headers.objtool());
    step("tests that need no kernel");
    cmd!(shell, "cargo test --quiet --workspace")
        .quiet()
        .run()?;
    step("tests on the real kernel");
    cmd!(
        shell,
        "cargo test --release -p klp-link -p cargo-klp -p ui-tests --tests -- --ignored --test-threads 2"
    )
    .quiet()
    .run()?;
    Ok(())
}
