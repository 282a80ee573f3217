// SPDX-License-Identifier: GPL-2.0-only
//! Enumerators.

use btf_rs::Type;

use super::members::owned;
use super::{Layout, LayoutError};
use crate::profile::nearest::nearest;

const SUGGESTIONS: usize = 3;

impl Layout {
    /// Value of an enumerator, e.g. `enumerator(Some("module_state"), "MODULE_STATE_LIVE")`.
    /// Without the enum's name all enums are searched, anonymous ones too, which takes longer.
    pub fn enumerator(&self, of: Option<&str>, name: &str) -> Result<i64, LayoutError> {
        let value = match of {
            Some(of) => self.find(of, |kind| self.value_in(&kind, name)),
            None => self.each_type(|kind| self.value_in(&kind, name)),
        };
        value.ok_or_else(|| self.no_enumerator(of, name))
    }

    /// The value of `name` when `kind` is an enum that has it.
    fn value_in(&self, kind: &Type, name: &str) -> Option<i64> {
        self.enumerators(kind)
            .into_iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    }

    /// Names and values; none when `kind` is no enum.
    fn enumerators(&self, kind: &Type) -> Vec<(String, i64)> {
        match kind {
            Type::Enum(found) => {
                let signed = found.is_signed();
                let value = |raw: u32| {
                    if signed {
                        raw.cast_signed().into()
                    } else {
                        raw.into()
                    }
                };
                let members = found.members.iter();
                members
                    .map(|member| (self.name_of(member), value(member.val())))
                    .collect()
            }
            Type::Enum64(found) => {
                let members = found.members.iter();
                members
                    .map(|member| (self.name_of(member), member.val().cast_signed()))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn no_enumerator(&self, of: Option<&str>, name: &str) -> LayoutError {
        let mut names: Vec<String> = Vec::new();
        let collect = |names: &mut Vec<String>, kind: &Type| {
            names.extend(self.enumerators(kind).into_iter().map(|(name, _)| name));
        };
        self.each_type(|kind| {
            let named = kind.as_btf_type().map(|named| self.name_of(named));
            if of.is_none() || of == named.as_deref() {
                collect(&mut names, &kind);
            }
            None::<()>
        });
        LayoutError::NotFound {
            what: "enumerator",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.iter().map(String::as_str))),
        }
    }
}
