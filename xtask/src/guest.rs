// SPDX-License-Identifier: GPL-2.0-only
//! What a booted kernel says of itself: the oracle for the profile reader.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_klp::fetch;
use cargo_klp::kernels::Kernel;
use cargo_klp::vm::{Scenario, Vm};
use xshell::cmd;

use crate::repo::{Repo, step};

/// What is taken out of the guest.
const FILES: [(&str, &str); 3] = [
    ("/proc/kallsyms", "kallsyms"),
    (
        "/sys/kernel/tracing/available_filter_functions",
        "available_filter_functions",
    ),
    ("/sys/kernel/btf/vmlinux", "btf_vmlinux"),
];

/// Stock modules that are loaded first, so that modules' symbols can be compared as well; they
/// need no others.
const MODULES: [&str; 2] = ["drivers/net/veth.ko", "net/vmw_vsock/vsock.ko"];

/// The folder of the kernel's own modules.
pub fn modules(repo: &Repo, kernel: &Kernel, suite: Option<&str>) -> Result<PathBuf> {
    let package = format!("linux-image-{}", kernel.release);
    let files = fetch::fetch_debian_kernel(Some(&package), suite, &repo.home.downloads())?;
    Ok(files.modules_dir.join("kernel"))
}

/// Boots the kernel and keeps what it says in a folder.
pub fn capture(repo: &Repo, kernel: &Kernel, modules: &Path) -> Result<PathBuf> {
    step("asking a booted kernel for its symbols, traceable functions and types");
    let folder = repo.home.path().join("guest").join(&kernel.release);
    fs::create_dir_all(&folder)?;
    let run = machine(repo, kernel, modules)?.run(&mut |_| {})?;
    for (_, name) in FILES {
        let bytes = run
            .captures
            .get(name)
            .with_context(|| format!("no {name} from the guest"))?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(folder)
}

fn machine(repo: &Repo, kernel: &Kernel, modules: &Path) -> Result<Vm> {
    let mut vm = repo.machine(kernel);
    vm.kaslr = false;
    let mut scenario = Scenario::new();
    for module in MODULES {
        let name = module.rsplit('/').next().unwrap_or(module);
        vm.files
            .push((unpacked(repo, &modules.join(module))?, name.into()));
        scenario = scenario.step(format!("insmod {name}"));
    }
    vm.scenario = FILES.iter().fold(scenario, |scenario, (path, name)| {
        scenario.step(format!("capture {path} {name}"))
    });
    Ok(vm)
}

/// The module file, which may be there only in compressed form.
fn unpacked(repo: &Repo, module: &Path) -> Result<PathBuf> {
    let compressed = module.with_extension("ko.xz");
    if !module.exists() && compressed.exists() {
        let shell = &repo.shell;
        cmd!(shell, "xz --decompress --keep {compressed}")
            .quiet()
            .run()?;
    }
    Ok(module.to_owned())
}
