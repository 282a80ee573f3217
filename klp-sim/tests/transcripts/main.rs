// SPDX-License-Identifier: GPL-2.0-only
//! The transcripts of examples, which the real kernel prints, played in the simulated one: the
//! engine prints the same lines in the same order, those for debugging included.
//!
//! Only the engine is the real thing here. What the examples' modules and callbacks do is written
//! down once more: [`modules`], [`effects`].

mod catalog;
mod effects;
mod guest;
mod modules;
mod shell;

use cargo_klp::vm::Run;
use cargo_klp::vm::transcript::{Transcript, compare};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn callbacks() {
    play_all("callbacks");
}

#[test]
fn cumulative() {
    play_all("cumulative");
}

fn play_all(example: &str) {
    let transcripts = transcripts(example);
    assert!(!transcripts.is_empty(), "{example} has no transcripts");
    for path in transcripts {
        for debug in [true, false] {
            if let Err(error) = play(&path, debug) {
                panic!("{}: {error}", path.display());
            }
        }
    }
}

fn transcripts(example: &str) -> Vec<PathBuf> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folder = examples.join(example).join("transcripts");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn play(path: &Path, debug: bool) -> Result<(), Box<dyn Error>> {
    let transcript = Transcript::parse(&fs::read_to_string(path)?)?;
    let mut guest = guest::Guest::boot(debug);
    let steps = transcript.scenario().steps;
    let run = Run {
        steps: steps.iter().map(|step| guest.step(step)).collect(),
        livepatch_debug: debug,
        ..Run::default()
    };
    compare(&transcript, &run)?;
    guest
        .shut_down()
        .map_or(Ok(()), |violation| Err(violation.into()))
}
