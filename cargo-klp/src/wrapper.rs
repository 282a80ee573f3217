// SPDX-License-Identifier: GPL-2.0-only
//! `klp-rustc`: what cargo calls around every compiler (`build.rustc-wrapper`), clippy's as well.
//!
//! The compiler is the one that has the sources of core, whichever cargo would have taken. Crates for the kernel get the kernel's flags and core library; everything else (proc-macros,
//! build scripts, questions that cargo asks) goes through untouched.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use annotate_snippets::Renderer;
use klp_link::link::Diagnostic;
use serde_json::Value;

use crate::btf;
use crate::checks;
use crate::codes::Codes;
use crate::cores::CORE_VARIABLE;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::kernels::{self, KERNEL_VARIABLE, Kernel};
use crate::linker::DIAGNOSTICS_VARIABLE;
use crate::manifest::Manifest;
use crate::report;
use crate::sysroot::{self, KERNEL_FLAGS, TARGET};
use crate::toolchain::Toolchain;
use crate::versions;
use klp_types::BTF_VARIABLE;

/// Runs the compiler with cargo's arguments; the result is its exit code.
///
/// Where cargo wants diagnostics as JSON, an error of klp's own is one of them.
///
/// # Errors
///
/// When there is no compiler with sources, or core cannot be built.
pub fn run(arguments: &[OsString]) -> Result<i32> {
    let json = arguments
        .iter()
        .any(|argument| argument == "--error-format=json");
    match compile(arguments) {
        Err(error) if json => {
            let diagnostic = Diagnostic::from(&error);
            eprintln!(
                "{}",
                report::to_json(&diagnostic, Path::new("."), &Renderer::styled())
            );
            Ok(1)
        }
        result => result,
    }
}

fn compile(arguments: &[OsString]) -> Result<i32> {
    let (program, arguments) = arguments.split_first().ok_or(Error::NotByCargo {
        tool: "klp-rustc",
        missing: "a compiler",
    })?;
    let toolchain = Toolchain::find()?;
    let (mut rustc, arguments) = compiler(&toolchain, program, arguments)?;
    rustc.args(arguments);
    if arguments.iter().any(|argument| argument == "-vV") {
        let code = status(rustc)?;
        // cargo builds anew whatever was built by a compiler of another description.
        println!("klp: {}", sysroot::key(&toolchain)?);
        return Ok(code);
    }
    if option(arguments, "--target").is_none_or(|target| target != TARGET) {
        return status(rustc);
    }
    rustc.env("RUSTC_BOOTSTRAP", "1").args(KERNEL_FLAGS);
    if is_question(arguments) {
        return status(rustc);
    }
    let home = Home::find()?;
    rustc
        .arg("--sysroot")
        .arg(sysroot::ensure(&home, &toolchain)?);
    if !uses_klp(arguments) {
        return status(rustc);
    }
    let kernel = kernels::selected(&home, Manifest::of_cargo()?.kernel.as_deref())?;
    btf::ensure(&kernel)?;
    // The macros and the link step take the same, without choosing again.
    rustc.env(KERNEL_VARIABLE, &kernel.release);
    rustc.env_remove(BTF_VARIABLE);
    rustc.args(versions::arguments(&kernel.release));
    rustc.args(checks::arguments(&kernels::open(&kernel)?));
    let code = told(rustc)?;
    if code == 0 {
        depend_on_kernel(arguments, &home, &kernel)?;
    }
    Ok(code)
}

/// The compiler for what cargo called: rustc, or clippy's driver with rustc as its first argument.
fn compiler<'a>(
    toolchain: &Toolchain,
    program: &OsStr,
    arguments: &'a [OsString],
) -> Result<(Command, &'a [OsString])> {
    let is_clippy = Path::new(program).file_name() == Some(OsStr::new("clippy-driver"));
    match arguments.split_first() {
        Some((_rustc, arguments)) if is_clippy => {
            let mut clippy = Command::new(toolchain.clippy()?);
            clippy.arg(&toolchain.rustc);
            Ok((clippy, arguments))
        }
        _ => Ok((Command::new(&toolchain.rustc), arguments)),
    }
}

/// Whether a crate depends on the kernel that it is built for: those with klp's attributes do, and
/// klp-kernel itself, for its locks.
fn uses_klp(arguments: &[OsString]) -> bool {
    option(arguments, "--crate-name").is_some_and(|name| name == "klp_kernel")
        || arguments
            .iter()
            .any(|argument| argument.to_string_lossy().starts_with("klp_kernel="))
}

