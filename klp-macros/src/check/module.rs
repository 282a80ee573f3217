// SPDX-License-Identifier: GPL-2.0-only
//! `klp::module!`.

use super::about::{About, about};
use crate::args::{self, Function};
use crate::errors::Errors;
use crate::messages;
use proc_macro2::Span;
use syn::{Error, Path, Result};

/// What is true of the whole module.
pub struct Module {
    pub about: About,
    pub init: Path,
    pub exit: Path,
}

/// Checks the values.
pub fn module(args: args::Module) -> Result<Module> {
    const INIT: &str =
        "what does the module do when it is loaded? write `init: f`, with `fn f() -> Result`";
    const EXIT: &str =
        "what does the module do when it is unloaded? write `exit: f`, with `fn f()`";
    let mut errors = Errors::default();
    let texts = [args.description, args.author, args.version];
    let about = about(args.license, texts, &mut errors);
    let init = function(args.init, INIT, &mut errors);
    let exit = function(args.exit, EXIT, &mut errors);
    let model = about.zip(init).zip(exit);
    errors.finish(model.map(|((about, init), exit)| Module { about, init, exit }))
}

fn function(path: Option<Function>, missing: &str, errors: &mut Errors) -> Option<Path> {
    match path {
        Some(Function(path)) => Some(path),
        None => {
            let message = messages::no_init_or_exit(missing);
            errors.add(Error::new(Span::call_site(), message));
            None
        }
    }
}
