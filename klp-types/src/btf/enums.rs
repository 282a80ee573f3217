// SPDX-License-Identifier: GPL-2.0-only
//! Enumerators.

use btf_rs::Type;

use super::members::owned;
use super::{Layout, LayoutError};
use crate::nearest;

const SUGGESTIONS: usize = 3;

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enumeration {
    /// `sizeof`, in bytes.
    pub size: u64,
    /// Whether values may be negative.
    pub signed: bool,
    /// Its enumerators in order.
    pub enumerators: Vec<Enumerator>,
}

/// An enumerator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// Its value; beyond `i64::MAX` where the enum is unsigned, the same bits.
    pub value: i64,
}

impl Layout {
    /// The enum of this name.
    pub fn of_enum(&self, name: &str) -> Result<Enumeration, LayoutError> {
        let found = self.find(name, |kind| match &kind {
            Type::Enum(found) => Some((found.size(), found.is_signed(), self.enumerators(&kind))),
            Type::Enum64(found) => Some((found.size(), found.is_signed(), self.enumerators(&kind))),
            _ => None,
        });
        let (size, signed, enumerators) = found.ok_or_else(|| self.no_enum(name))?;
        let enumerators = enumerators.into_iter();
        Ok(Enumeration {
            size: size as u64,
            signed,
            enumerators: enumerators
                .map(|(name, value)| Enumerator { name, value })
                .collect(),
        })
    }

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

    fn no_enum(&self, name: &str) -> LayoutError {
        let names = self.names(|kind| matches!(kind, Type::Enum(_) | Type::Enum64(_)));
        LayoutError::NotFound {
            what: "enum",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.iter().map(String::as_str))),
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