fn status(mut rustc: Command) -> Result<i32> {
    let program = PathBuf::from(rustc.get_program());
    let status = rustc.status().map_err(Error::io("run", program))?;
    Ok(status.code().unwrap_or(1))
}

/// Whether cargo only asks what the compiler would do.
fn is_question(arguments: &[OsString]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.to_string_lossy().starts_with("--print"))
}

/// The value of `name VALUE` or `name=VALUE`.
fn option<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    let inline = format!("{name}=");
    arguments.iter().enumerate().find_map(|(index, argument)| {
        if argument == name {
            return arguments.get(index + 1).map(OsString::as_os_str);
        }
        argument.to_str()?.strip_prefix(&inline).map(OsStr::new)
    })
}

/// Runs a compiler, and puts the link step's diagnostics in the place of rustc's "linking failed", so
/// that they look and act like any other error. Codes become rustc's, and are pointed out at the end.
fn told(mut rustc: Command) -> Result<i32> {
    let file = tempfile::NamedTempFile::new().map_err(Error::io("create", env::temp_dir()))?;
    rustc
        .env(DIAGNOSTICS_VARIABLE, file.path())
        .stderr(Stdio::piped());
    let program = PathBuf::from(rustc.get_program());
    let mut child = rustc.spawn().map_err(Error::io("run", &program))?;
    let mut codes = Codes::default();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line.map_err(Error::io("read from", &program))?;
            let line = String::from_utf8_lossy(&line);
            match is_linker_failure(&line) && is_filled(file.path()) {
                true => {}
                false => eprintln!("{}", codes.seen(&line)),
            }
        }
    }
    let status = child.wait().map_err(Error::io("run", &program))?;
    let diagnostics = fs::read_to_string(file.path()).unwrap_or_default();
    for line in diagnostics.lines() {
        eprintln!("{}", codes.seen(line));
    }
    if let Some(note) = codes.note() {
        eprintln!("{note}");
    }
    Ok(status.code().unwrap_or(1))
}

fn is_filled(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

fn is_linker_failure(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|message| {
        let text = message.get("message").and_then(Value::as_str);
        text.is_some_and(|text| text.starts_with("linking with"))
    })
}

/// Tells cargo that a patch is out of date when the kernel profile, the choice of it or the link
/// step changed: all are inputs of its `.ko`, though rustc never reads them.
fn depend_on_kernel(arguments: &[OsString], home: &Home, kernel: &Kernel) -> Result {
    let Some(path) = dep_info(arguments) else {
        return Ok(());
    };
    let inputs = inputs(home, kernel).into_iter();
    let inputs: String = inputs.map(|path| format!(" {}", escaped(&path))).collect();
    let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    // cargo believes the first rule of the file, and looks at variables named in comments.
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let choices = [KERNEL_VARIABLE, CORE_VARIABLE].map(env_dep).join("\n");
    let text = format!("{first}{inputs}\n{rest}\n{choices}\n");
    fs::write(&path, text).map_err(Error::io("write", &path))
}

/// The form in which rustc reports an environment variable that was read.
fn env_dep(variable: &str) -> String {
    match env::var(variable) {
        Ok(value) => format!("# env-dep:{variable}={value}"),
        Err(_) => format!("# env-dep:{variable}"),
    }
}

/// The files that decide which kernel a patch is built for, and what is built for it.
///
/// Not the folder of kernels: cargo would look at all that is in it.
fn inputs(home: &Home, kernel: &Kernel) -> Vec<PathBuf> {
    let manifest = env::var_os("CARGO_MANIFEST_PATH").map(PathBuf::from);
    let linker = env::current_exe().map(|exe| exe.with_file_name("klp-ld"));
    let files = [kernel.profile.clone(), home.default_kernel()].into_iter();
    let files = files.chain(manifest).chain(linker.ok());
    files.filter(|path| path.exists()).collect()
}

/// A path as make writes it.
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace(' ', "\\ ")
}

/// The dep-info file that rustc has just written.
fn dep_info(arguments: &[OsString]) -> Option<PathBuf> {
    let name = option(arguments, "--crate-name")?.to_str()?;
    let extra = arguments
        .iter()
        .find_map(|argument| argument.to_str()?.strip_prefix("extra-filename="))
        .unwrap_or("");
    let file = PathBuf::from(option(arguments, "--out-dir")?).join(format!("{name}{extra}.d"));
    file.is_file().then_some(file)
}
