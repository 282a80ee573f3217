// SPDX-License-Identifier: GPL-2.0-only
//! This checkout: its folders, its tools, its kernel.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_klp::cores::{CORE_VARIABLE, Core};
use cargo_klp::home::Home;
use cargo_klp::kernels::{self, Kernel};
use cargo_klp::vm::Vm;
use xshell::{Shell, cmd};

use crate::series::Series;

/// This checkout.
pub struct Repo {
    /// A shell in its root.
    pub shell: Shell,
    /// Its root.
    pub root: PathBuf,
    /// Where kernels and the core library are kept; examples/.cargo/config.toml names it too.
    pub home: Home,
}

impl Repo {
    /// The checkout that this program was built from, with the kernels in `target/klp`.
    pub fn here() -> Result<Self> {
        Self::with_kernels_in("target/klp")
    }

    /// The same with the kernels in another folder.
    pub fn with_kernels_in(folder: &str) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = root
            .parent()
            .context("xtask lies in the checkout")?
            .to_owned();
        let shell = Shell::new()?;
        shell.change_dir(&root);
        let home = Home::at(root.join(folder));
        shell.create_dir(home.path())?;
        shell.set_var("KLP_HOME", home.path());
        Ok(Self { shell, root, home })
    }

    /// The folder of the examples.
    pub fn examples(&self) -> PathBuf {
        self.root.join("examples")
    }

    /// Builds klp's tools as they would be installed.
    pub fn build_tools(&self) -> Result<()> {
        step("building klp's tools");
        let shell = &self.shell;
        cmd!(
            shell,
            "cargo build --quiet --release --package cargo-klp --bins"
        )
        .quiet()
        .run()?;
        Ok(())
    }

    /// The kernel of a series, fetched when there is none yet. From here on, patches are built for it.
    pub fn choose_kernel(&self, series: &Series) -> Result<Kernel> {
        let find = || kernels::find(&self.home, series.name, "--kernel");
        let shell = &self.shell;
        if find().is_err() {
            step(&format!("adding Debian's {} kernel", series.name));
            let (klp, name) = (self.tool("cargo-klp"), series.name);
            let suite = series.suite.iter().flat_map(|suite| ["--suite", *suite]);
            cmd!(shell, "{klp} klp kernel add {name} {suite...}")
                .quiet()
                .run()?;
        }
        let kernel = find()?;
        shell.set_var("KLP_KERNEL", &kernel.release);
        Ok(kernel)
    }

    /// One of klp's tools.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.root.join("target/release").join(name)
    }

    /// Builds klp's core, which then is kept beside the kernel's image.
    pub fn build_core(&self) -> Result<()> {
        step("building klp.ko");
        self.cargo_build(&self.root.join("klp-kernel/core"))
    }

    /// Builds all examples, for each core.
    pub fn build_examples(&self) -> Result<()> {
        let shell = &self.shell;
        let _folder = shell.push_dir(self.examples());
        for core in Core::ALL {
            let target = match core {
                Core::Builtin => "target",
                Core::Klp => "target/core-klp",
            };
            cmd!(
                shell,
                "cargo build --quiet --workspace --target-dir {target}"
            )
            .env(CORE_VARIABLE, core.name())
            .quiet()
            .run()?;
        }
        Ok(())
    }

    /// A virtual machine for `kernel`; its init is that of the tools built here.
    pub fn machine(&self, kernel: &Kernel) -> Vm {
        let mut vm = kernels::machine(kernel);
        vm.guest = Some(self.tool("klp-guest"));
        vm
    }

    /// Builds an example as its user would: plain `cargo build` in its folder.
    pub fn build_example(&self, name: &str) -> Result<()> {
        self.cargo_build(&self.examples().join(name))
    }

    /// Builds an example, or all of them, for klp's core, into a target folder of its own.
    pub fn build_for_core(&self, name: &str) -> Result<()> {
        let target = self.examples().join("target/core-klp");
        self.cargo_build_for(&self.examples().join(name), Core::Klp, &target)
    }

    /// `cargo build` of patches for a core, into a target folder of its own.
    pub fn cargo_build_for(&self, folder: &Path, core: Core, target: &Path) -> Result<()> {
        let shell = &self.shell;
        let _folder = shell.push_dir(folder);
        cmd!(shell, "cargo build --quiet --target-dir {target}")
            .env(CORE_VARIABLE, core.name())
            .quiet()
            .run()?;
        Ok(())
    }

    /// Plain `cargo build`.
    pub fn cargo_build(&self, folder: &Path) -> Result<()> {
        let shell = &self.shell;
        let _folder = shell.push_dir(folder);
        cmd!(shell, "cargo build --quiet").quiet().run()?;
        Ok(())
    }
}

/// Says what comes next.
pub fn step(what: &str) {
    println!("==> {what}");
}
