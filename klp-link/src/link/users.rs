// SPDX-License-Identifier: GPL-2.0-only
//! Who refers to what somebody else must define: for messages.

use std::collections::BTreeMap;

use klp_runtime::contract::ModuleKind;
use klp_runtime::contract::symbol::{EXIT, INIT};
use object::build::Id;
use object::build::elf::SymbolId;

use super::diagnostic::Place;
use super::image::{Image, Target};
use super::patch::Patch;
use super::source::Source;

/// Who asks for a symbol: the function and the line.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// The function, demangled.
    pub(crate) function: String,
    /// The line.
    pub(crate) place: Option<Place>,
}

/// For each undefined symbol that somebody refers to, who does so first.
pub(crate) struct Users(BTreeMap<usize, (SymbolId, User)>);

impl Users {
    /// Looks through the relocations of all loaded sections.
    pub(crate) fn new(image: &Image<'_>, patch: &Patch, source: &Source<'_>) -> Self {
        let mut users = BTreeMap::new();
        for section in image.loaded_sections() {
            for relocation in image.relocations(section) {
                if let Some(symbol) = relocation.symbol.filter(|&s| image.is_undefined(s)) {
                    let target = Target {
                        section,
                        offset: relocation.r_offset,
                    };
                    users
                        .entry(symbol.index())
                        .or_insert_with(|| (symbol, user(image, target, patch, source)));
                }
            }
        }
        Self(users)
    }

    /// The first user of `symbol`.
    pub(crate) fn get(&self, symbol: SymbolId) -> Option<&User> {
        self.0.get(&symbol.index()).map(|(_, user)| user)
    }

    /// All symbols that have a user.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(SymbolId, User)> {
        self.0.values()
    }
}

/// The first who refers to `symbol`.
pub(crate) fn of(
    image: &Image<'_>,
    symbol: SymbolId,
    patch: &Patch,
    source: &Source<'_>,
) -> Option<User> {
    image.loaded_sections().into_iter().find_map(|section| {
        let mut relocations = image.relocations(section).iter();
        let found = relocations.find(|relocation| relocation.symbol == Some(symbol))?;
        let target = Target {
            section,
            offset: found.r_offset,
        };
        Some(user(image, target, patch, source))
    })
}

/// Who is at `target`.
pub(crate) fn user(image: &Image<'_>, target: Target, patch: &Patch, source: &Source<'_>) -> User {
    let Some(function) = image.function_at(target) else {
        return User {
            function: format!("data in {}", image.section_name(target.section)),
            place: None,
        };
    };
    let name = image.name(function);
    let place = match name.as_ref() {
        // Those of a patch are klp's code.
        INIT | EXIT if patch.kind == ModuleKind::Patch => Some(patch.place.clone()),
        _ => source.place(target.offset),
    };
    User {
        function: image.demangled(function),
        place,
    }
}
