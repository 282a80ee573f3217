// SPDX-License-Identifier: GPL-2.0-only
//! The tables of `examples/*/README.md` that compare lines of Rust and of C say what is there.
//!
//! A number that links to a file is that file's count of lines, without blank lines and comments;
//! several of them in one cell have their sum behind a `=`. A number without a link counts a file of
//! the kernel's own, which is not here. In no row is the Rust longer than the C.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a table begins with.
const HEAD: &str = "| lines of code | Rust | C |";

#[test]
fn tables_say_what_is_there() {
    let wrong: Vec<_> = readmes().iter().flat_map(|readme| check(readme)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_source_is_counted() {
    let counted: BTreeSet<_> = readmes().iter().flat_map(|readme| linked(readme)).collect();
    let sources = sources(&examples());
    let uncounted: Vec<_> = sources.difference(&counted).collect();
    assert!(uncounted.is_empty(), "in no README's table: {uncounted:?}");
}

#[test]
fn neither_blank_lines_nor_comments_count() {
    let rust = "//! What.\n\n/// A `*`.\nconst A: &str = \"/*\"; // one\n    // No.\nfn f() {}\n";
    assert_eq!(lines(rust), 2);
    let c = "/* One. */\n/*\n * Two.\n\n */\nint a; /* one */\n\n\t/* No. */\n\t*b = 1;\n#endif\n";
    assert_eq!(lines(c), 3);
}

/// The file's mistakes.
fn check(readme: &Path) -> Vec<String> {
    let text = fs::read_to_string(readme).unwrap_or_default();
    let rows: Vec<_> = rows(&text).collect();
    let mut wrong: Vec<_> = rows
        .iter()
        .flat_map(|row| [row.rust, row.c])
        .flat_map(|cell| check_cell(cell, readme))
        .collect();
    if rows.is_empty() {
        wrong.push(format!("no `{HEAD}`"));
    }
    for row in rows {
        if total(row.c).is_some_and(|c| total(row.rust).is_none_or(|rust| rust > c)) {
            wrong.push(format!("more Rust than C in `{}`", row.name));
        }
    }
    let place = |mistake| format!("{}: {mistake}", readme.display());
    wrong.into_iter().map(place).collect()
}

/// A row of the table.
struct Row<'a> {
    name: &'a str,
    rust: &'a str,
    c: &'a str,
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let table = text.lines().skip_while(|line| *line != HEAD).skip(2);
    let table = table.take_while(|line| line.starts_with('|'));
    table.filter_map(|line| match line.split('|').collect::<Vec<_>>()[..] {
        [_, name, rust, c, _] => Some(Row { name, rust, c }),
        _ => None,
    })
}

/// The numbers of a cell that are wrong.
fn check_cell(cell: &str, readme: &Path) -> Vec<String> {
    let links: Vec<_> = links(cell).collect();
    let mut wrong = Vec::new();
    let mut sum = 0;
    for (number, file) in &links {
        let counted = count(&beside(readme, file));
        sum += counted;
        if *number != counted {
            wrong.push(format!("{file} has {counted} lines, not {number}"));
        }
    }
    if !links.is_empty() && total(cell) != Some(sum) {
        wrong.push(format!("`{}` is {sum}", cell.trim()));
    }
    wrong
}

/// The `[NUMBER](FILE)` of a cell.
fn links(cell: &str) -> impl Iterator<Item = (usize, &str)> {
    cell.split('[').skip(1).filter_map(|link| {
        let (number, rest) = link.split_once("](")?;
        let (file, _) = rest.split_once(')')?;
        Some((number.parse().ok()?, file))
    })
}

/// What is behind the `=`, or else the first number.
fn total(cell: &str) -> Option<usize> {
    let cell = cell.split_once('=').map_or(cell, |(_, sum)| sum);
    let mut numbers = cell.split(|character: char| !character.is_ascii_digit());
    numbers.find_map(|number| number.parse().ok())
}

fn count(file: &Path) -> usize {
    fs::read_to_string(file).map_or(0, |text| lines(&text))
}

/// Lines that are neither blank nor comments.
fn lines(text: &str) -> usize {
    let mut in_comment = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let starts = line.starts_with("/*");
        let was_in_comment = in_comment || starts;
        in_comment = was_in_comment && !line.ends_with("*/");
        !(was_in_comment || line.is_empty() || line.starts_with("//"))
    };
    text.lines().filter(is_code).count()
}

/// The files that a README counts.
fn linked(readme: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(readme).unwrap_or_default();
    let cells = rows(&text).flat_map(|row| [row.rust, row.c]);
    let files = cells.flat_map(links).map(|(_, file)| beside(readme, file));
    files.filter_map(|file| file.canonicalize().ok()).collect()
}

/// The sources of patches below a folder, in Rust and in C.
fn sources(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let of_kbuild = name.ends_with(".mod.c");
        if path.is_dir() && !["target", "targets"].contains(&&*name) {
            found.extend(sources(&path));
        } else if (name.ends_with(".rs") || name.ends_with(".c")) && !of_kbuild {
            found.extend(path.canonicalize());
        }
    }
    found
}

fn readmes() -> Vec<PathBuf> {
    let folders = entries(&examples()).into_iter();
    let folders = folders.filter(|folder| folder.join("transcripts").is_dir());
    folders.map(|folder| folder.join("README.md")).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn beside(readme: &Path, file: &str) -> PathBuf {
    readme.with_file_name(file)
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}
