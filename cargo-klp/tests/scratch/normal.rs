// SPDX-License-Identifier: GPL-2.0-only
//! Makes diagnostics comparable: what differs between machines and kernels gets a name.

use std::path::Path;

/// Texts and what is written for them.
#[derive(Default)]
pub struct Normaliser(Vec<(String, &'static str)>);

/// How lines start that say what cargo does, not what is wrong.
const PROGRESS: [&str; 7] = [
    "Adding ",
    "Compiling ",
    "Blocking ",
    "Building ",
    "Finished ",
    "Locking ",
    "klp: ",
];

/// How many digits a build-id has.
const BUILD_ID: usize = 40;

impl Normaliser {
    /// Writes `name` for `text`.
    pub fn replace(mut self, text: impl AsRef<Path>, name: &'static str) -> Self {
        let text = text.as_ref().to_string_lossy().into_owned();
        self.0.push((text, name));
        self
    }

    /// The diagnostics in what cargo printed.
    pub fn apply(&self, stderr: &[u8]) -> String {
        let text = String::from_utf8_lossy(stderr);
        let lines = text.lines().filter(|line| !is_progress(line));
        let lines: Vec<_> = lines.map(|line| self.line(line)).collect();
        lines.join("\n").trim().to_owned() + "\n"
    }

    fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (text, name) in &self.0 {
            line = line.replace(text, name);
        }
        without_build_ids(&without_numbers(&line))
            .trim_end()
            .to_owned()
    }
}

fn is_progress(line: &str) -> bool {
    let line = line.trim_start();
    PROGRESS.iter().any(|start| line.starts_with(start))
}

/// `$ADDR` for kernel addresses, `$SIZE` for what follows them in a list of candidates.
fn without_numbers(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("0xffffffff") {
        out.push_str(before);
        out.push_str("$ADDR");
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        if let Some(size) = rest.strip_prefix(", ") {
            let size = size.trim_start_matches(|c: char| c.is_ascii_digit());
            if size.starts_with(" bytes") {
                out.push_str(", $SIZE");
                rest = size;
            }
        }
    }
    out + rest
}

/// `$BUILD_ID` for what looks like one.
fn without_build_ids(line: &str) -> String {
    let words = line.split_inclusive(|c: char| !c.is_ascii_hexdigit());
    let words = words.map(|word| {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        match digits.len() {
            BUILD_ID => word.replacen(digits, "$BUILD_ID", 1),
            _ => word.to_owned(),
        }
    });
    words.collect()
}
