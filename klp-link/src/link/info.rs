// SPDX-License-Identifier: GPL-2.0-only
//! `.klp.info`: the records, for those who read the file ([`crate::info`]).

use klp_runtime::contract::{self, VMLINUX};
use object::elf;

use crate::hex::hex;
use crate::info::{self, FORMAT, Info, KernelSymbol, SECTION};
use crate::profile::Profile;

use super::constants;
use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::imports::kernel_symbol_of;
use super::messages;
use super::patch::{Callback, Patch};

/// Adds the section, which no flag asks the loader to keep.
pub(crate) fn add(
    image: &mut Image<'_>,
    patch: &Patch,
    used: Used,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    let info = Info {
        format: FORMAT,
        objects: objects(patch, profile),
        functions: functions(patch),
        callbacks: callbacks(image, patch),
        shadows: shadows(patch),
        states: states(patch),
        kernel_symbols: used.symbols,
        types: Some(types(patch, used.types)),
    };
    let chunk = Chunk {
        bytes: serde_json::to_vec(&info).map_err(|error| messages::unwritable(&error))?,
        relocations: Vec::new(),
    };
    image.add_section(SECTION, elf::SectionFlags(0), 1, chunk);
    Ok(())
}

/// What the code uses of the kernel.
pub(crate) struct Used {
    symbols: Vec<KernelSymbol>,
    types: Vec<info::Type>,
}

/// What the code uses; to be asked before it is resolved.
pub(crate) fn used(image: &Image<'_>) -> Used {
    let names = image.wanted_symbols().into_iter();
    let types = names.filter_map(|symbol| constants::type_of(&image.name(symbol)));
    Used {
        types: types.collect(),
        symbols: kernel_symbols(image),
    }
}

/// The author's list, and what the code asks for beside it; each once.
fn types(patch: &Patch, used: Vec<info::Type>) -> Vec<info::Type> {
    let listed = patch.types.iter().map(|listed| info::Type {
        kind: match listed.kind {
            contract::TypeKind::Record => info::TypeKind::Record,
            contract::TypeKind::Enum => info::TypeKind::Enum,
            contract::TypeKind::Constant => info::TypeKind::Constant,
        },
        object: listed.object.clone(),
        name: listed.name.clone(),
        members: listed.members.clone(),
        size: None,
        place: Some(listed.place.clone()),
    });
    let mut types: Vec<_> = listed.chain(used).collect();
    types.sort();
    types.dedup();
    types
}

/// What the code uses of `#[kernel]` blocks.
fn kernel_symbols(image: &Image<'_>) -> Vec<KernelSymbol> {
    let names = image.wanted_symbols().into_iter();
    let symbols = names.filter_map(|symbol| {
        let name = image.name(symbol);
        let wanted = kernel_symbol_of(&name)?;
        Some(KernelSymbol {
            object: wanted.object.to_owned(),
            name: wanted.symbol.to_owned(),
            sympos: wanted.sympos,
        })
    });
    let mut symbols: Vec<_> = symbols.collect();
    symbols.sort();
    symbols
}

fn objects(patch: &Patch, profile: &Profile) -> Vec<info::Object> {
    let mut names = patch.objects();
    if !names.contains(&VMLINUX) {
        names.insert(0, VMLINUX);
    }
    let known = names.into_iter().filter_map(|name| profile.object(name));
    known
        .map(|object| info::Object {
            name: object.name().to_owned(),
            build_id: object.build_id().map(hex),
            srcversion: object.srcversion().map(str::to_owned),
        })
        .collect()
}

fn functions(patch: &Patch) -> Vec<info::Function> {
    let funcs = patch.funcs.iter().map(|func| info::Function {
        object: func.object.clone(),
        symbol: func.symbol.clone(),
        sympos: func.sympos,
        place: func.place.clone(),
    });
    funcs.collect()
}

fn callbacks(image: &Image<'_>, patch: &Patch) -> Vec<info::Callback> {
    let callbacks = patch.callbacks.iter().map(|callback| info::Callback {
        object: callback.object.clone(),
        kind: callback.kind,
        function: callback.function.clone(),
        undone_by: given(&callback.undone_by),
        undoes: undoes(callback, patch),
        reason: given(&callback.reason),
        symbol: image
            .function_at(callback.run)
            .map(|symbol| image.name(symbol).into_owned()),
        place: callback.place.clone(),
    });
    callbacks.collect()
}

/// The patch callbacks that name `callback`; its code tells it from one of the same name in another
/// file.
fn undoes(callback: &Callback, patch: &Patch) -> Vec<String> {
    let named = patch.callbacks.iter().filter(|other| {
        other.undo == Some(callback.run)
            && other.undone_by == callback.function
            && other.object == callback.object
            && other.kind.undone_by() == Some(callback.kind)
    });
    named.map(|other| other.function.clone()).collect()
}

fn shadows(patch: &Patch) -> Vec<info::Shadow> {
    let shadows = patch.shadows.iter().map(|shadow| info::Shadow {
        id: shadow.id,
        name: shadow.name.clone(),
        parent_type: shadow.parent_type.clone(),
        value_type: shadow.value_type.clone(),
        place: shadow.place.clone(),
    });
    shadows.collect()
}

fn states(patch: &Patch) -> Vec<info::State> {
    let states = patch.states.iter().map(|state| info::State {
        id: state.id,
        name: state.name.clone(),
        value_type: state.value_type.clone(),
        place: state.place.clone(),
    });
    states.collect()
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
