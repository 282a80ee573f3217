// SPDX-License-Identifier: GPL-2.0-only
//! Objects that a patch names and the profile does not have: one message an object.

use std::collections::BTreeMap;

use crate::profile::Profile;

use super::diagnostic::{Diagnostic, Place};
use super::image::Image;
use super::imports;
use super::messages;
use super::patch::Patch;
use super::users::Users;

/// What is wanted of an object: its name in the source, and where.
struct Use {
    place: Option<Place>,
    name: String,
}

/// All objects of functions, callbacks and kernel symbols that `profile` lacks.
pub(crate) fn unknown(
    image: &Image<'_>,
    patch: &Patch,
    users: &Users,
    profile: &Profile,
) -> Vec<Diagnostic> {
    let funcs = patch.funcs.iter().map(|func| {
        let place = Some(func.place.clone());
        (func.object.clone(), place, func.symbol.clone())
    });
    let callbacks = patch.callbacks.iter().map(|callback| {
        let place = Some(callback.place.clone());
        (callback.object.clone(), place, callback.function.clone())
    });
    let symbols = users.iter().filter_map(|(symbol, user)| {
        let name = image.name(*symbol);
        let wanted = imports::kernel_symbol_of(&name)?;
        let (object, symbol) = (wanted.object.to_owned(), wanted.symbol.to_owned());
        Some((object, user.place.clone(), symbol))
    });
    let mut unknown: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    for (object, place, name) in funcs.chain(callbacks).chain(symbols) {
        if profile.object(&object).is_none() {
            unknown.entry(object).or_default().push(Use { place, name });
        }
    }
    unknown
        .into_iter()
        .map(|(object, uses)| report(profile, &object, uses))
        .collect()
}

fn report(profile: &Profile, object: &str, mut uses: Vec<Use>) -> Diagnostic {
    uses.sort_by(|a, b| (a.place.is_none(), &a.place).cmp(&(b.place.is_none(), &b.place)));
    let names: Vec<_> = uses.iter().map(|wanted| wanted.name.as_str()).collect();
    let place = uses.first().and_then(|first| first.place.clone());
    messages::unknown_object(profile, object, &names).at(place)
}
