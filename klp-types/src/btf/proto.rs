// SPDX-License-Identifier: GPL-2.0-only
//! Function prototypes.

use btf_rs::{BtfType, FuncProto, Type};

use super::members::owned;
use super::{Layout, LayoutError, TypeId};
use crate::nearest;

const SUGGESTIONS: usize = 3;

/// A function's prototype in C spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prototype {
    /// Return type.
    pub returns: String,
    /// `sizeof` the return type, in bytes; 0 for void.
    pub return_size: u64,
    /// The return type itself.
    pub return_id: TypeId,
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
    /// Its type itself.
    pub type_id: TypeId,
}

impl Prototype {
    /// The prototype of `function` as C has it, such as
    /// `int cmdline_proc_show(struct seq_file *m, void *v)`.
    pub fn in_c(&self, function: &str) -> String {
        let parameters = self.parameters.iter();
        let mut list: Vec<String> = parameters
            .map(|parameter| declaration(&parameter.type_name, &parameter.name))
            .collect();
        if self.variadic {
            list.push("...".to_owned());
        }
        if list.is_empty() {
            list.push("void".to_owned());
        }
        let head = declaration(&self.returns, function);
        format!("{head}({})", list.join(", "))
    }
}

fn declaration(type_name: &str, name: &str) -> String {
    match type_name.ends_with('*') || name.is_empty() {
        true => format!("{type_name}{name}"),
        false => format!("{type_name} {name}"),
    }
}

impl Layout {
    /// Prototypes of all functions of this name; static functions of one name may differ. With a
    /// module's layout these are the module's own functions.
    pub fn prototypes(&self, function: &str) -> Result<Vec<Prototype>, LayoutError> {
        let ids = self.btf.resolve_ids_by_name(function).unwrap_or_default();
        let first = self.first_own();
        let prototypes: Vec<Prototype> = ids
            .into_iter()
            .filter(|id| *id >= first)
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

    /// The number of the first type that is the object's own.
    fn first_own(&self) -> u32 {
        let split = self.btf.split();
        split.map_or(0, |section| section.type_id_range().0)
    }

    fn prototype(&self, found: &FuncProto) -> Prototype {
        let parameters = found
            .parameters
            .iter()
            .filter(|parameter| !parameter.is_variadic());
        Prototype {
            returns: self.spelling(found.return_type_id()),
            return_size: self.size_of(found.return_type_id()),
            return_id: TypeId(found.return_type_id()),
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
            type_id: TypeId(type_id),
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
