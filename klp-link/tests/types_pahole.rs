// SPDX-License-Identifier: GPL-2.0-only
//! Layouts against pahole (package dwarves), a reader of its own: every named struct and union of
//! the kernel in `KLP_TEST_VMLINUZ`, each with its size and the place of every member.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::collections::BTreeMap;
use std::process::Command;

use klp_link::profile::Layout;

/// Offset in bits and, of a bit field, width.
type Place = (u64, Option<u32>);

/// What pahole says of one struct or union.
#[derive(Debug, Default, PartialEq, Eq)]
struct Printed {
    size: Option<u64>,
    members: Vec<(String, Place)>,
}

#[test]
#[ignore = "needs KLP_TEST_VMLINUZ and pahole"]
fn all_structs_are_where_pahole_says() {
    let profile = common::profile();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), profile.btf()).unwrap();
    let all = printed(&pahole(file.path()));
    let layout = Layout::new(profile.release(), profile.btf()).unwrap();
    let mut members = 0;
    let mut differences = Vec::new();
    for (name, printed) in &all {
        let ours = ours(&layout, name);
        members += ours.members.len();
        let whole: Vec<Printed> = printed.iter().map(|one| whole(&all, one)).collect();
        if !whole.iter().any(|printed| same(printed, &ours)) {
            differences.push(difference(name, &ours, &whole[0]));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!(
        "{}: {} types, {members} members",
        profile.release(),
        all.len()
    );
    assert!(all.len() > 5000, "pahole printed {} types only", all.len());
}

/// With the members of tagged but unnamed members (`-fms-extensions`) in their place.
fn whole(all: &BTreeMap<String, Vec<Printed>>, printed: &Printed) -> Printed {
    let members = printed.members.iter().flat_map(|(name, place)| {
        let tagged = name.strip_prefix("struct ").or(name.strip_prefix("union "));
        let Some(inner) = tagged.and_then(|tag| all.get(tag)?.first()) else {
            return vec![(name.clone(), *place)];
        };
        let inner = whole(all, inner).members.into_iter();
        inner
            .map(|(name, (offset, width))| (name, (place.0 + offset, width)))
            .collect()
    });
    Printed {
        size: printed.size,
        members: members.collect(),
    }
}

/// The first difference.
fn difference(name: &str, ours: &Printed, theirs: &Printed) -> String {
    let mut pairs = ours.members.iter().zip(&theirs.members);
    let first = pairs.find(|(ours, theirs)| ours != theirs);
    let counts = (ours.members.len(), theirs.members.len());
    format!(
        "{name}: {first:?}, sizes {:?} {:?}, members {counts:?}",
        ours.size, theirs.size
    )
}

/// pahole prints no size of unions.
fn same(printed: &Printed, ours: &Printed) -> bool {
    printed.members == ours.members && printed.size.is_none_or(|size| Some(size) == ours.size)
}

fn ours(layout: &Layout, name: &str) -> Printed {
    let found = layout.of_struct(name).unwrap();
    let members = found.members.iter();
    Printed {
        size: Some(found.size),
        members: members
            .map(|member| {
                let place = (member.field.bit_offset, member.field.bit_size);
                (member.name.clone(), place)
            })
            .collect(),
    }
}

fn pahole(btf: &std::path::Path) -> String {
    let output = Command::new("pahole").args(["-F", "btf"]).arg(btf).output();
    let output = output.expect("pahole runs: apt-get install dwarves");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// All named types; static definitions may share a name.
fn printed(text: &str) -> BTreeMap<String, Vec<Printed>> {
    let mut all: BTreeMap<String, Vec<Printed>> = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let head = line.strip_prefix("struct ").or(line.strip_prefix("union "));
        if let Some(name) = head.and_then(|head| head.strip_suffix(" {")) {
            let body = lines.by_ref().take_while(|line| !line.starts_with('}'));
            let body: Vec<&str> = body.collect();
            all.entry(name.to_owned()).or_default().push(body_of(&body));
        }
    }
    all
}

fn body_of(lines: &[&str]) -> Printed {
    let mut size = None;
    // Members of nested types, which are the outer one's when the nested one has no name.
    let mut nested: Vec<Vec<(String, Place)>> = vec![Vec::new()];
    for line in lines.iter().map(|line| line.trim()) {
        if let Some(rest) = line.strip_prefix("/* size: ") {
            size = rest.split(',').next().and_then(|size| size.parse().ok());
        } else if line.ends_with('{') {
            nested.push(Vec::new());
        } else if let Some((declaration, place)) = member(line) {
            let inner = match line.starts_with('}') {
                true => nested.pop().unwrap_or_default(),
                false => Vec::new(),
            };
            let outer = nested.last_mut().unwrap();
            match name_of(declaration) {
                Some(name) => outer.push((name, (place, width(declaration)))),
                None => outer.extend(inner),
            }
        }
    }
    let members = nested.pop().unwrap_or_default();
    Printed { size, members }
}

/// The declaration and the offset in bits: `int low:3; /* 8: 5 4 */`.
fn member(line: &str) -> Option<(&str, u64)> {
    let (declaration, comment) = line.rsplit_once("/*")?;
    let declaration = declaration.trim().strip_suffix(';')?;
    let (offset, bit) = match comment.split_once(':') {
        Some((offset, rest)) => (offset, rest.split_whitespace().next()?.parse().ok()?),
        None => (comment.split_whitespace().next()?, 0),
    };
    let offset: u64 = offset.trim().parse().ok()?;
    Some((declaration, offset * 8 + bit))
}

fn width(declaration: &str) -> Option<u32> {
    declaration.rsplit_once(':')?.1.parse().ok()
}

fn name_of(declaration: &str) -> Option<String> {
    let declaration = match declaration.strip_prefix('}') {
        // Behind a nested type, attributes come before the name.
        Some(name) => name.rsplit("))").next()?,
        None => declaration.split(" __attribute__").next()?,
    };
    let tag = declaration
        .strip_prefix("struct ")
        .or(declaration.strip_prefix("union "));
    if tag.is_some_and(|tag| !tag.trim().contains([' ', '*'])) {
        return Some(declaration.trim().to_owned());
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // What a function pointer's parentheses begin with is its name.
    let around = match declaration.find("(*") {
        Some(at) => declaration[at..].trim_start_matches(['(', '*', ' ']),
        None => {
            let plain = declaration.split([':', '[']).next()?.trim_end();
            plain.rsplit(|c| !is_word(c)).next()?
        }
    };
    let name: String = around.chars().take_while(|c| is_word(*c)).collect();
    Some(name).filter(|name| !name.is_empty())
}
