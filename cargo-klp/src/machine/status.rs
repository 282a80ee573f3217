// SPDX-License-Identifier: GPL-2.0-only
//! How the patches of a machine are, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use serde::Serialize;

use super::{Blocking, Core, Machine, Object, Patch};

const HEAD: [&str; 7] = [
    "CORE",
    "PATCH",
    "ENABLED",
    "TRANSITION",
    "REPLACE",
    "ORDER",
    "OBJECTS",
];

/// The patches at some moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// All of them, or the one that was asked for.
    pub patches: Vec<Patch>,
    /// Those that are in transition: on either core at most one.
    pub transitions: Vec<Transition>,
    /// What transitions have cost, as klp's core has counted; `None` if it is not loaded.
    pub stats: Option<BTreeMap<String, u64>>,
}

/// A transition under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The patch.
    pub patch: String,
    /// Who holds it up.
    #[serde(flatten)]
    pub blocking: Blocking,
}

impl Machine {
    /// How all patches are, or the one of this name.
    pub fn status(&self, name: Option<&str>) -> Status {
        let patches = match name {
            Some(name) => self.patch(name).into_iter().collect(),
            None => self.patches(),
        };
        let moving = patches.iter().filter(|patch| patch.transition);
        let transitions = moving.map(|patch| Transition {
            patch: patch.name.clone(),
            blocking: self.blocking(patch),
        });
        Status {
            transitions: transitions.collect(),
            patches,
            stats: self.stats(),
        }
    }

    fn stats(&self) -> Option<BTreeMap<String, u64>> {
        let text = fs::read_to_string(self.patches_of(Core::Klp).join("stats")).ok()?;
        let entry = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Some(text.lines().filter_map(entry).collect())
    }
}

impl Status {
    /// Whether there is anything to see that was not there before: what is counted does not matter.
    pub fn differs_from(&self, before: &Self) -> bool {
        (&self.patches, &self.transitions) != (&before.patches, &before.transitions)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.patches.is_empty() {
            return write!(f, "no patch is enabled");
        }
        f.write_str(&table(&self.patches))?;
        for transition in &self.transitions {
            write!(f, "\n\n{transition}")?;
        }
        let stats = self.stats.as_ref().and_then(cost);
        stats.map_or(Ok(()), |cost| write!(f, "\n\n{cost}"))
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.blocking.to_string() {
            nobody if nobody.is_empty() => {
                write!(f, "{}: in transition; no task holds it up now", self.patch)
            }
            tasks => write!(f, "{}: in transition, held up by{tasks}", self.patch),
        }
    }
}

/// The patches in columns as wide as they have to be.
fn table(patches: &[Patch]) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(patches.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    let widths: Vec<_> = (0..HEAD.len())
        .map(|n| width(n).unwrap_or_default())
        .collect();
    let line = |row: &[String; HEAD.len()]| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let lines: Vec<_> = rows.iter().map(line).collect();
    lines.join("\n")
}

/// `-` is for what the core does not say.
fn row(patch: &Patch) -> [String; HEAD.len()] {
    let objects: Vec<_> = patch.objects.iter().map(object).collect();
    let transition = match (patch.transition, patch.enabled) {
        (false, _) => "no",
        (true, true) => "patching",
        (true, false) => "unpatching",
    };
    [
        patch.core.to_string(),
        patch.name.clone(),
        yes_or_no(patch.enabled).to_owned(),
        transition.to_owned(),
        patch.replace.map_or("-", yes_or_no).to_owned(),
        patch
            .order
            .map_or_else(|| "-".to_owned(), |order| order.to_string()),
        objects.join(", "),
    ]
}

fn object(object: &Object) -> String {
    match object.patched {
        Some(false) => format!("{} (not patched)", object.name),
        _ => object.name.clone(),
    }
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// What the last transition has cost, or this one so far; nothing before there was one.
fn cost(stats: &BTreeMap<String, u64>) -> Option<String> {
    let stat = |name: &str| stats.get(name).copied().unwrap_or_default();
    let (transitions, passes) = (stat("transitions"), stat("passes"));
    let last = match stat("duration_ns") {
        // It has not ended.
        0 if passes > 0 => "this one so far took".to_owned(),
        0 => return None,
        nanoseconds => format!("the last took {:.1} ms,", nanoseconds as f64 / 1e6),
    };
    let nudges = stat("nudges");
    Some(format!(
        "klp's core: transitions {transitions}; {last} passes over the tasks {passes}, nudges {nudges}"
    ))
}

#[cfg(test)]
mod tests {
    use crate::machine::fake::Fake;

    fn busy() -> Fake {
        let fake = Fake::new();
        fake.patch("livepatch/cmdline", "1 0");
        fake.folder("sys/kernel/livepatch/cmdline/vmlinux");
        fake.patch("klp/asleep", "0 1 0 1");
        fake.file("sys/kernel/klp/asleep/klp_target/patched", "1\n");
        fake.file("sys/kernel/klp/asleep/other/patched", "0\n");
        fake.file(
            "sys/kernel/klp/blocking",
            "cat:12 is sleeping on function f\n",
        );
        let stats = "transitions 2\npasses 3\nnudges 4\nduration_ns 1500000\n";
        fake.file("sys/kernel/klp/stats", stats);
        fake
    }

    #[test]
    fn people_see_a_table_and_who_holds_it_up() {
        let expected = "\
CORE     PATCH    ENABLED  TRANSITION  REPLACE  ORDER  OBJECTS
builtin  cmdline  yes      no          -        -      vmlinux
klp      asleep   no       unpatching  no       1      klp_target, other (not patched)

asleep: in transition, held up by
  cat:12 is sleeping on function f

klp's core: transitions 2; the last took 1.5 ms, passes over the tasks 3, nudges 4";
        assert_eq!(busy().machine.status(None).to_string(), expected);
        assert_eq!(
            Fake::new().machine.status(None).to_string(),
            "no patch is enabled"
        );
    }

    #[test]
    fn a_transition_under_way_has_no_duration() {
        let stats = [("transitions", 2), ("passes", 3), ("nudges", 4)];
        let stats = stats.map(|(name, value)| (name.to_owned(), value)).into();
        let expected = "klp's core: transitions 2; \
            this one so far took passes over the tasks 3, nudges 4";
        assert_eq!(super::cost(&stats).unwrap(), expected);
        assert_eq!(super::cost(&[].into()), None);
    }

    #[test]
    fn programs_see_json() {
        let json = serde_json::to_value(busy().machine.status(Some("asleep"))).unwrap();
        let expected = serde_json::json!({
            "patches": [{
                "core": "klp", "name": "asleep", "enabled": false, "transition": true,
                "replace": false, "order": 1,
                "objects": [
                    { "name": "klp_target", "patched": true },
                    { "name": "other", "patched": false },
                ],
            }],
            "transitions": [{
                "patch": "asleep", "hidden": 0,
                "tasks": [{ "comm": "cat", "pid": 12, "reason": "is sleeping on function f" }],
            }],
            "stats": { "transitions": 2, "passes": 3, "nudges": 4, "duration_ns": 1_500_000 },
        });
        assert_eq!(json, expected);
    }
}
