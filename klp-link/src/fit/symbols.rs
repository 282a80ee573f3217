// SPDX-License-Identifier: GPL-2.0-only
//! Functions and variables: by name and position, and by prototype.

use klp_codes::codes;

use super::side::Side;
use super::{Answer, same};
use crate::info::{Function, KernelSymbol};
use crate::link::{Diagnostic, Wanted, kernel_symbol, replaceable};
use crate::profile::{Layout, Object, Profile, Prototype, Symbol};

/// The name, with the position where one is given.
pub(super) fn name(symbol: &str, sympos: u64) -> String {
    match sympos {
        0 => symbol.to_owned(),
        _ => format!("{symbol},{sympos}"),
    }
}

/// A function that is replaced.
pub(super) fn function(function: &Function, base: &Side<'_>, side: &Side<'_>) -> Answer {
    let wanted = Wanted {
        object: &function.object,
        symbol: &function.symbol,
        sympos: function.sympos,
    };
    compared(wanted, replaceable, (base, side))
}

/// A symbol that is used.
pub(super) fn used(symbol: &KernelSymbol, base: &Side<'_>, side: &Side<'_>) -> Answer {
    let wanted = Wanted {
        object: &symbol.object,
        symbol: &symbol.name,
        sympos: symbol.sympos,
    };
    compared(wanted, kernel_symbol, (base, side))
}

/// How the link step finds a symbol.
type Find<'p> = fn(&'p Profile, Wanted<'_>) -> Result<Symbol<'p>, Diagnostic>;

fn compared<'p>(
    wanted: Wanted<'_>,
    find: Find<'p>,
    (base, side): (&Side<'_>, &Side<'p>),
) -> Answer {
    let Some(object) = side.profile.object(wanted.object) else {
        return side.no_module(wanted.object);
    };
    match find(side.profile, wanted) {
        Err(diagnostic) => Answer::diagnosed(briefly(wanted, object), diagnostic),
        Ok(_) => other_position(wanted, base, side)
            .or_else(|| other_prototype(wanted, base, side))
            .unwrap_or_else(Answer::same),
    }
}

/// What the link step says, in a cell.
fn briefly(wanted: Wanted<'_>, object: Object<'_>) -> String {
    match (
        object.symbols_named(wanted.symbol).as_slice(),
        wanted.sympos,
    ) {
        ([], _) => "missing".to_owned(),
        ([one], _) if one.init => "in .init".to_owned(),
        ([one], 0 | 1) if !matches!(one.kind, 't' | 'T' | 'w' | 'W') => "data".to_owned(),
        ([_], 0 | 1) => "not traceable".to_owned(),
        (several, 0) => format!("{} of that name", several.len()),
        (several, sympos) if sympos > several.len() as u64 => format!("only {}", several.len()),
        _ => "not traceable".to_owned(),
    }
}

/// A position means something else where there are more or fewer of the name.
fn other_position(wanted: Wanted<'_>, base: &Side<'_>, side: &Side<'_>) -> Option<Answer> {
    let count = |side: &Side<'_>| {
        let object = side.profile.object(wanted.object);
        object.map_or(0, |object| object.symbols_named(wanted.symbol).len())
    };
    let (ours, theirs) = (count(base), count(side));
    if wanted.sympos == 0 || ours == theirs || ours == 0 {
        return None;
    }
    let message = format!(
        "`{}` of `{}` is there {theirs} times in kernel {}, not {ours} times: position {} may be \
         another one",
        wanted.symbol,
        wanted.object,
        side.release(),
        wanted.sympos
    );
    let help = "find out which one is meant there, and give that kernel its own `sympos` by \
                `#[cfg(linux_at_least = …)]`";
    let reason = format!("sympos of {theirs}, not {ours}");
    Some(Answer::refused(codes::OTHER_POSITION, reason, message).help(help))
}

/// Static functions of one name may have several prototypes: one in common will do.
fn other_prototype(wanted: Wanted<'_>, base: &Side<'_>, side: &Side<'_>) -> Option<Answer> {
    let (ours, theirs) = (base.types(wanted.object)?, side.types(wanted.object)?);
    // Variables, and functions that the compiler made, have none.
    let old = ours.prototypes(wanted.symbol).ok()?;
    let new = theirs.prototypes(wanted.symbol).ok()?;
    let common = |old: &Prototype| {
        new.iter()
            .any(|new| same::prototype((ours, old), (theirs, new)))
    };
    if old.iter().any(common) {
        return None;
    }
    let in_c = |layout: &Layout, prototypes: &[Prototype]| {
        let first = prototypes.first().map(|first| first.in_c(wanted.symbol));
        format!(
            "kernel {}: `{}`",
            layout.kernel(),
            first.unwrap_or_default()
        )
    };
    let message = format!(
        "`{}` of `{}` has another prototype in kernel {}",
        wanted.symbol,
        wanted.object,
        side.release()
    );
    let help = "declare it for that kernel by `#[cfg(linux_at_least = …)]`";
    let answer = Answer::refused(codes::OTHER_PROTOTYPE, "other prototype", message);
    Some(
        answer
            .note(in_c(ours, &old))
            .note(in_c(theirs, &new))
            .help(help),
    )
}
