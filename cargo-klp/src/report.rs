// SPDX-License-Identifier: GPL-2.0-only
//! Shows the link step's diagnostics as rustc shows its own, with the author's line.

use std::fs;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};
use klp_codes::Explanation;
use klp_link::link::{self, Diagnostic, Place};
use serde_json::{Value, json};

/// A source line and the token at a place in it.
struct Excerpt {
    line: String,
    /// Bytes of the token in `line`.
    token: Range<usize>,
}

impl Excerpt {
    fn read(place: &Place, root: &Path) -> Option<Self> {
        let source = fs::read_to_string(root.join(&place.file)).ok()?;
        let line = source
            .lines()
            .nth(place.line.checked_sub(1)? as usize)?
            .to_owned();
        let column = place.column.saturating_sub(1) as usize;
        let start = line.char_indices().nth(column).map_or(0, |(byte, _)| byte);
        let rest = line.get(start..)?;
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let end = start + len.max(rest.chars().next().map_or(0, char::len_utf8));
        Some(Self {
            line,
            token: start..end,
        })
    }
}

/// The text of a diagnostic; source paths are relative to `root`.
pub fn render(diagnostic: &Diagnostic, root: &Path, renderer: &Renderer) -> String {
    let excerpt = diagnostic
        .place
        .as_ref()
        .and_then(|place| Excerpt::read(place, root));
    let mut group = Group::with_title(title(diagnostic));
    group = match (&diagnostic.place, &excerpt) {
        (Some(place), Some(excerpt)) => group.element(
            Snippet::source(excerpt.line.as_str())
                .line_start(place.line as usize)
                .path(place.file.as_str())
                .annotation(AnnotationKind::Primary.span(excerpt.token.clone())),
        ),
        (Some(place), None) => group.element(
            Origin::path(place.file.as_str())
                .line(place.line as usize)
                .char_column(place.column.max(1) as usize),
        ),
        (None, _) => group,
    };
    let notes = diagnostic
        .notes
        .iter()
        .map(|note| Level::NOTE.message(note.as_str()));
    let help = diagnostic
        .help
        .iter()
        .map(|help| Level::HELP.message(help.as_str()));
    renderer.render(&[group.elements(notes).elements(help)])
}

fn title(diagnostic: &Diagnostic) -> Title<'_> {
    let level = match diagnostic.level {
        link::Level::Error => Level::ERROR,
        link::Level::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str());
    match diagnostic.code {
        Some(code) => title.id(code.to_string()),
        None => title,
    }
}

/// The diagnostic in rustc's JSON form (`--error-format=json`), for cargo and editors.
pub fn to_json(diagnostic: &Diagnostic, root: &Path, renderer: &Renderer) -> Value {
    let span = diagnostic.place.as_ref().map(|place| span(place, root));
    let child = |level: &str, message: &str| {
        json!({
            "message": message, "code": null, "level": level,
            "spans": [], "children": [], "rendered": null,
        })
    };
    let notes = diagnostic.notes.iter().map(|note| child("note", note));
    let help = diagnostic.help.iter().map(|help| child("help", help));
    json!({
        "$message_type": "diagnostic",
        "message": diagnostic.message,
        "code": diagnostic.code.map(|code| json!({
            "code": code.to_string(),
            "explanation": code.explanation().map(Explanation::text),
        })),
        "level": diagnostic.level.word(),
        "spans": span.into_iter().collect::<Vec<_>>(),
        "children": notes.chain(help).collect::<Vec<_>>(),
        "rendered": format!("{}\n\n", render(diagnostic, root, renderer)),
    })
}

fn span(place: &Place, root: &Path) -> Value {
    let excerpt = Excerpt::read(place, root);
    let (line, token) = excerpt.map_or((String::new(), 0..0), |e| (e.line, e.token));
    let columns = |byte: usize| line.get(..byte).map_or(0, |text| text.chars().count()) + 1;
    json!({
        "file_name": place.file,
        "byte_start": token.start, "byte_end": token.end,
        "line_start": place.line, "line_end": place.line,
        "column_start": columns(token.start), "column_end": columns(token.end),
        "is_primary": true, "label": null, "suggested_replacement": null,
        "suggestion_applicability": null, "expansion": null,
        "text": [{
            "text": line,
            "highlight_start": columns(token.start), "highlight_end": columns(token.end),
        }],
    })
}
