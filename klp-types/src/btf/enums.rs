// SPDX-License-Identifier: GPL-2.0-only
//! Enumerators.

use super::members::owned;
use super::raw::{Class, RawType};
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
        let found = self.find(name, |found| {
            is_enum(found.class).then(|| self.enumeration(found))
        });
        found.ok_or_else(|| self.no_enum(name))
    }

    /// Value of an enumerator, e.g. `enumerator(Some("module_state"), "MODULE_STATE_LIVE")`.
    /// Without the enum's name all enums are searched, anonymous ones too, which takes longer.
    pub fn enumerator(&self, of: Option<&str>, name: &str) -> Result<i64, LayoutError> {
        let value = match of {
            Some(of) => self.find(of, |found| self.value_in(found, name)),
            None => self
                .btf
                .ids()
                .find_map(|id| self.value_in(self.by_id(id)?, name)),
        };
        value.ok_or_else(|| self.no_enumerator(of, name))
    }

    fn enumeration(&self, found: RawType<'_>) -> Enumeration {
        let enumerators = found.enumerators().map(|(name, value)| Enumerator {
            name: self.name(name),
            value,
        });
        Enumeration {
            size: found.size(),
            signed: found.flag,
            enumerators: enumerators.collect(),
        }
    }

    /// The value of `name` when it is an enum that has it.
    fn value_in(&self, found: RawType<'_>, name: &str) -> Option<i64> {
        let mut enumerators = found.enumerators();
        let found = enumerators.find(|(found, _)| self.btf.string(*found) == name);
        found.map(|(_, value)| value)
    }

    fn no_enum(&self, name: &str) -> LayoutError {
        let names = self.names(|found| is_enum(found.class));
        LayoutError::NotFound {
            kernel: self.kernel.clone(),
            what: "enum",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.into_iter())),
        }
    }

    fn no_enumerator(&self, of: Option<&str>, name: &str) -> LayoutError {
        let types = self.btf.ids().filter_map(|id| self.by_id(id));
        let of_it = types.filter(|found| of.is_none_or(|of| of == self.btf.string(found.name)));
        let names = of_it.flat_map(RawType::enumerators);
        let names = names.map(|(name, _)| self.btf.string(name));
        LayoutError::NotFound {
            kernel: self.kernel.clone(),
            what: "enumerator",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names)),
        }
    }
}

fn is_enum(class: Class) -> bool {
    matches!(class, Class::Enum | Class::Enum64)
}
