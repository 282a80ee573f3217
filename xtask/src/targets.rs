// SPDX-License-Identifier: GPL-2.0-only
//! The C modules that the examples patch, built by Kbuild. Tests only: patches need none of this.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cargo_klp::fetch;
use cargo_klp::kernels::{self, Kernel};
use xshell::cmd;

use crate::packages::{self, RUN, TEST};
use crate::repo::{Repo, step};
use crate::series::{Scope, Series};

/// The target modules, as `examples/targets/Kbuild` names them.
const MODULES: [&str; 7] = [
    "klp_shadow_mod",
    "klp_sta",
    "klp_target",
    "klp_tcp",
    "klp_virtio_net",
    "livepatch_callbacks_mod",
    "livepatch_callbacks_busymod",
];

/// The kernel's build tree, as far as modules in C need it.
pub struct Headers {
    build: PathBuf,
}

/// Headers packages, unpacked side by side.
struct Packages<'a> {
    /// The tree's root.
    root: PathBuf,
    release: &'a str,
    suite: Option<&'static str>,
}

/// Has all that working with modules in C takes: programs, klp's tools, a kernel, its headers.
pub fn prepare(repo: &Repo, series: &Series) -> Result<(Kernel, Headers)> {
    packages::ensure(&repo.shell, &[&RUN[..], &TEST[..]].concat())?;
    repo.build_tools()?;
    let kernel = repo.choose_kernel(series)?;
    let headers = Headers::fetch(repo, &kernel, series.suite)?;
    Ok((kernel, headers))
}

/// As [`prepare`], for what cannot do without modules in C.
pub fn prepare_for_modules(repo: &Repo, series: &Series) -> Result<(Kernel, Headers)> {
    ensure!(
        series.scope != Scope::WithoutTargets,
        "no module in C can be built here for Linux {}",
        series.name
    );
    prepare(repo, series)
}

impl Headers {
    /// Those of `kernel`, fetched when they are not there yet.
    pub fn fetch(repo: &Repo, kernel: &Kernel, suite: Option<&'static str>) -> Result<Self> {
        let release = &kernel.release;
        let root = repo.home.path().join("headers").join(release);
        let build = format!("usr/src/linux-headers-{release}");
        let headers = Self::of_tree(root.join(build));
        if !root.exists() {
            step(&format!("fetching the headers of {release} for C modules"));
            let packages = Packages {
                root,
                release,
                suite,
            };
            packages.unpack(repo)?;
        }
        Ok(headers)
    }

    /// The tree that a kernel was built in.
    pub const fn of_tree(build: PathBuf) -> Self {
        Self { build }
    }

    /// Where Kbuild starts.
    pub fn build(&self) -> &Path {
        &self.build
    }

    /// CRCs of the kernel's exports, as the kernel's own build knows them.
    pub fn symvers(&self) -> PathBuf {
        self.build.join("Module.symvers")
    }

    /// The kernel's objtool.
    pub fn objtool(&self) -> PathBuf {
        self.build.join("tools/objtool/objtool")
    }
}

impl Packages<'_> {
    fn unpack(&self, repo: &Repo) -> Result<()> {
        let parent = self.root.parent().context("the tree has a parent")?;
        fs::create_dir_all(parent)?;
        let staging = tempfile::tempdir_in(parent)?;
        let flavour = format!("linux-headers-{}", self.release);
        let common = flavour.replace("-cloud-amd64", "-common");
        for package in [&flavour, &common] {
            self.copy(repo, package, staging.path())?;
        }
        let scripts = staging
            .path()
            .join("usr/src")
            .join(&flavour)
            .join("scripts");
        let kbuild = fs::read_link(&scripts)?;
        let kbuild = kbuild
            .parent()
            .and_then(Path::file_name)
            .context("scripts are a link")?;
        self.copy(repo, &kbuild.to_string_lossy(), staging.path())?;
        self.relocate(staging.path(), &flavour)?;
        fs::rename(staging.keep(), &self.root)?;
        Ok(())
    }

    fn copy(&self, repo: &Repo, package: &str, to: &Path) -> Result<()> {
        let package = fetch::fetch_package(package, self.suite, &repo.home.downloads())?;
        let (shell, from) = (&repo.shell, package.root.join("."));
        cmd!(shell, "cp -a {from} {to}").quiet().run()?;
        Ok(())
    }

    /// The packages expect to lie in /usr/src.
    fn relocate(&self, staging: &Path, flavour: &str) -> Result<()> {
        let makefile = staging.join("usr/src").join(flavour).join("Makefile");
        let text = fs::read_to_string(&makefile)?;
        let here = self.root.join("usr/src");
        fs::write(&makefile, text.replace("/usr/src", &here.to_string_lossy()))?;
        Ok(())
    }
}

/// Builds the target modules and adds them to the kernel's profile.
pub fn build(repo: &Repo, kernel: &Kernel, headers: &Headers) -> Result<()> {
    step("building the examples' target modules with Kbuild");
    build_in(
        repo,
        kernel,
        headers,
        &repo.examples().join("targets"),
        &MODULES,
    )?;
    Ok(())
}

/// Builds modules in a folder, adds them to the kernel's profile, and gives their files.
pub fn build_in(
    repo: &Repo,
    kernel: &Kernel,
    headers: &Headers,
    folder: &Path,
    names: &[&str],
) -> Result<Vec<PathBuf>> {
    kbuild(repo, headers, folder)?;
    let file = |name: &&str| folder.join(format!("{name}.ko"));
    let modules: Vec<_> = names.iter().map(file).collect();
    for module in &modules {
        add_types(repo, kernel, module)?;
    }
    kernels::add_modules(kernel, &modules)?;
    Ok(modules)
}

/// Gives a module its type information, as Kbuild does where the headers come with a `vmlinux`;
/// those of 6.1 do not.
fn add_types(repo: &Repo, kernel: &Kernel, module: &Path) -> Result<()> {
    let (shell, base) = (&repo.shell, kernel.btf.join("vmlinux"));
    cmd!(shell, "pahole --btf_encode --btf_base {base} {module}")
        .env("LLVM_OBJCOPY", "objcopy")
        .quiet()
        .run()?;
    Ok(())
}

/// Builds the modules in `folder`.
pub fn kbuild(repo: &Repo, headers: &Headers, folder: &Path) -> Result<()> {
    let (shell, build) = (&repo.shell, headers.build());
    let make = cmd!(shell, "make -s -C {build} M={folder} modules");
    let output = make.quiet().ignore_status().output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "Kbuild failed in {}:\n{told}",
        folder.display()
    );
    Ok(())
}
