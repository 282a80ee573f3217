// SPDX-License-Identifier: GPL-2.0-only
//! Every `examples/*/transcripts/*.txt`, played on the real kernel and compared line by line.
//!
//! `KLP_TEST_HOME` names a klp folder with the kernel; the examples and their target modules have
//! been built (`cargo xtask test` does all of it). Adding a case is adding a file.
//!
//! Each is played on the kernel's own core and on klp's. Where patches of a transcript are also there
//! without klp, in `examples/in-c`, it is played again with those: what READMEs compare does the same.
//! A transcript leaves nothing loaded, so that klp's core can be removed at its end.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cargo_klp::home::Home;
use cargo_klp::kernels;
use cargo_klp::vm::Scenario;
use cargo_klp::vm::transcript::{Transcript, compare};
use libtest_mimic::{Arguments, Failed, Trial};

/// A transcript's comment: what it shows takes two processors. From 6.4 on, under QEMU's emulator,
/// that is the risk which `kernels::machine` avoids; in 40 runs on an idle 6.12 guest none hit it.
const TWO_PROCESSORS: &str = "# Takes two processors.";

/// The patches that a transcript is played with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patches {
    /// Built for the kernel's own core.
    Builtin,
    /// Built for klp's core.
    OnKlp,
    /// Those that `examples/in-c` has, at least; for the kernel's own core.
    InC,
}

impl Patches {
    const ALL: [Self; 3] = [Self::Builtin, Self::OnKlp, Self::InC];

    /// What names of examples end in.
    fn suffix(self) -> &'static str {
        match self {
            Self::Builtin => "",
            Self::OnKlp => "-on-klp",
            Self::InC => "-in-c",
        }
    }

    /// Folders of modules. What is found in a later one stands for what is in an earlier one.
    fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Builtin => &["targets", BUILTIN],
            Self::OnKlp => &["targets", "target/core-klp/x86_64-unknown-none/debug"],
            Self::InC => &["targets", BUILTIN, "in-c"],
        }
    }
}

/// Where the examples are built for the kernel's own core.
const BUILTIN: &str = "target/x86_64-unknown-none/debug";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let home = env::var_os("KLP_TEST_HOME");
    let trials = transcripts()
        .into_iter()
        .flat_map(|path| Patches::ALL.map(|patches| (path.clone(), patches)))
        .filter(|(path, patches)| *patches != Patches::InC || any_in_c(path))
        .map(|(path, patches)| {
            let home = home.clone();
            let name = name(&path, patches);
            let trial = Trial::test(name, move || play(&path, patches, home.as_deref()));
            trial.with_ignored_flag(true)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn transcripts() -> Vec<PathBuf> {
    let examples = entries(&examples());
    let paths = examples
        .iter()
        .flat_map(|example| entries(&example.join("transcripts")));
    paths
        .filter(|path| path.extension() == Some(OsStr::new("txt")))
        .collect()
}

/// Whether any of the patches is there in C.
fn any_in_c(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    let transcript = Transcript::parse(&text);
    transcript.is_ok_and(|transcript| {
        loaded(&transcript).any(|file| {
            let source = examples().join("in-c").join(file).with_extension("c");
            source.exists()
        })
    })
}

/// `EXAMPLE/TRANSCRIPT`, or `EXAMPLE-on-klp/TRANSCRIPT`, or `EXAMPLE-in-c/TRANSCRIPT`.
fn name(path: &Path, patches: Patches) -> String {
    let part = |path: Option<&Path>| {
        let stem = path.and_then(Path::file_stem).unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    let example = path.parent().and_then(Path::parent);
    let suffix = patches.suffix();
    format!("{}{suffix}/{}", part(example), part(Some(path)))
}

fn play(path: &Path, patches: Patches, home: Option<&OsStr>) -> Result<(), Failed> {
    let home = home.ok_or("KLP_TEST_HOME is not set: run `cargo xtask test`")?;
    let kernel = kernels::selected(&Home::at(home), None)?;
    let text = fs::read_to_string(path)?;
    let transcript = Transcript::parse(&text)?;
    let mut vm = kernels::machine(&kernel);
    if text.lines().any(|line| line == TWO_PROCESSORS) {
        vm.cpus = 2;
    }
    vm.livepatch_debug = true;
    vm.files = files(&transcript, patches)?;
    let transcript = if patches == Patches::OnKlp {
        vm.files.push((kernel.core.clone(), CORE.into()));
        transcript.on_klp()
    } else {
        transcript
    };
    vm.scenario = scenario(&transcript, patches);
    let run = vm.run(&mut |_| {})?;
    compare(&transcript, &run).map_err(Failed::from)
}

/// klp's core, as the guest has it.
const CORE: &str = "klp.ko";

/// The scenario that should print the transcript. What fails of the rest is a difference as well.
fn scenario(transcript: &Transcript, patches: Patches) -> Scenario {
    let scenario = transcript.scenario();
    if patches != Patches::OnKlp {
        return scenario;
    }
    let mut whole = Scenario::new().quiet(format!("insmod {CORE} debug=1"));
    whole.steps.extend(scenario.steps);
    whole.quiet("rmmod klp")
}

/// The files that the transcript loads.
fn loaded(transcript: &Transcript) -> impl Iterator<Item = &str> {
    transcript.steps.iter().filter_map(|step| {
        let arguments = step.command.strip_prefix("insmod ")?;
        arguments.split_whitespace().next()
    })
}

/// The modules that the transcript loads, from where they were built.
fn files(transcript: &Transcript, patches: Patches) -> Result<Vec<(PathBuf, PathBuf)>, Failed> {
    let built: BTreeMap<_, _> = patches
        .folders()
        .iter()
        .flat_map(|folder| entries(&examples().join(folder)))
        .filter_map(|path| Some((path.file_name()?.to_owned(), path)))
        .collect();
    loaded(transcript)
        .map(|file| {
            let path = built.get(OsStr::new(file));
            let path = path.ok_or_else(|| format!("{file} has not been built"))?;
            Ok((path.clone(), file.into()))
        })
        .collect()
}
