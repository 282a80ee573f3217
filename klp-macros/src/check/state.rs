// SPDX-License-Identifier: GPL-2.0-only
//! `#[state]`: a change of the system's state.

use super::declared::{Declared, written};
use super::symbol::value;
use crate::args::{self, Number};
use crate::errors::Errors;
use crate::messages;
use syn::{Ident, Result};

/// A change of the system's state.
pub struct State {
    pub item: Declared,
    pub id: u64,
    pub version: u32,
    /// What the state remembers, without blanks.
    pub value_type: String,
}

/// Checks arguments and static.
pub fn state(args: args::State, item: Declared) -> Result<State> {
    let mut errors = Errors::default();
    let id = id(args.id, &item.ident, &mut errors);
    let version = version(args.version, &item.ident, &mut errors);
    // What is no `State<T>` has another type than the value that it is given: rustc says so.
    let value_type = match item.arguments("State").as_deref() {
        Some(&[value]) => written(value),
        _ => String::new(),
    };
    let model = id.zip(version).map(|(id, version)| State {
        item,
        id,
        version,
        value_type,
    });
    errors.finish(model)
}

fn id(number: Option<Number>, ident: &Ident, errors: &mut Errors) -> Option<u64> {
    let Some(number) = number else {
        errors.push(ident, messages::no_state_id());
        return None;
    };
    match value(&number, errors)? {
        0 => {
            errors.push(number.0, messages::state_id_zero());
            None
        }
        id => Some(id),
    }
}

fn version(number: Option<Number>, ident: &Ident, errors: &mut Errors) -> Option<u32> {
    let Some(number) = number else {
        errors.push(ident, messages::no_state_version());
        return None;
    };
    let version = u32::try_from(value(&number, errors)?).ok();
    if version.is_none() {
        errors.push(number.0, messages::number_range(32));
    }
    version
}
