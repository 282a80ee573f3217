// SPDX-License-Identifier: GPL-2.0-only
//! Reading the two formats in which apt's sources are written.

use super::Source;

/// The field names that say which keys an archive may be signed with, and how to reach it.
const KEPT_FIELDS: &[&str] = &[
    "signed-by",
    "trusted",
    "check-valid-until",
    "allow-insecure",
];
/// Reads the one-line format: `deb [option=value …] URI SUITE COMPONENT…`.
pub fn parse_lines(text: &str) -> Vec<Source> {
    text.lines()
        .filter_map(|line| parse_line(line.split('#').next()?))
        .collect()
}

fn parse_line(line: &str) -> Option<Source> {
    let rest = line
        .trim()
        .strip_prefix("deb")?
        .strip_prefix([' ', '\t'])?
        .trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    let options = options
        .split_whitespace()
        .filter_map(|option| option.split_once('='));
    Some(Source {
        uris: vec![words.next()?],
        suites: vec![words.next()?],
        components: words.collect(),
        fields: options
            .filter_map(|(name, value)| kept(name, value))
            .collect(),
    })
}

/// Reads the deb822 format: stanzas of `Name: value` fields.
pub fn parse_stanzas(text: &str) -> Vec<Source> {
    let without_comments: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let mut stanzas = without_comments.split(|line| line.trim().is_empty());
    let mut sources = Vec::new();
    for stanza in stanzas.by_ref() {
        sources.extend(parse_stanza(&fields(stanza)));
    }
    sources
}

fn parse_stanza(fields: &[(String, String)]) -> Option<Source> {
    let value = |wanted: &str| {
        let found = fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let words =
        |name| value(name).map(|value| value.split_whitespace().map(str::to_owned).collect());
    let enabled = value("Enabled").is_none_or(|value| !value.eq_ignore_ascii_case("no"));
    let has_binaries = value("Types")?.split_whitespace().any(|kind| kind == "deb");
    (enabled && has_binaries).then_some(())?;
    Some(Source {
        uris: words("URIs")?,
        suites: words("Suites")?,
        components: words("Components").unwrap_or_default(),
        fields: fields
            .iter()
            .filter_map(|(name, value)| kept(name, value))
            .collect(),
    })
}

/// The fields of a stanza, continuation lines joined to their field as they are.
fn fields(stanza: &[&str]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in stanza {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

fn kept(name: &str, value: &str) -> Option<(String, String)> {
    let keep = KEPT_FIELDS
        .iter()
        .any(|kept| kept.eq_ignore_ascii_case(name));
    keep.then(|| (name.to_owned(), value.to_owned()))
}
