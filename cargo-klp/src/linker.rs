// SPDX-License-Identifier: GPL-2.0-only
//! `klp-ld`: what rustc calls instead of a linker.
//!
//! The linker proper joins the objects, klp's link step makes a module of the result. The module
//! goes to where rustc wants its output, and once more beside cargo's own output as `NAME.ko`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use annotate_snippets::Renderer;
use klp_link::link::{self, Diagnostic, Input, LINKER_SCRIPT, Level, Linked, ModuleKind};

use crate::error::{Error, Result};
use crate::home::Home;
use crate::kernels::{self, write_atomically};
use crate::manifest::Manifest;
use crate::report;

/// Names the file that diagnostics go to in rustc's JSON form; set by `klp-rustc`.
pub const DIAGNOSTICS_VARIABLE: &str = "KLP_DIAGNOSTICS";

/// What rustc wants linked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Job {
    inputs: Vec<OsString>,
    output: Option<PathBuf>,
}

/// Links as rustc's arguments say; the result is the exit code.
///
/// # Errors
///
/// When the diagnostics cannot be handed on.
pub fn run(arguments: &[OsString]) -> Result<i32> {
    let root = env::current_dir().map_err(Error::io("find", "the current folder"))?;
    let diagnostics = match link(arguments, &root) {
        Ok(diagnostics) => diagnostics,
        Err(error) => vec![Diagnostic::from(&error)],
    };
    tell(&diagnostics, &root)?;
    let refused = diagnostics.iter().any(|one| one.level == Level::Error);
    Ok(i32::from(refused))
}

/// Links, and says what is wrong with the patch.
fn link(arguments: &[OsString], root: &Path) -> Result<Vec<Diagnostic>> {
    let job = Job::parse(arguments);
    let output = job.output.clone().ok_or(Error::NotByCargo {
        tool: "klp-ld",
        missing: "-o",
    })?;
    let module = env::var("CARGO_CRATE_NAME").map_err(|_| Error::NotByCargo {
        tool: "klp-ld",
        missing: "CARGO_CRATE_NAME",
    })?;
    let home = Home::find()?;
    let manifest = Manifest::of_cargo()?;
    let kernel = kernels::selected(&home, manifest.kernel.as_deref())?;
    let profile = kernels::open(&kernel)?;
    if !job.has_patch() {
        return Ok(vec![link::no_patch()]);
    }
    let object = join(&job)?;
    let input = Input {
        object: &object,
        module: &module,
        core: manifest.core()?.into(),
        source_root: &root.to_string_lossy(),
    };
    match link::link(input, &profile) {
        Ok(linked) => {
            place(&linked, &module, &output)?;
            if manifest.provides_core {
                keep(&linked, &module, &home.kernel(&kernel.release))?;
            }
            Ok(linked.warnings)
        }
        Err(diagnostics) => Ok(diagnostics),
    }
}

impl Job {
    fn parse(arguments: &[OsString]) -> Self {
        let mut job = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.to_str() {
                Some("-o") => job.output = rest.next().map(PathBuf::from),
                Some("-L" | "-z" | "-flavor" | "-m") => drop(rest.next()),
                Some(option) if option.starts_with('-') => {}
                // The symbols.o that rustc makes keeps exported symbols alive for executables; a
                // module's roots are its init and exit functions and its record.
                Some(path) if path.ends_with("/symbols.o") => {}
                _ => job.inputs.push(argument.clone()),
            }
        }
        job
    }

    /// Whether one of the crate's own objects has the record of a patch: without it, the linker
    /// has nothing to start from.
    fn has_patch(&self) -> bool {
        let objects = self.inputs.iter().map(Path::new);
        objects
            .filter(|path| path.extension().is_some_and(|extension| extension == "o"))
            .any(|path| fs::read(path).is_ok_and(|object| link::is_patch(&object)))
    }
}

/// The relocatable object of all inputs.
fn join(job: &Job) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().map_err(Error::io("create", env::temp_dir()))?;
    let script = folder.path().join("klp.lds");
    let object = folder.path().join("joined.o");
    fs::write(&script, LINKER_SCRIPT).map_err(Error::io("write", &script))?;
    let result = Command::new("ld")
        .args(link::linker_arguments())
        .arg("-T")
        .arg(&script)
        .arg("-o")
        .arg(&object)
        .args(&job.inputs)
        .output()
        .map_err(|source| Error::Program {
            program: "ld".into(),
            source,
            install: "apt-get install binutils",
        })?;
    if !result.status.success() {
        return Err(Error::Linker {
            linker: "ld".into(),
            output: String::from_utf8_lossy(&result.stderr).into_owned(),
        });
    }
    fs::read(&object).map_err(Error::io("read", &object))
}

/// Writes the module where rustc wants it, and as `NAME.ko` (and `NAME.ko.debug`) beside the
/// program that cargo shows.
fn place(linked: &Linked, module: &str, output: &Path) -> Result {
    let folder = output.parent().unwrap_or(Path::new("."));
    let shown = match folder.file_name() {
        Some(name) if name == "deps" => folder.parent().unwrap_or(folder),
        _ => folder,
    };
    write_atomically(&shown.join(format!("{module}.ko.debug")), &linked.debug)?;
    write_atomically(&shown.join(format!("{module}.ko")), &linked.module)?;
    write_atomically(output, &linked.module)
}

/// Puts a core beside the kernel that it was linked for, where runs of patches find it.
fn keep(linked: &Linked, module: &str, folder: &Path) -> Result {
    match linked.patch.kind {
        ModuleKind::Module => {
            write_atomically(&folder.join(format!("{module}.ko")), &linked.module)
        }
        ModuleKind::Patch => Ok(()),
    }
}

/// Hands the diagnostics to `klp-rustc`, or shows them when it is not there.
fn tell(diagnostics: &[Diagnostic], root: &Path) -> Result {
    let Some(path) = env::var_os(DIAGNOSTICS_VARIABLE) else {
        for diagnostic in diagnostics {
            eprintln!("{}", report::render(diagnostic, root, &Renderer::plain()));
        }
        return Ok(());
    };
    let mut file = fs::File::create(&path).map_err(Error::io("write", &path))?;
    for diagnostic in diagnostics {
        let message = report::to_json(diagnostic, root, &Renderer::styled());
        writeln!(file, "{message}").map_err(Error::io("write", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_told_from_options() {
        let arguments = [
            "-flavor",
            "gnu",
            "/tmp/rustc1/symbols.o",
            "a.o",
            "--as-needed",
            "-Bstatic",
            "b.rlib",
            "-L",
            "dir",
            "-z",
            "noexecstack",
            "-o",
            "out",
            "--gc-sections",
        ];
        let job = Job::parse(&arguments.map(OsString::from));
        assert_eq!(job.inputs, ["a.o", "b.rlib"]);
        assert_eq!(job.output, Some(PathBuf::from("out")));
    }
}
