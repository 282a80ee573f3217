// SPDX-License-Identifier: GPL-2.0-only
//! Function prototypes.

use super::members::owned;
use super::raw::{Class, RawType};
use super::{Layout, LayoutError, TypeId};
use crate::nearest;

const SUGGESTIONS: usize = 3;
/// Most functions of one name that are looked at: input may have any number.
const FUNCTIONS: usize = 256;

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

/// A name goes before what is behind a function pointer's star.
fn declaration(type_name: &str, name: &str) -> String {
    if let Some((before, after)) = type_name.split_once("(*)") {
        return format!("{before}(*{name}){after}");
    }
    match type_name.ends_with('*') || name.is_empty() {
        true => format!("{type_name}{name}"),
        false => format!("{type_name} {name}"),
    }
}

impl Layout {
    /// Prototypes of all functions of this name; static functions of one name may differ. With a
    /// module's layout these are the module's own functions.
    pub fn prototypes(&self, function: &str) -> Result<Vec<Prototype>, LayoutError> {
        let first = self.btf.first_own();
        let own = self.btf.named(function).take_while(|id| *id >= first);
        let functions = own.filter_map(|id| self.by_id(id));
        let prototypes: Vec<Prototype> = functions
            .filter(|found| found.class == Class::Func)
            .take(FUNCTIONS)
            .filter_map(|found| self.by_id(found.word))
            .map(|found| self.prototype(found))
            .collect();
        if prototypes.is_empty() {
            Err(self.no_function(function))
        } else {
            Ok(prototypes)
        }
    }

    fn prototype(&self, found: RawType<'_>) -> Prototype {
        let parameters = found.parameters().filter(|parameter| !is_dots(*parameter));
        Prototype {
            returns: self.spelling(found.word),
            return_size: self.size_of(found.word),
            return_id: TypeId(found.word),
            parameters: parameters
                .map(|parameter| self.parameter(parameter))
                .collect(),
            variadic: found.parameters().any(is_dots),
        }
    }

    fn parameter(&self, (name, type_id): (u32, u32)) -> Parameter {
        Parameter {
            name: self.name(name),
            type_name: self.spelling(type_id),
            size: self.size_of(type_id),
            type_id: TypeId(type_id),
        }
    }

    fn no_function(&self, name: &str) -> LayoutError {
        let names = self.names(|found| found.class == Class::Func);
        LayoutError::NotFound {
            kernel: self.kernel.clone(),
            what: "function with type information",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.into_iter())),
        }
    }
}

/// Whether a parameter is `...`.
pub(super) fn is_dots((name, type_id): (u32, u32)) -> bool {
    name == 0 && type_id == 0
}
