// SPDX-License-Identifier: GPL-2.0-only
//! For a terminal: columns that fit its width, remarks as rustc has them.

use std::io::{IsTerminal, stdout};

use annotate_snippets::{Group, Level, Renderer};
use comfy_table::{ContentArrangement, Table as Columns, presets};

use super::{Document, Remark, Table, Weight, harmless};

/// The document, for standard output.
pub(super) fn render(document: &Document) -> String {
    let terminal = stdout().is_terminal();
    let width = rustix::termios::tcgetwinsize(stdout()).map(|size| size.ws_col);
    let width = width.ok().filter(|_| terminal);
    let renderer = match terminal {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let mut parts = vec![harmless(&document.title)];
    let facts = document.facts.iter();
    let facts = facts.map(|(name, value)| vec![(*name).to_owned(), value.clone()]);
    parts[0].push_str(&indented(&columns(None, facts.collect(), width)));
    for table in &document.tables {
        parts.push(format!("{}{}", table.title, indented(&rows(table, width))));
    }
    let remarks = document.remarks.iter();
    parts.extend(remarks.map(|remark| self::remark(remark, &renderer)));
    parts.join("\n\n")
}

fn rows(table: &Table, width: Option<u16>) -> Vec<String> {
    match table.rows.as_slice() {
        [] => vec![table.empty.to_owned()],
        rows => columns(Some(&table.head), rows.to_vec(), width),
    }
}

/// Lines of columns that are as wide as they have to be, and no wider than the terminal.
fn columns(head: Option<&[String]>, rows: Vec<Vec<String>>, width: Option<u16>) -> Vec<String> {
    let mut columns = Columns::new();
    columns.load_style(presets::NOTHING);
    if let Some(head) = head {
        columns.set_header(head.iter().map(|name| harmless(name)));
    }
    if let Some(width) = width {
        columns.set_content_arrangement(ContentArrangement::Dynamic);
        columns.set_width(width.saturating_sub(1));
    }
    let harmless = |row: Vec<String>| row.iter().map(|cell| harmless(cell)).collect::<Vec<_>>();
    columns.add_rows(rows.into_iter().map(harmless));
    columns
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Each line a little to the right, on a line of its own.
fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n {line}")).collect()
}

fn remark(remark: &Remark, renderer: &Renderer) -> String {
    let message = harmless(&remark.message);
    let level = match remark.weight {
        Weight::Error => Level::ERROR,
        Weight::Warning => Level::WARNING,
        Weight::Note => Level::NOTE,
    };
    let notes: Vec<_> = remark.notes.iter().map(|note| harmless(note)).collect();
    let help = remark.help.as_deref().map(harmless);
    let title = level.primary_title(message);
    let title = match remark.code {
        Some(code) => title.id(code.to_string()),
        None => title,
    };
    let group = Group::with_title(title)
        .elements(notes.iter().map(|note| Level::NOTE.message(note.as_str())))
        .elements(help.iter().map(|help| Level::HELP.message(help.as_str())));
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up_and_nothing_steers_the_terminal() {
        let expected = "\
a\\u{1b}[2Jb
  name  x\\u{202e}y

Rows
  ONE     TWO
  a|b\\nc  <b>`@you`

Nothing
 none at all

warning[KLP117]: `f<T>` is <i>gone</i>
 |
 = note: since *then*
 = help: look";
        assert_eq!(super::render(&super::super::tests::hostile()), expected);
    }
}
