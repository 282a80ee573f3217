// SPDX-License-Identifier: GPL-2.0-only
//! Checks of the whole patch against the whole kernel.

use std::collections::BTreeMap;

use klp_runtime::contract::{ModuleKind, VMLINUX};

use crate::profile::{Profile, Symbol};

use super::Input;
use super::cores::Core;
use super::diagnostic::Diagnostic;
use super::endless::Endless;
use super::identity;
use super::ids;
use super::layout::Layouts;
use super::messages;
use super::patch::{Export, Func, Patch};
use super::resolve::{self, Wanted};
use super::{variants, versions};

/// All that is wrong with the patch as its records describe it.
pub(crate) fn patch(
    patch: &Patch,
    input: &Input<'_>,
    profile: &Profile,
    layouts: &Layouts,
) -> Vec<Diagnostic> {
    let Input { module, core, .. } = *input;
    let mut found = Vec::new();
    found.extend(module_name(patch, module, layouts).err());
    match patch.kind {
        ModuleKind::Module => found.extend(parts_of_patches(patch)),
        ModuleKind::Patch if patch.funcs.is_empty() && patch.callbacks.is_empty() => {
            found.push(messages::empty_patch(patch));
        }
        ModuleKind::Patch => {}
    }
    found.extend(functions(patch, profile));
    let funcs = patch.funcs.iter();
    found.extend(funcs.filter_map(|func| left_clones(func, patch, profile)));
    found.extend(callbacks_alone(patch));
    found.extend(exported(patch, profile, layouts));
    found.extend(unnamed_kernel(patch, core, profile));
    found.extend(ids::check(patch));
    found
}

/// What has no meaning in a module that is no patch.
fn parts_of_patches(patch: &Patch) -> Vec<Diagnostic> {
    let of = messages::only_in_a_patch;
    let funcs = patch.funcs.iter();
    let funcs = funcs.map(|func| of("replaces", &func.symbol, &func.place));
    let callbacks = patch.callbacks.iter();
    let callbacks = callbacks.map(|c| of("has the callback", &c.function, &c.place));
    let states = patch.states.iter();
    let states = states.map(|state| of("has the state", &state.name, &state.place));
    funcs.chain(callbacks).chain(states).collect()
}

/// klp's core compares the kernel's build-id with the patch's.
fn unnamed_kernel(patch: &Patch, core: Core, profile: &Profile) -> Option<Diagnostic> {
    let compared = patch.kind == ModuleKind::Patch && core == Core::Klp;
    let id = compared.then(|| identity::build_id(profile))?;
    id.err().map(|error| error.at(Some(patch.place.clone())))
}

/// Functions that the kernel would not let the module export.
fn exported(patch: &Patch, profile: &Profile, layouts: &Layouts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut names: BTreeMap<&str, &Export> = BTreeMap::new();
    for export in &patch.exports {
        if patch.kind == ModuleKind::Patch {
            found.push(messages::export_of_a_patch(export));
        } else if let Some(taken) = profile.export(&export.name) {
            found.push(messages::export_is_taken(export, taken.provider));
        } else if let Some(first) = names.insert(&export.name, export) {
            found.push(messages::exported_twice(first, export));
        } else if versions::too_long(&export.name, layouts, profile) {
            found.push(messages::long_export(export));
        }
    }
    found
}

/// The kernel keeps the name in an array, with a NUL, and loads only one module of a name.
fn module_name(patch: &Patch, module: &str, layouts: &Layouts) -> Result<(), Diagnostic> {
    let limit = layouts.member_size("module", "name")?;
    if module.len() >= limit {
        return Err(messages::long_module_name(patch, module, limit));
    }
    if patch.objects().contains(&module) {
        return Err(messages::patches_itself(patch, module));
    }
    Ok(())
}

fn functions(patch: &Patch, profile: &Profile) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut replaced: BTreeMap<(&str, &str, u32), &Func> = BTreeMap::new();
    let known = |func: &&Func| profile.object(&func.object).is_some();
    for func in patch.funcs.iter().filter(known) {
        let wanted = Wanted {
            object: &func.object,
            symbol: &func.symbol,
            sympos: func.sympos,
        };
        match function(profile, wanted) {
            Err(diagnostic) => found.push(diagnostic.at(Some(func.place.clone()))),
            Ok(symbol) => {
                let key = (func.object.as_str(), func.symbol.as_str(), symbol.sympos);
                match replaced.get(&key) {
                    Some(first) => found.push(messages::replaced_twice(first, func)),
                    None => drop(replaced.insert(key, func)),
                }
            }
        }
    }
    found
}

/// The function that is meant, if it can be replaced.
pub(crate) fn function<'p>(
    profile: &'p Profile,
    wanted: Wanted<'_>,
) -> Result<Symbol<'p>, Diagnostic> {
    if let Some(whole) = variants::whole_of(wanted.symbol) {
        return Err(messages::rare_part(wanted, whole));
    }
    let symbol = resolve::symbol(profile, wanted)?;
    if symbol.init {
        return Err(messages::init_function(wanted));
    }
    if !matches!(symbol.kind, 't' | 'T' | 'w' | 'W') {
        return Err(messages::not_a_function(wanted, &symbol));
    }
    if let Some(endless) = Endless::of(wanted.object, wanted.symbol) {
        return Err(messages::endless(wanted, endless));
    }
    if symbol.ftrace_location.is_none() {
        return Err(messages::not_traceable(wanted, &symbol));
    }
    Ok(symbol)
}

/// The clones of a replaced function that the patch leaves as they are.
fn left_clones(func: &Func, patch: &Patch, profile: &Profile) -> Option<Diagnostic> {
    let object = profile.object(&func.object)?;
    let mut clones = variants::clones(&object, &func.symbol);
    let replaced = patch.funcs_of(&func.object);
    clones.retain(|clone| !replaced.iter().any(|func| func.symbol == *clone));
    let is_there = !object.symbols_named(&func.symbol).is_empty();
    let is_whole = is_there && !func.symbol.contains('.');
    (is_whole && !clones.is_empty()).then(|| messages::cloned(func, &clones))
}

/// Modules that have callbacks, but no functions, and nobody says why.
fn callbacks_alone(patch: &Patch) -> Vec<Diagnostic> {
    let modules = patch.objects().into_iter();
    let alone = modules.filter(|module| *module != VMLINUX && patch.funcs_of(module).is_empty());
    let unexplained = alone.filter_map(|module| {
        let callbacks = patch.callbacks.iter();
        let callbacks: Vec<_> = callbacks.filter(|one| one.object == module).collect();
        let explained = callbacks.iter().any(|callback| callback.alone);
        let first = callbacks.first().filter(|_| !explained)?;
        Some(messages::callback_without_functions(first))
    });
    unexplained.collect()
}
