// SPDX-License-Identifier: GPL-2.0-only
//! The codes of klp's messages on their way through the compiler's wrapper.
//!
//! The macros can only put a code at the start of their text; here it moves to where rustc has its
//! own: `error: [KLP009] which object?` becomes `error[KLP009]: which object?`. Errors that have one
//! of rustc's codes keep both.

use std::collections::BTreeSet;

use klp_codes::{Code, Explanation};
use serde_json::{Value, json};

/// The codes that were seen, for the note at the end.
#[derive(Default)]
pub struct Codes(BTreeSet<Code>);

impl Codes {
    /// A line of the compiler's, with its code where it belongs.
    pub fn seen(&mut self, line: &str) -> String {
        let Ok(mut message) = serde_json::from_str::<Value>(line) else {
            return line.to_owned();
        };
        let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        if let Some(code) = message.pointer("/code/code").and_then(Value::as_str) {
            self.0
                .extend(Code::named(code).or_else(|| leading(text("message"))));
            return line.to_owned();
        }
        let Some(code) = leading(text("message")) else {
            return line.to_owned();
        };
        self.0.insert(code);
        let short = text("message").replacen(&format!("[{code}] "), "", 1);
        let rendered =
            text("rendered").replacen(&format!(": [{code}] "), &format!("[{code}]: "), 1);
        message["message"] = short.into();
        message["rendered"] = rendered.into();
        message["code"] = json!({
            "code": code.to_string(),
            "explanation": code.explanation().map(Explanation::text),
        });
        message.to_string()
    }

    /// What rustc says of its own codes at the end; nothing where there was none.
    pub fn note(&self) -> Option<String> {
        let text = match self.0.iter().collect::<Vec<_>>().as_slice() {
            [] => return None,
            [one] => format!("For more information about it, try `cargo klp explain {one}`."),
            [first, rest @ ..] => {
                let rest: String = rest.iter().map(|code| format!(", {code}")).collect();
                format!(
                    "klp explains its messages ({first}{rest}): try `cargo klp explain {first}`."
                )
            }
        };
        let note = json!({
            "$message_type": "diagnostic", "message": text, "code": null,
            "level": "failure-note", "spans": [], "children": [],
            "rendered": format!("{text}\n"),
        });
        Some(note.to_string())
    }
}

/// The code at the start of a message, also of one that a constant's evaluation ended with.
fn leading(message: &str) -> Option<Code> {
    let message = message.trim_start_matches("evaluation panicked: ");
    Code::named(message.strip_prefix('[')?.get(..6)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str, code: Value) -> String {
        let rendered = format!("\u{1b}[1merror\u{1b}[0m: {message}\n --> src/main.rs\n");
        json!({ "message": message, "code": code, "rendered": rendered }).to_string()
    }

    #[test]
    fn a_macros_code_becomes_a_real_one() {
        let mut codes = Codes::default();
        let seen = codes.seen(&line("[KLP009] which object?", Value::Null));
        let seen: Value = serde_json::from_str(&seen).unwrap();
        assert_eq!(seen["message"], "which object?");
        assert_eq!(seen["code"]["code"], "KLP009");
        let rendered = seen["rendered"].as_str().unwrap();
        assert!(
            rendered.contains("error\u{1b}[0m[KLP009]: which object?"),
            "{rendered}"
        );
        assert!(codes.note().unwrap().contains("`cargo klp explain KLP009`"));
    }

    #[test]
    fn rustcs_codes_stay_and_klps_is_pointed_out() {
        let mut codes = Codes::default();
        let line = line("[KLP022] `f` cannot undo", json!({ "code": "E0277" }));
        assert_eq!(codes.seen(&line), line);
        assert!(codes.note().unwrap().contains("KLP022"));
    }

    #[test]
    fn what_is_not_klps_is_left_alone() {
        let mut codes = Codes::default();
        let other = line("mismatched types", json!({ "code": "E0308" }));
        for text in ["no JSON", &other, &line("[KLP] odd", Value::Null)] {
            assert_eq!(codes.seen(text), text);
        }
        assert_eq!(codes.note(), None);
    }
}
