// SPDX-License-Identifier: GPL-2.0-only
//! A Rust signature and the prototype that the kernel's type information (BTF) has of the
//! function.
//!
//! What can be told from how a type is written is compared here, with the error at that type.
//! What only rustc can know, the size of an alias for instance, becomes a [`Question`] that
//! generated code answers. Functions without BTF (assembler, compiler-made variants such as
//! `f.isra.0`, modules built without it) cannot be checked; of static functions with one name but
//! different prototypes any will do.

mod compare;
mod rust;
mod variable;

use super::symbol::Symbol;
use crate::errors::Errors;
use crate::messages::{self, Message};
use crate::target;
use compare::{Verdict, value};
use klp_types::{Layout, Prototype, TypeId};
use proc_macro2::Span;
use quote::ToTokens;
use rust::Rust;
use syn::{Error, FnArg, LitStr, ReturnType, Signature, Type};

pub use compare::Passed;
pub use variable::variable;

/// What rustc has to find of a type.
pub struct Question {
    pub ty: Type,
    pub size: u64,
    pub passed: Passed,
    /// What to say otherwise.
    pub message: Message,
}

/// Checks a function's signature; the errors are where the differences are.
pub fn function(
    sig: &Signature,
    object: &LitStr,
    symbol: &Symbol,
    errors: &mut Errors,
) -> Vec<Question> {
    let layout = match target::types(&object.value()) {
        Ok(layout) => layout,
        Err(error) if error.is_of_module() => return Vec::new(),
        Err(error) => {
            errors.add(Error::new(Span::call_site(), messages::no_types(&error)));
            return Vec::new();
        }
    };
    let prototypes = layout.prototypes(&symbol.name).unwrap_or_default();
    let mut compared = prototypes.iter().map(|prototype| {
        let mut comparison = Comparison::new(&layout, prototype, &symbol.name);
        comparison.signature(sig);
        comparison
    });
    let Some(first) = compared.next() else {
        return Vec::new();
    };
    let others: Vec<_> = compared.collect();
    if first.errors.is_empty() && others.is_empty() {
        return first.questions;
    }
    if !first.errors.is_empty() && others.iter().all(|other| !other.errors.is_empty()) {
        first.errors.into_iter().for_each(|error| errors.add(error));
    }
    Vec::new()
}

struct Comparison<'a> {
    layout: &'a Layout,
    prototype: &'a Prototype,
    name: &'a str,
    errors: Vec<Error>,
    questions: Vec<Question>,
}

impl<'a> Comparison<'a> {
    fn new(layout: &'a Layout, prototype: &'a Prototype, name: &'a str) -> Self {
        Self {
            layout,
            prototype,
            name,
            errors: Vec::new(),
            questions: Vec::new(),
        }
    }

    fn signature(&mut self, sig: &Signature) {
        let inputs = sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) => Some(input),
            FnArg::Receiver(_) => None,
        });
        for (input, parameter) in inputs.zip(&self.prototype.parameters) {
            let is = match parameter.name.as_str() {
                "" => "this is".to_owned(),
                name => format!("`{name}` is"),
            };
            self.one(parameter.type_id, &input.ty, &is);
        }
        self.count(sig);
        self.variadic(sig);
        self.output(sig);
    }

    /// Compares one value; `is` names it.
    fn one(&mut self, id: TypeId, ty: &Type, is: &str) {
        let (layout, in_c) = (self.layout, self.prototype.in_c(self.name));
        let message = |what| {
            let difference = difference(layout, id, is, what, ty);
            messages::type_differs(&difference, Some(&in_c))
        };
        match value(layout, id, &Rust::of(ty)) {
            Verdict::Same => {}
            Verdict::Differs(what) => {
                let error = Error::new_spanned(ty, message(what.as_deref()));
                self.errors.push(error);
            }
            Verdict::Ask(size, passed) => self.questions.push(Question {
                ty: ty.clone(),
                size,
                passed,
                message: message(None),
            }),
        }
    }

    fn count(&mut self, sig: &Signature) {
        let (rust, c) = (sig.inputs.len(), self.prototype.parameters.len());
        if rust == c {
            return;
        }
        let in_c = self.prototype.in_c(self.name);
        let kernel = self.layout.kernel();
        let message = messages::parameter_count(self.name, [c, rust], kernel, &in_c);
        self.errors.push(match sig.inputs.iter().nth(c) {
            Some(first_too_many) => Error::new_spanned(first_too_many, message),
            None => Error::new(sig.paren_token.span.join(), message),
        });
    }

    fn variadic(&mut self, sig: &Signature) {
        let (in_c, kernel) = (self.prototype.in_c(self.name), self.layout.kernel());
        match (&sig.variadic, self.prototype.variadic) {
            (Some(dots), false) => {
                let message = messages::variadic("not variadic", "leave out", kernel, &in_c);
                self.errors.push(Error::new_spanned(dots, message));
            }
            (None, true) => {
                let message = messages::variadic("variadic", "add", kernel, &in_c);
                let span = sig.paren_token.span.join();
                self.errors.push(Error::new(span, message));
            }
            _ => {}
        }
    }

    fn output(&mut self, sig: &Signature) {
        let (id, returns) = (self.prototype.return_id, &self.prototype.returns);
        match &sig.output {
            ReturnType::Type(_, ty) => self.one(id, ty, &format!("`{}` returns", self.name)),
            ReturnType::Default => {
                if let Verdict::Differs(_) = value(self.layout, id, &Rust::Unit) {
                    let in_c = self.prototype.in_c(self.name);
                    let difference = format!(
                        "`{}` returns `{returns}` in kernel {}, and this nothing",
                        self.name,
                        self.layout.kernel()
                    );
                    let message = messages::type_differs(&difference, Some(&in_c));
                    self.errors.push(Error::new_spanned(&sig.ident, message));
                }
            }
        }
    }
}

/// What is wrong with `ty`: "`v` is `void *` in kernel 6.1, a pointer, and `c_int` is not".
fn difference(layout: &Layout, id: TypeId, is: &str, what: Option<&str>, ty: &Type) -> String {
    let (c, kernel) = (layout.spelled_in_c(id), layout.kernel());
    let what = what.map_or(String::new(), |what| format!(", {what}"));
    let ty = written(ty);
    format!("{is} `{c}` in kernel {kernel}{what}, and `{ty}` is not")
}

/// A type as people write it.
fn written(ty: &Type) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (tokens, words) in [("* mut ", "*mut "), ("* const ", "*const "), ("& ", "&")] {
        text = text.replace(tokens, words);
    }
    text
}
