// SPDX-License-Identifier: GPL-2.0-only
//! apt's sources: the machine's own, reduced to Debian's archive and pointed at a suite.

mod parse;

use std::{fmt::Write, fs, path::Path};

use parse::{parse_lines, parse_stanzas};

/// What may follow a release's name in the name of a suite of the same release.
const OWN_SUITES: &[&str] = &["", "-updates", "-security", "/updates"];

/// One archive, as a stanza or a line describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
    /// Other fields, their values as they were written, continuation lines included.
    fields: Vec<(String, String)>,
}

/// All archives that apt on this machine knows of.
pub fn of_machine(apt_dir: &Path) -> Vec<Source> {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut sources = parse_lines(&read(&apt_dir.join("sources.list")));
    let parts = fs::read_dir(apt_dir.join("sources.list.d"))
        .into_iter()
        .flatten()
        .flatten();
    for path in parts.map(|entry| entry.path()) {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("list") => sources.extend(parse_lines(&read(&path))),
            Some("sources") => sources.extend(parse_stanzas(&read(&path))),
            _ => {}
        }
    }
    sources
}

/// Debian's own archives among `sources`, for `release` or another `suite` of the same archive.
pub fn select(sources: &[Source], release: &str, suite: Option<&str>) -> Vec<Source> {
    let own = sources
        .iter()
        .filter_map(|source| source.of_release(release));
    match suite {
        None => own.collect(),
        Some(suite) => own
            .filter(|source| source.suites.iter().any(|own| own == release))
            .map(|source| Source {
                suites: vec![suite.to_owned()],
                ..source
            })
            .collect(),
    }
}

/// The text of a `.sources` file.
pub fn write(sources: &[Source]) -> String {
    let mut text = String::new();
    for Source {
        uris,
        suites,
        components,
        fields,
    } in sources
    {
        let (uris, suites, components) = (uris.join(" "), suites.join(" "), components.join(" "));
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "Types: deb\nURIs: {uris}\nSuites: {suites}\nComponents: {components}\n"
        );
        for (name, value) in fields {
            let _ = writeln!(text, "{name}: {value}");
        }
        text.push('\n');
    }
    text
}

impl Source {
    /// This archive with only the suites of `release`, if it is Debian's and has any.
    fn of_release(&self, release: &str) -> Option<Self> {
        let is_debian = |uri: &String| {
            let last = uri.trim_end_matches('/').rsplit('/').next();
            last.is_some_and(|name| name.starts_with("debian"))
        };
        let is_own = |suite: &String| {
            let suite = suite.trim_end_matches('/');
            suite
                .strip_prefix(release)
                .is_some_and(|rest| OWN_SUITES.contains(&rest))
        };
        let suites: Vec<_> = self
            .suites
            .iter()
            .filter(|suite| is_own(suite))
            .cloned()
            .collect();
        let fits = self.uris.iter().all(is_debian) && !suites.is_empty();
        (fits && self.components.iter().any(|component| component == "main")).then(|| Self {
            suites,
            components: vec!["main".into()],
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANZAS: &str = "Types: deb deb-src\n# a comment\nURIs: http://mirror.example/debian\n\
        Suites: bookworm bookworm-updates\nComponents: main contrib\nSigned-By:\n -----BEGIN\n .\n -----END\n\n\
        Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\n\n\
        Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\n";
    const LINES: &str = "# deb http://off.example/debian bookworm main\n\
        deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main # own\n\
        deb-src http://mirror.example/debian bookworm main\n\
        deb https://other.example/linux/debian bookworm stable\n\
        deb https://other.example/tool bookworm main\n";

    #[test]
    fn stanzas_are_reduced_to_debian() {
        let own = select(&parse_stanzas(STANZAS), "bookworm", None);
        assert_eq!(own.len(), 2);
        assert_eq!(own[0].suites, ["bookworm", "bookworm-updates"]);
        assert_eq!(own[0].components, ["main"]);
        assert!(write(&own).contains("Signed-By: \n -----BEGIN\n .\n -----END\n\n"));
    }

    #[test]
    fn another_suite_takes_the_place_of_the_release() {
        let other = select(
            &parse_stanzas(STANZAS),
            "bookworm",
            Some("trixie-backports"),
        );
        assert_eq!(other.len(), 1);
        let text = write(&other);
        assert!(text.contains("URIs: http://mirror.example/debian\nSuites: trixie-backports\n"));
    }

    #[test]
    fn lines_are_understood_too() {
        let own = select(&parse_lines(LINES), "bookworm", None);
        assert_eq!(own.len(), 1);
        assert_eq!(
            own[0].fields,
            [("signed-by".to_owned(), "/k.gpg".to_owned())]
        );
        assert!(select(&parse_lines(LINES), "trixie", None).is_empty());
    }

    #[test]
    fn what_was_written_reads_back() {
        let own = select(&parse_stanzas(STANZAS), "bookworm", None);
        assert_eq!(parse_stanzas(&write(&own)), own);
    }
}
