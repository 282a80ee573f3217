// SPDX-License-Identifier: GPL-2.0-only
//! Ids of shadow variables and states: each means one thing in the whole patch.

use std::collections::BTreeMap;

use super::diagnostic::Diagnostic;
use super::messages;
use super::patch::{Patch, Shadow};

/// All ids that are taken twice.
pub(crate) fn check(patch: &Patch) -> Vec<Diagnostic> {
    let shadows = clashes(&patch.shadows, |shadow| shadow.id);
    let states = clashes(&patch.states, |state| state.id);
    let shadows = shadows.map(|(first, second)| shadow_clash(first, second));
    let states = states.map(|(first, second)| messages::state_declared_twice(first, second));
    shadows.chain(states).collect()
}

fn shadow_clash(first: &Shadow, second: &Shadow) -> Diagnostic {
    let types = |shadow: &Shadow| (shadow.parent_type.clone(), shadow.value_type.clone());
    if types(first) == types(second) {
        messages::shadow_declared_twice(first, second)
    } else {
        messages::shadow_of_two_types(first, second)
    }
}

/// Each item whose id an earlier one has, behind that one.
fn clashes<T>(items: &[T], id: impl Fn(&T) -> u64) -> impl Iterator<Item = (&T, &T)> {
    let mut taken = BTreeMap::new();
    items.iter().filter_map(move |item| {
        let first = *taken.entry(id(item)).or_insert(item);
        (!std::ptr::eq(first, item)).then_some((first, item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Place, State};

    fn place(line: u32) -> Place {
        Place {
            file: "src/fix.rs".into(),
            line,
            column: 1,
        }
    }

    fn shadow(id: u64, name: &str, value_type: &str, line: u32) -> Shadow {
        Shadow {
            id,
            name: name.into(),
            parent_type: "sta_info".into(),
            value_type: value_type.into(),
            place: place(line),
        }
    }

    fn state(id: u64, name: &str, line: u32) -> State {
        State {
            id,
            version: line,
            name: name.into(),
            value_type: "c_int".into(),
            place: place(line),
        }
    }

    fn errors(shadows: Vec<Shadow>, states: Vec<State>) -> Vec<String> {
        let patch = Patch {
            kind: klp_runtime::contract::ModuleKind::Patch,
            exports: Vec::new(),
            types: Vec::new(),
            license: "GPL".into(),
            description: String::new(),
            author: String::new(),
            version: String::new(),
            replace: false,
            place: place(1),
            funcs: Vec::new(),
            callbacks: Vec::new(),
            params: Vec::new(),
            shadows,
            states,
        };
        check(&patch).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_id_may_be_used_once_for_a_shadow_variable_and_once_for_a_state() {
        let shadows = vec![
            shadow(1, "LOCK", "SpinLock", 1),
            shadow(2, "OLD", "SpinLock", 2),
        ];
        let states = vec![state(1, "LIMIT", 3), state(2, "LEVEL", 4)];
        assert_eq!(errors(shadows, states), Vec::<String>::new());
    }

    #[test]
    fn a_shadow_variable_declared_twice_is_named_with_both_places() {
        let shadows = vec![
            shadow(7, "LOCK", "SpinLock", 1),
            shadow(7, "SAME", "SpinLock", 9),
        ];
        let errors = errors(shadows, Vec::new());
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors[0].contains("`SAME` has the id of `LOCK`, 0x7"),
            "{errors:?}"
        );
        assert!(errors[0].contains("src/fix.rs:9:1"), "{errors:?}");
        assert!(
            errors[0].contains("`LOCK` is at src/fix.rs:1:1"),
            "{errors:?}"
        );
    }

    #[test]
    fn one_id_of_two_types_says_which() {
        let shadows = vec![
            shadow(7, "LOCK", "SpinLock", 1),
            shadow(7, "COUNT", "AtomicU32", 9),
        ];
        let errors = errors(shadows, Vec::new());
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("are of different types"), "{errors:?}");
        assert!(
            errors[0].contains("`COUNT` is `AtomicU32` of `sta_info`"),
            "{errors:?}"
        );
    }

    #[test]
    fn of_three_the_second_and_the_third_are_errors() {
        let states = vec![state(1, "A", 1), state(1, "B", 2), state(1, "C", 3)];
        let errors = errors(Vec::new(), states);
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(
            errors[0].contains("states `A` and `B` have one id, 1"),
            "{errors:?}"
        );
        assert!(
            errors[1].contains("states `A` and `C` have one id, 1"),
            "{errors:?}"
        );
    }
}
