// SPDX-License-Identifier: GPL-2.0-only
//! One line of the serial console, its time stamp and caller id taken off.

/// A line as the kernel (or the guest, through the kernel's log) printed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Seconds since boot; `None` for lines that are not from the kernel's log.
    pub time: Option<f64>,
    /// The text behind the time stamp.
    pub text: String,
}

impl Line {
    /// Reads one raw line of the console.
    pub fn parse(raw: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(raw);
        let raw = raw.trim_end_matches(['\r', '\n']);
        match stamp(raw) {
            Some((time, text)) => Self {
                time: Some(time),
                text: caller(text).to_owned(),
            },
            None => Self {
                time: None,
                text: raw.to_owned(),
            },
        }
    }
}

/// Splits `[   12.345678] text`.
fn stamp(line: &str) -> Option<(f64, &str)> {
    let (stamp, text) = line.strip_prefix('[')?.split_once(']')?;
    let time = stamp.trim_start().parse().ok()?;
    Some((time, text.strip_prefix(' ').unwrap_or(text)))
}

/// Takes off a caller id (`[   T12] ` or `[    C0] `), as kernels with PRINTK_CALLER print it.
fn caller(text: &str) -> &str {
    let is_id = |id: &str| {
        let id = id.trim_start();
        id.starts_with(['T', 'C']) && id[1..].bytes().all(|b| b.is_ascii_digit()) && id.len() > 1
    };
    match text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((id, text)) if is_id(id) => text,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> (Option<f64>, String) {
        let line = Line::parse(raw.as_bytes());
        (line.time, line.text)
    }

    #[test]
    fn stamps_and_caller_ids_come_off() {
        assert_eq!(
            parse("[    1.500000] hello\r\n"),
            (Some(1.5), "hello".into())
        );
        assert_eq!(
            parse("[    1.5][    T1] hello"),
            (Some(1.5), "hello".into())
        );
        assert_eq!(parse("[ 1.5]  indented"), (Some(1.5), " indented".into()));
    }

    #[test]
    fn other_brackets_stay() {
        assert_eq!(parse("[ok] hello"), (None, "[ok] hello".into()));
        assert_eq!(parse("[    1.5] [x] y"), (Some(1.5), "[x] y".into()));
        assert_eq!(
            parse("SeaBIOS (version 1)"),
            (None, "SeaBIOS (version 1)".into())
        );
    }
}
