// SPDX-License-Identifier: GPL-2.0-only
//! A collection of errors, each at its own token.

use crate::messages::Message;
use quote::ToTokens;
use syn::{Error, Result};

/// The errors of one stage.
#[derive(Default)]
pub struct Errors(Option<Error>);

impl Errors {
    /// Adds an error at `tokens`.
    pub fn push(&mut self, tokens: impl ToTokens, message: Message) {
        self.add(Error::new_spanned(tokens, message));
    }

    /// The value, unless there is an error to keep instead.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// The end of a stage: `value`, which must be there when no error was added.
    pub fn finish<T>(self, value: Option<T>) -> Result<T> {
        match (self.0, value) {
            (None, Some(value)) => Ok(value),
            (Some(errors), _) => Err(errors),
            (None, None) => unreachable!("a value is missing only where an error was added"),
        }
    }

    /// Adds an error.
    pub fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }
}
