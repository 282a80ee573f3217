// SPDX-License-Identifier: GPL-2.0-only
//! Rules about pairs that no single attribute can check.

use super::Callback;
use crate::callback::record::NoUndo;

/// That some patch callback names this one as its `undo`, or that it undoes nothing, with a reason.
///
/// Implemented where that is said, so saying it twice is a conflict.
pub trait UndoOfOneCallbackOnly {}

/// What a `#[post_unpatch]` function must be.
#[diagnostic::on_unimplemented(
    message = "[KLP025] `{Self}` undoes nothing",
    label = "no `#[pre_patch]` names it as its `undo`",
    note = "a post_unpatch callback takes back what a pre_patch callback did: write `undo = {Self}` on that `#[pre_patch]`",
    note = "where nothing needs to be taken back, write `undoes_nothing = \"reason\"` on the `#[post_unpatch]`"
)]
pub trait UndoesPrePatch {}

/// What a `#[pre_unpatch]` function must be.
#[diagnostic::on_unimplemented(
    message = "[KLP024] `{Self}` undoes nothing",
    label = "no `#[post_patch]` names it as its `undo`",
    note = "a pre_unpatch callback takes back what a post_patch callback did: write `undo = {Self}` on that `#[post_patch]`",
    note = "where nothing needs to be taken back, write `undoes_nothing = \"reason\"` on the `#[pre_unpatch]`"
)]
pub trait UndoesPostPatch {}

#[diagnostic::do_not_recommend]
impl<T: UndoOfOneCallbackOnly> UndoesPrePatch for T {}

#[diagnostic::do_not_recommend]
impl<T: UndoOfOneCallbackOnly> UndoesPostPatch for T {}

/// Fails to compile when `U`, the undo of `P`, accompanies another object.
#[track_caller]
pub(super) const fn assert_same_object<P: Callback, U: Callback>() {
    if U::OBJECT.is_empty() || same(P::OBJECT, U::OBJECT) {
        return;
    }
    let mut text = Text::new();
    text.push(&["[KLP026] `", P::FUNCTION, "` is for object `", P::OBJECT]);
    text.push(&["`, but its undo `", U::FUNCTION, "` is for `", U::OBJECT]);
    text.push(&["`, and would run when that is unpatched: give both the same object"]);
    panic!("{}", text.as_str())
}

impl Callback for NoUndo {
    const OBJECT: &'static str = "";
    const FUNCTION: &'static str = "";
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// A message put together at compile time.
struct Text {
    bytes: [u8; 1024],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; 1024],
            len: 0,
        }
    }

    /// Appends whole parts; what finds no room is left out.
    const fn push(&mut self, parts: &[&str]) {
        let mut part = 0;
        while part < parts.len() {
            let (_, free) = self.bytes.split_at_mut(self.len);
            let text = parts[part].as_bytes();
            if let Some((room, _)) = free.split_at_mut_checked(text.len()) {
                room.copy_from_slice(text);
                self.len += text.len();
            }
            part += 1;
        }
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a callback and its undo are for different objects",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_as_a_whole() {
        assert!(same("vmlinux", "vmlinux"));
        assert!(!same("vmlinux", "vmlinu"));
        assert!(!same("", "vmlinux"));
    }

    #[test]
    fn text_keeps_whole_parts() {
        let mut text = Text::new();
        text.push(&["a", "ö"]);
        text.push(&[core::str::from_utf8(&[b'x'; 2000]).unwrap(), "b"]);
        assert_eq!(text.as_str(), "aöb");
    }
}
