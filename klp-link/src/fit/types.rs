// SPDX-License-Identifier: GPL-2.0-only
//! Structs, unions and enums: whether they are there, with the members that are used.

use klp_codes::codes;

use super::side::Side;
use super::{Answer, Kind, Outcome, same};
use crate::info::{Type, TypeKind};
use crate::profile::{Layout, LayoutError};

pub(super) fn kind(of: &Type) -> Kind {
    match of.kind {
        TypeKind::Record | TypeKind::Enum => Kind::Type,
        TypeKind::Constant => Kind::Constant,
    }
}

/// The type and what is used of it.
pub(super) fn name(of: &Type) -> String {
    let (name, members) = (&of.name, &of.members);
    let keyword = match of.kind {
        TypeKind::Record => "struct ",
        TypeKind::Enum => "enum ",
        TypeKind::Constant => "",
    };
    match members.as_slice() {
        [] => format!("{keyword}{name}"),
        members => format!("{keyword}{name} {{ {} }}", members.join(", ")),
    }
}

/// What a kernel has of it.
pub(super) fn answer(of: &Type, base: &Side<'_>, side: &Side<'_>) -> Answer {
    let (Some(ours), Some(theirs)) = (base.types(&of.object), side.types(&of.object)) else {
        return side.no_module(&of.object);
    };
    let answer = match of.kind {
        TypeKind::Record => record(of, ours, theirs),
        TypeKind::Enum => enumeration(of, ours, theirs),
        TypeKind::Constant => {
            let value = |layout: &Layout| layout.enumerator(None, &of.name);
            value(theirs).map(|new| compared(value(ours).ok(), new, "other value"))
        }
    };
    answer.unwrap_or_else(|error| missing("missing", &error))
}

fn missing(reason: &str, error: &LayoutError) -> Answer {
    let help = "use what that kernel has, by `#[cfg(linux_at_least = …)]`";
    Answer::refused(codes::NO_SUCH_TYPE, reason, error.to_string()).help(help)
}

fn compared<T: PartialEq>(old: Option<T>, new: T, otherwise: &str) -> Answer {
    match old {
        Some(old) if old != new => Answer::adapts(otherwise),
        _ => Answer::same(),
    }
}

fn record(of: &Type, ours: &Layout, theirs: &Layout) -> Result<Answer, LayoutError> {
    let new = theirs.of_record(&of.name)?;
    let old = ours.of_record(&of.name).ok();
    if let Some(size) = of.size
        && size != new.size
    {
        let message = format!(
            "`struct {}` has {} bytes in kernel {}, and the patch relies on {size}",
            of.name,
            new.size,
            theirs.kernel()
        );
        let help = "let `types!` lay it out, or give that kernel a definition of its own";
        let reason = format!("{} bytes", new.size);
        return Ok(Answer::refused(codes::OTHER_STRUCT_SIZE, reason, message).help(help));
    }
    let members = of.members.iter();
    let members = members.map(|name| member(&of.name, name, ours, theirs));
    let worst = members.max_by_key(|answer| answer.outcome);
    if let Some(worst) = worst.filter(|worst| worst.outcome != Outcome::Same) {
        return Ok(worst);
    }
    Ok(compared(old.map(|old| old.size), new.size, "other layout"))
}

fn member(owner: &str, name: &str, ours: &Layout, theirs: &Layout) -> Answer {
    // A struct without a tag is known by its typedef, and its members only as a whole.
    let Ok(old) = ours.field(owner, name) else {
        return Answer::same();
    };
    let new = match theirs.field(owner, name) {
        Ok(new) => new,
        Err(error) => return missing(&format!("no `{name}`"), &error),
    };
    if !same::types((ours, old.type_id()), (theirs, new.type_id())) {
        let message = format!(
            "`{name}` of `struct {owner}` is `{}` in kernel {}, and `{}` in kernel {}",
            new.type_name,
            theirs.kernel(),
            old.type_name,
            ours.kernel()
        );
        let help = "see that the patch can do with both, or tell them apart by \
                    `#[cfg(linux_at_least = …)]`";
        let reason = format!("`{name}` is `{}`", new.type_name);
        return Answer::unsure(codes::OTHER_MEMBER_TYPE, reason, message).help(help);
    }
    let place = |field: &crate::profile::Field| (field.bit_offset, field.bit_size);
    compared(Some(place(&old)), place(&new), "other layout")
}

fn enumeration(of: &Type, ours: &Layout, theirs: &Layout) -> Result<Answer, LayoutError> {
    theirs.of_enum(&of.name)?;
    for name in &of.members {
        let value = |layout: &Layout| layout.enumerator(Some(&of.name), name);
        match value(theirs) {
            Err(error) => return Ok(missing(&format!("no `{name}`"), &error)),
            Ok(new) if value(ours).is_ok_and(|old| old != new) => {
                return Ok(Answer::adapts("other values"));
            }
            Ok(_) => {}
        }
    }
    Ok(Answer::same())
}
