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
