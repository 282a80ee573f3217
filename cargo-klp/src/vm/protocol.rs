// SPDX-License-Identifier: GPL-2.0-only
//! What guest and host agree on: the one place that names paths, prefixes and framing.
//!
//! The guest reports through the kernel's own log, so its lines and the kernel's are in one
//! order. A record is `klp-guest: ` and a tag; long text is sent in parts tagged `+`.

/// Where the guest finds its scenario.
pub const SCENARIO_PATH: &str = "/scenario.json";
/// The directory that steps run in, and that files with a relative path are put into.
pub const WORK_DIR: &str = "/klp";
/// Where the guest finds a shell, if the host supplied one.
pub const BUSYBOX_PATH: &str = "/bin/busybox";
/// The serial line of the guest that carries captured files.
pub const CAPTURE_TTY: &str = "/dev/ttyS1";
/// What each captured file starts with: `MAGIC NAME LENGTH CHECKSUM\n`.
pub const CAPTURE_MAGIC: &str = "klp-capture";
/// What every line of the guest starts with.
pub const PREFIX: &str = "klp-guest: ";
/// The most bytes one record may take: the kernel refuses longer ones (976 bytes on 6.1).
pub const MAX_RECORD: usize = 900;

/// One line that the guest wrote into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A step starts.
    Start {
        /// Its command line.
        command: String,
        /// Whether it is only there to prepare or to wait.
        quiet: bool,
    },
    /// A line that the running step printed.
    Output(String),
    /// The running step ended with this exit status.
    End(i32),
    /// A line that a background task printed.
    Background(String),
    /// The first part of a line too long for one record.
    Part(String),
    /// All steps have run; the guest is about to power off.
    Done,
}

impl Record {
    /// Reads a line of the log; `None` if the guest did not write it.
    pub fn parse(line: &str) -> Option<Self> {
        let body = line.strip_prefix(PREFIX)?;
        if body == "done" {
            return Some(Self::Done);
        }
        let (tag, text) = body.split_once(' ').unwrap_or((body, ""));
        let text = text.to_owned();
        Some(match tag {
            "%" => Self::Start {
                command: text,
                quiet: false,
            },
            "~" => Self::Start {
                command: text,
                quiet: true,
            },
            "|" => Self::Output(text),
            "=" => Self::End(text.parse().ok()?),
            "&" => Self::Background(text),
            "+" => Self::Part(text),
            _ => return None,
        })
    }

    /// The lines to write for this record: its parts, then itself.
    pub fn lines(&self) -> Vec<String> {
        let (tag, text) = self.tag_and_text();
        let mut pieces = split(&text, MAX_RECORD - PREFIX.len() - 2);
        let last = pieces.pop().unwrap_or_default();
        let mut lines: Vec<_> = pieces
            .iter()
            .map(|piece| format!("{PREFIX}+ {piece}"))
            .collect();
        lines.push(match self {
            Self::Done => format!("{PREFIX}done"),
            _ => format!("{PREFIX}{tag} {last}"),
        });
        lines
    }

    /// This record with `parts`, received before it, put in front of its text.
    pub fn join(self, parts: &str) -> Self {
        let join = |text: String| format!("{parts}{text}");
        match self {
            Self::Start { command, quiet } => Self::Start {
                command: join(command),
                quiet,
            },
            Self::Output(text) => Self::Output(join(text)),
            Self::Background(text) => Self::Background(join(text)),
            Self::Part(text) => Self::Part(join(text)),
            Self::End(_) | Self::Done => self,
        }
    }

    fn tag_and_text(&self) -> (&'static str, String) {
        match self {
            Self::Start {
                command,
                quiet: false,
            } => ("%", command.clone()),
            Self::Start {
                command,
                quiet: true,
            } => ("~", command.clone()),
            Self::Output(text) => ("|", text.clone()),
            Self::End(status) => ("=", status.to_string()),
            Self::Background(text) => ("&", text.clone()),
            Self::Part(text) => ("+", text.clone()),
            Self::Done => ("", String::new()),
        }
    }
}

/// Cuts `text` into pieces of at most `limit` bytes, never inside a character.
fn split(text: &str, limit: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        if pieces
            .last()
            .is_some_and(|piece| piece.len() + c.len_utf8() > limit)
        {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// A 64-bit FNV-1a sum over `bytes`: enough to notice a byte lost on a serial line.
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, &byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_survives_the_log() {
        let records = [
            Record::Start {
                command: "insmod /a.ko x=1".into(),
                quiet: false,
            },
            Record::Start {
                command: "settle".into(),
                quiet: true,
            },
            Record::Output("  indented".into()),
            Record::Output(String::new()),
            Record::End(-1),
            Record::Background("tick".into()),
            Record::Done,
        ];
        for record in records {
            let lines = record.lines();
            assert_eq!(lines.len(), 1);
            assert_eq!(Record::parse(&lines[0]), Some(record));
        }
    }

    #[test]
    fn long_text_is_cut_and_joined_again() {
        let text = "aé€".repeat(700);
        let mut parts = String::new();
        for line in Record::Output(text.clone()).lines() {
            assert!(line.len() <= MAX_RECORD);
            match Record::parse(&line) {
                Some(Record::Part(part)) => parts.push_str(&part),
                Some(last) => assert_eq!(last.join(&parts), Record::Output(text.clone())),
                None => panic!("not a record: {line}"),
            }
        }
        assert!(!parts.is_empty());
    }

    #[test]
    fn kernel_lines_are_not_records() {
        assert_eq!(Record::parse("livepatch: enabling patch 'x'"), None);
        assert_eq!(Record::parse("klp-guest: ? odd"), None);
    }
}
