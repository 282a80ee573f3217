// SPDX-License-Identifier: GPL-2.0-only
//! Every finding, by name.

use super::super::report::{Callback, Function, Pair, Report, Shadow, State};
use super::Severity::{Note, Refusal, Warning};
use super::{Finding, Severity};
use crate::link::Place;

impl Finding {
    fn new(severity: Severity, name: &'static str, message: String) -> Self {
        Self {
            severity,
            name,
            message,
            notes: Vec::new(),
            help: None,
        }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says where in `patch` the author wrote it, if its file says so.
    fn at(self, patch: &Report, what: &str, place: Option<&Place>) -> Self {
        match place {
            Some(place) => self.note(format!("`{what}` of `{}` is at {place}", patch.name)),
            None => self,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

pub(super) fn other_kernel(old: &Report, new: &Report) -> Finding {
    let message = format!(
        "`{}` is for kernel {}, but `{}` for {}",
        new.name, new.kernel.release, old.name, old.kernel.release
    );
    let finding = Finding::new(Refusal, "other-kernel", message)
        .note("no machine can load both, so the one never follows the other")
        .help("compare builds for one kernel: `cargo klp build --kernels …` leaves one for each");
    match old.kernel.release == new.kernel.release {
        true => finding.note(format!(
            "the vermagic differs: \"{}\" and \"{}\"",
            old.kernel.vermagic, new.kernel.vermagic
        )),
        false => finding,
    }
}

pub(super) fn other_build(old: &Report, new: &Report, bound: bool) -> Finding {
    let severity = if bound { Refusal } else { Warning };
    let message = format!(
        "`{}` and `{}` were linked for two builds of kernel {}",
        old.name, new.name, new.kernel.release
    );
    let finding = Finding::new(severity, "other-build", message)
        .help("link both with the profile of the kernel that runs: `cargo klp kernel add`");
    match bound {
        true => finding.note("klp's core refuses a patch for any other build than its own"),
        false => finding.note("what each was checked against may not be what the machine runs"),
    }
}

pub(super) fn replaces_across_cores(old: &Report, new: &Report) -> Finding {
    let message = format!(
        "`{}` does not replace `{}`, which runs on another core",
        new.name, old.name
    );
    Finding::new(Refusal, "other-core", message)
        .note("a core takes off its own patches only, and a function belongs to one core at a time")
        .help("unload the old patch first, or build both for one core")
}

pub(super) fn same_name(old: &Report) -> Finding {
    let message = format!("both modules are named `{}`", old.name);
    Finding::new(Warning, "same-name", message)
        .note("the kernel loads no second module of a name: the old patch has to be unloaded first, and its fixes are missing in between")
        .help("give each release of a cumulative patch a name of its own")
}

pub(super) fn unknown_replace(new: &Report) -> Finding {
    let message = format!(
        "`{}` decides as it is loaded whether it replaces older patches",
        new.name
    );
    Finding::new(Note, "unknown-replace", message).note("it is judged as if it does")
}

pub(super) fn function_of_both(
    old: &Report,
    new: &Report,
    object: &str,
    func: &Function,
) -> Finding {
    let ordered = old.replace == Some(true);
    let severity = if ordered { Warning } else { Refusal };
    let message = format!(
        "`{}` of {object} is patched by both, and `{}` does not replace `{}`",
        func.symbol, new.name, old.name
    );
    let finding = Finding::new(severity, "function-of-both", message);
    let finding = finding.at(new, &func.symbol, func.place.as_ref());
    let finding = match ordered {
        true => finding.note("the old patch's version is not run any more while the new one is on"),
        false => finding
            .note("neither replaces the other: the one that was enabled last wins, in whichever order they are loaded"),
    };
    finding.help(
        "make one cumulative patch of both, with `replace: true`, whose function has both fixes",
    )
}

pub(super) fn dropped_function(
    old: &Report,
    new: &Report,
    object: &str,
    func: &Function,
) -> Finding {
    let message = format!(
        "`{}` of {object} goes back to the kernel's own code",
        func.symbol
    );
    Finding::new(Warning, "dropped-function", message)
        .note(format!(
            "`{}` patches it, `{}` does not",
            old.name, new.name
        ))
        .at(old, &func.symbol, func.place.as_ref())
        .help("if the fix is still needed, add its `mod` line to the new patch")
}

pub(super) fn dropped_undo(
    old: &Report,
    new: &Report,
    object: &str,
    callback: &Callback,
) -> Finding {
    let kind = callback.kind.name();
    let message = format!(
        "`{}` is dropped, a {kind} callback of {object}, and `{}` has no other",
        callback.function, new.name
    );
    let place = callback.place.as_ref();
    let (named, keep) = match &callback.pair {
        Pair::None { reason } => {
            return Finding::new(Warning, "dropped-callback", message)
                .note(format!("it undoes no other callback: {reason}"))
                .at(old, &callback.function, place)
                .help("see that what it does is done elsewhere, or is needed no more");
        }
        Pair::Undoes { functions } => {
            let names = functions.join("`, `");
            (
                format!("what `{names}` did"),
                format!("`{names}` and `{}`", callback.function),
            )
        }
        Pair::UndoneBy { .. } | Pair::Unknown => (
            "what the old patch set up".to_owned(),
            format!("the {kind} callback"),
        ),
    };
    Finding::new(Refusal, "dropped-callback", message)
        .note(format!(
            "a patch that replaces another runs its own callbacks only: {named} would never be undone"
        ))
        .at(old, &callback.function, place)
        .help(format!(
            "keep {keep} in the new patch; or, if it is to end now, undo {named} in a post_patch callback of the new patch, and say so by a {kind} callback with `undoes_nothing = \"reason\"`"
        ))
}

pub(super) fn dropped_setup(
    old: &Report,
    new: &Report,
    object: &str,
    callback: &Callback,
) -> Finding {
    let kind = callback.kind.name();
    let message = format!(
        "`{}` is dropped, a {kind} callback of {object}, and `{}` has no other",
        callback.function, new.name
    );
    let finding = Finding::new(Warning, "dropped-setup", message)
        .note("what it does is not done on a machine that never had the old patch, and stays done on one that had");
    let finding = match &callback.pair {
        Pair::None { reason } => finding.note(format!("nothing undoes it: {reason}")),
        _ => finding,
    };
    finding
        .at(old, &callback.function, callback.place.as_ref())
        .help("keep it, unless no function of the new patch needs it")
}

pub(super) fn other_callback(
    old: &Report,
    new: &Report,
    object: &str,
    callback: &Callback,
    heirs: &[&Callback],
) -> Finding {
    let kind = callback.kind.name();
    let names: Vec<_> = heirs.iter().map(|heir| heir.function.as_str()).collect();
    let message = format!(
        "`{}` is dropped, a {kind} callback of {object}; `{}` has `{}` instead",
        callback.function,
        new.name,
        names.join("`, `")
    );
    Finding::new(Warning, "other-callback", message)
        .note("the old patch's callback is not run when it is replaced: the new one has to do its work, on what the old patch left")
        .at(old, &callback.function, callback.place.as_ref())
        .help("if it is the same callback, keep its name; if not, see that it does that work")
}

pub(super) fn dropped_shadow(old: &Report, new: &Report, shadow: &Shadow) -> Finding {
    let message = format!(
        "the shadow variable `{}` (id {:#x}) is dropped: `{}` does not know it",
        shadow.name, shadow.id, new.name
    );
    Finding::new(Refusal, "dropped-shadow", message)
        .note(format!(
            "variables that `{}` made outlive it; nobody would free them, and a new `{}` at an old one's address would find them",
            old.name, shadow.parent_type
        ))
        .at(old, &shadow.name, shadow.place.as_ref())
        .help(format!(
            "keep the `#[shadow]` in the new patch, and have a post_patch callback of it call `{}.free_all()`; drop it in the release after that",
            shadow.name
        ))
}

pub(super) fn other_shadow_type(
    old: &Report,
    new: &Report,
    shadow: &Shadow,
    own: &Shadow,
) -> Finding {
    let message = format!(
        "the shadow variables with id {:#x} are `{}` of `{}` in `{}`, but `{}` of `{}` in `{}`",
        own.id,
        own.value_type,
        own.parent_type,
        new.name,
        shadow.value_type,
        shadow.parent_type,
        old.name
    );
    Finding::new(Refusal, "other-shadow-type", message)
        .at(new, &own.name, own.place.as_ref())
        .note("variables that the old patch made are there still: the new one would take them for its own type")
        .help("give the new type a new id, or leave both out: the id is then made of the types")
}

pub(super) fn unknown_shadows(silent: &Report) -> Finding {
    let message = format!(
        "`{}` uses shadow variables, but its file does not say which",
        silent.name
    );
    Finding::new(Warning, "unknown-shadows", message)
        .note("whether one is dropped or has another type cannot be known")
        .help("compare the sources")
}

pub(super) fn dropped_state(old: &Report, new: &Report, state: &State) -> Finding {
    let message = format!(
        "{} is dropped: `{}` does not have it",
        named(state),
        new.name
    );
    Finding::new(Refusal, "dropped-state", message)
        .note(format!(
            "the kernel refuses a patch that replaces others and lacks a state of theirs: nobody would undo what `{}` did",
            old.name
        ))
        .at(old, name_of(state), state.place.as_ref())
        .help(format!(
            "declare it in the new patch, {}, with this version or a higher one, and see that its callbacks take it over",
            declaration(state)
        ))
}

/// What an author writes for a state.
fn declaration(state: &State) -> String {
    let (id, version) = (state.id, state.version);
    let attribute = format!("#[state(id = {id}, version = {version})]");
    match (&state.name, &state.value_type) {
        (Some(name), Some(value)) => {
            format!("`{attribute} unsafe static {name}: State<{value}>;`")
        }
        _ => format!("`{attribute}`"),
    }
}

pub(super) fn lower_state(old: &Report, new: &Report, state: &State, own: &State) -> Finding {
    let message = format!(
        "{} has version {} in `{}`, but {} in `{}`",
        named(state),
        own.version,
        new.name,
        state.version,
        old.name
    );
    Finding::new(Refusal, "lower-state-version", message)
        .note(
            "the kernel refuses to go back: a lower version does not know what the higher one did",
        )
        .at(new, name_of(own), own.place.as_ref())
        .help("give it the old patch's version or a higher one, and handle what that version does")
}

pub(super) fn other_state_type(old: &Report, new: &Report, state: &State, own: &State) -> Finding {
    let text = |state: &State| state.value_type.clone().unwrap_or_default();
    let message = format!(
        "{} remembers `{}` in `{}`, but `{}` in `{}`",
        named(state),
        text(own),
        new.name,
        text(state),
        old.name
    );
    Finding::new(Refusal, "other-state-type", message)
        .at(new, name_of(own), own.place.as_ref())
        .note("the new patch takes the old one's memory over, and would take it for its own type")
        .help("keep the type, or give the change a new id and undo the old one under the old id")
}

fn name_of(state: &State) -> &str {
    state.name.as_deref().unwrap_or("the state")
}

fn named(state: &State) -> String {
    match &state.name {
        Some(name) => format!("the state `{name}` (id {})", state.id),
        None => format!("the state {}", state.id),
    }
}
