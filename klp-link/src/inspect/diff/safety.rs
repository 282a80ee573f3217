// SPDX-License-Identifier: GPL-2.0-only
//! Whether one patch may follow another
//! (`Documentation/livepatch/cumulative-patches.rst`, `system-state.rst`, `shadow-vars.rst`).
//!
//! A patch that replaces another has to know all that the other has left behind: the other's
//! callbacks are not run any more, and its shadow variables and states stay. A patch that stacks
//! takes nothing away, but its functions come before the other's.

use klp_runtime::contract::CallbackKind;

use super::super::report::{Callback, Object, Pair, Report, Shadow, State};
use super::changes::position;
use super::messages;
use super::{Finding, How};
use crate::link::Core;

/// All that speaks against loading `new` where `old` is.
pub(super) fn findings(old: &Report, new: &Report, how: How) -> Vec<Finding> {
    let mut found = kernels(old, new);
    if old.name == new.name {
        found.push(messages::same_name(old));
    }
    found.extend(changed_shadows(old, new));
    found.extend(changed_states(old, new));
    if how == How::Stacks {
        found.extend(functions_of_both(old, new));
        return found;
    }
    if how == How::Unknown {
        found.push(messages::unknown_replace(new));
    }
    if old.core != new.core {
        found.push(messages::replaces_across_cores(old, new));
    }
    found.extend(dropped_functions(old, new));
    found.extend(dropped_callbacks(old, new));
    found.extend(dropped_shadows(old, new));
    found.extend(dropped_states(old, new));
    found
}

fn kernels(old: &Report, new: &Report) -> Vec<Finding> {
    if old.kernel.vermagic != new.kernel.vermagic {
        return vec![messages::other_kernel(old, new)];
    }
    match (&old.kernel.build_id, &new.kernel.build_id) {
        (Some(theirs), Some(ours)) if theirs != ours => {
            let bound = [old.core, new.core].contains(&Core::Klp);
            vec![messages::other_build(old, new, bound)]
        }
        _ => Vec::new(),
    }
}

/// Below a patch that stacks, a function of both is not run any more.
fn functions_of_both(old: &Report, new: &Report) -> Vec<Finding> {
    let shared = new.functions().filter(|(object, func)| {
        old.functions()
            .any(|(other, theirs)| other.name == object.name && position(theirs) == position(func))
    });
    shared
        .map(|(object, func)| messages::function_of_both(old, new, &object.name, func))
        .collect()
}

fn dropped_functions(old: &Report, new: &Report) -> Vec<Finding> {
    let dropped = old.functions().filter(|(object, func)| {
        !new.functions()
            .any(|(other, theirs)| other.name == object.name && position(theirs) == position(func))
    });
    dropped
        .map(|(object, func)| messages::dropped_function(old, new, &object.name, func))
        .collect()
}

fn dropped_callbacks(old: &Report, new: &Report) -> Vec<Finding> {
    let found = old.callbacks().filter_map(|(object, callback)| {
        match heirs(new, object, callback.kind).as_slice() {
            [] if callback.kind.undone_by().is_none() => {
                Some(messages::dropped_undo(old, new, &object.name, callback))
            }
            [] => dropped_setup(old, new, object, callback),
            heirs if heirs.iter().any(|heir| heir.function == callback.function) => None,
            heirs => Some(messages::other_callback(
                old,
                new,
                &object.name,
                callback,
                heirs,
            )),
        }
    });
    found.collect()
}

/// Callbacks of the same kind, for the same object.
fn heirs<'r>(new: &'r Report, object: &Object, kind: CallbackKind) -> Vec<&'r Callback> {
    let callbacks = new.callbacks();
    callbacks
        .filter(|(other, callback)| other.name == object.name && callback.kind == kind)
        .map(|(_, callback)| callback)
        .collect()
}

/// A patch callback that is gone; where what undoes it is gone too, that is said of the latter.
fn dropped_setup(
    old: &Report,
    new: &Report,
    object: &Object,
    callback: &Callback,
) -> Option<Finding> {
    let undo = callback.kind.undone_by()?;
    let was_undone = !heirs(old, object, undo).is_empty();
    let is_undone = !heirs(new, object, undo).is_empty();
    let by_itself = matches!(callback.pair, Pair::None { .. }) || !was_undone || is_undone;
    by_itself.then(|| messages::dropped_setup(old, new, &object.name, callback))
}

fn dropped_shadows(old: &Report, new: &Report) -> Vec<Finding> {
    let (Some(theirs), Some(ours)) = (&old.shadows, &new.shadows) else {
        return unknown_shadows(old, new);
    };
    let dropped = theirs
        .iter()
        .filter(|shadow| !ours.iter().any(|own| own.id == shadow.id));
    dropped
        .map(|shadow| messages::dropped_shadow(old, new, shadow))
        .collect()
}

/// Nothing is lost where the old patch has none, whatever the new one has.
fn unknown_shadows(old: &Report, new: &Report) -> Vec<Finding> {
    let silent = [old, new].into_iter().find(|side| side.shadows.is_none());
    let none = old.shadows.as_ref().is_some_and(Vec::is_empty);
    let silent = silent.filter(|_| !none);
    silent.map(messages::unknown_shadows).into_iter().collect()
}

fn changed_shadows(old: &Report, new: &Report) -> Vec<Finding> {
    let theirs = old.shadows.iter().flatten();
    let pairs = theirs.filter_map(|shadow| {
        let own = new
            .shadows
            .iter()
            .flatten()
            .find(|own| own.id == shadow.id)?;
        (types(own) != types(shadow)).then(|| messages::other_shadow_type(old, new, shadow, own))
    });
    pairs.collect()
}

fn types(shadow: &Shadow) -> (&str, &str) {
    (&shadow.parent_type, &shadow.value_type)
}

fn dropped_states(old: &Report, new: &Report) -> Vec<Finding> {
    let (Some(theirs), Some(ours)) = (&old.states, &new.states) else {
        return Vec::new();
    };
    let dropped = theirs
        .iter()
        .filter(|state| !ours.iter().any(|own| own.id == state.id));
    dropped
        .map(|state| messages::dropped_state(old, new, state))
        .collect()
}

fn changed_states(old: &Report, new: &Report) -> Vec<Finding> {
    let theirs = old.states.iter().flatten();
    let pairs = theirs.filter_map(|state| {
        let own = new.states.iter().flatten().find(|own| own.id == state.id);
        Some((state, own?))
    });
    pairs
        .flat_map(|(state, own)| {
            let lower = own.version < state.version;
            let lower = lower.then(|| messages::lower_state(old, new, state, own));
            let other = remembers_other(state, own);
            let other = other.then(|| messages::other_state_type(old, new, state, own));
            lower.into_iter().chain(other)
        })
        .collect()
}

fn remembers_other(state: &State, own: &State) -> bool {
    match (&state.value_type, &own.value_type) {
        (Some(theirs), Some(ours)) => theirs != ours,
        _ => false,
    }
}
