// SPDX-License-Identifier: GPL-2.0-only
//! For a pull request: GitHub's Markdown, in which all that comes from a file is code.

use super::{Document, Remark, Table, Weight, harmless};

/// The document.
pub(super) fn render(document: &Document) -> String {
    let mut parts = vec![format!("### {}", prose(&harmless(&document.title)))];
    parts.extend(document.remarks.iter().map(remark));
    if !document.facts.is_empty() {
        let facts = document.facts.iter();
        let facts = facts.map(|(name, value)| format!("| {name} | {} |", code(value)));
        parts.push(lines(["| | |".to_owned(), "|---|---|".to_owned()], facts));
    }
    parts.extend(document.tables.iter().map(table));
    parts.join("\n\n")
}

fn table(table: &Table) -> String {
    let title = format!("#### {}", table.title);
    if table.rows.is_empty() {
        return format!("{title}\n\n{}", table.empty);
    }
    let head: Vec<_> = table.head.iter().map(|name| name.to_lowercase()).collect();
    let head = [
        format!("| {} |", head.join(" | ")),
        format!("|{}", "---|".repeat(head.len())),
    ];
    let rows = table.rows.iter().map(|row| {
        let cells: Vec<_> = row.iter().map(|cell| code(cell)).collect();
        format!("| {} |", cells.join(" | "))
    });
    format!("{title}\n\n{}", lines(head, rows))
}

fn lines(head: [String; 2], rows: impl Iterator<Item = String>) -> String {
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn remark(remark: &Remark) -> String {
    let kind = match remark.weight {
        Weight::Error => "CAUTION",
        Weight::Warning => "WARNING",
        Weight::Note => "NOTE",
    };
    let code = remark.code.map(|code| format!("{code}: "));
    let mut text = format!(
        "> [!{kind}]\n> {}{}",
        code.unwrap_or_default(),
        sentence(&remark.message)
    );
    let notes = remark.notes.iter().map(|note| ("", note));
    for (what, line) in notes.chain(remark.help.iter().map(|help| ("Help: ", help))) {
        text.push_str(&format!("\n>\n> {what}{}", sentence(line)));
    }
    text
}

/// A cell's text as code; nothing for none.
fn code(text: &str) -> String {
    let text = harmless(text).replace('|', "\\|");
    match (text.is_empty(), text.contains('`')) {
        (true, _) => text,
        (false, false) => format!("`{text}`"),
        (false, true) => format!("`` {text} ``"),
    }
}

/// A sentence in which names stand between backquotes: they stay as they are.
fn sentence(text: &str) -> String {
    let text = harmless(text);
    let parts = text.split('`').enumerate();
    let parts: Vec<_> = parts
        .map(|(index, part)| match index % 2 {
            0 => prose(part),
            _ => part.to_owned(),
        })
        .collect();
    parts.join("`")
}

/// Text without Markdown's own meaning.
fn prose(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if "\\*_[]<>|~&#".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_file_says_is_code() {
        let expected = "\
### a\\\\u{1b}\\[2Jb

> [!WARNING]
> KLP117: `f<T>` is \\<i\\>gone\\</i\\>
>
> since \\*then\\*
>
> Help: look

| | |
|---|---|
| name | `x\\u{202e}y` |

#### Rows

| one | two |
|---|---|
| `a\\|b\\nc` | `` <b>`@you` `` |

#### Nothing

none at all";
        assert_eq!(super::render(&super::super::tests::hostile()), expected);
    }
}
