// SPDX-License-Identifier: GPL-2.0-only
//! Function prototypes.

use btf_rs::{BtfType, FuncProto, Type};

use super::members::owned;
use super::{Layout, LayoutError};
use crate::profile::nearest::nearest;

const SUGGESTIONS: usize = 3;

/// A function's prototype in C spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prototype {
    /// Return type.
    pub returns: String,
    /// `sizeof` the return type, in bytes; 0 for void.
    pub return_size: u64,
    /// Parameters in order, without `...`.
    pub parameters: Vec<Parameter>,
    /// Whether it ends in `...`.
    pub variadic: bool,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name; empty where BTF has none.
    pub name: String,
    /// C spelling of its type.
    pub type_name: String,
    /// `sizeof` its type, in bytes.
    pub size: u64,
}

impl Layout {
    /// Prototypes of all functions of this name; static functions of one name may differ.
    pub fn prototypes(&self, function: &str) -> Result<Vec<Prototype>, LayoutError> {
        let ids = self.btf.resolve_ids_by_name(function).unwrap_or_default();
        let prototypes: Vec<Prototype> = ids
            .into_iter()
            .filter_map(|id| match self.by_id(id)? {
                Type::Func(found) => self.by_id(found.get_type_id()?),
                _ => None,
            })
            .filter_map(|kind| match kind {
                Type::FuncProto(found) => Some(self.prototype(&found)),
                _ => None,
            })
            .collect();
        if prototypes.is_empty() {
            Err(self.no_function(function))
        } else {
            Ok(prototypes)
        }
    }

    fn prototype(&self, found: &FuncProto) -> Prototype {
        let parameters = found
            .parameters
            .iter()
            .filter(|parameter| !parameter.is_variadic());
        Prototype {
            returns: self.spelling(found.return_type_id()),
            return_size: self.size_of(found.return_type_id()),
            parameters: parameters
                .map(|parameter| self.parameter(parameter))
                .collect(),
            variadic: found.parameters.iter().any(btf_rs::Parameter::is_variadic),
        }
    }

    fn parameter(&self, parameter: &btf_rs::Parameter) -> Parameter {
        let type_id = parameter.get_type_id().unwrap_or(0);
        Parameter {
            name: self.name_of(parameter),
            type_name: self.spelling(type_id),
            size: self.size_of(type_id),
        }
    }

    fn no_function(&self, name: &str) -> LayoutError {
        let names = self.names(|kind| matches!(kind, Type::Func(_)));
        LayoutError::NotFound {
            what: "function with type information",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.iter().map(String::as_str))),
        }
    }
}
