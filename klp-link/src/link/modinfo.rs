// SPDX-License-Identifier: GPL-2.0-only
//! `.modinfo`: the module's `key=value` strings (`kernel/module/main.c`, `check_modinfo`).

use klp_runtime::contract::{CORE, ModuleKind};
use object::elf;

use crate::profile::Profile;

use super::Input;
use super::cores::{self, Core};
use super::image::{Chunk, Image};
use super::patch::Patch;

/// Adds `.modinfo`.
pub(crate) fn add(image: &mut Image<'_>, patch: &Patch, input: &Input<'_>, profile: &Profile) {
    let bytes = entries(patch, input, profile)
        .into_iter()
        .flat_map(|(key, value)| format!("{key}={value}\0").into_bytes())
        .collect();
    let chunk = Chunk {
        bytes,
        relocations: Vec::new(),
    };
    image.add_section(".modinfo", elf::SHF_ALLOC, 1, chunk);
}

fn entries(patch: &Patch, input: &Input<'_>, profile: &Profile) -> Vec<(&'static str, String)> {
    let mut entries = vec![("license", patch.license.clone())];
    let version = version(patch);
    let optional = [
        ("description", &patch.description),
        ("author", &patch.author),
        ("version", &version),
    ];
    let given = optional.into_iter().filter(|(_, value)| !value.is_empty());
    entries.extend(given.map(|(key, value)| (key, value.clone())));
    if patch.kind == ModuleKind::Patch {
        entries.push(("livepatch", "Y".into()));
    }
    for param in &patch.params {
        if !param.description.is_empty() {
            entries.push(("parm", format!("{}:{}", param.name, param.description)));
        }
        entries.push(("parmtype", format!("{}:{}", param.name, param.type_name)));
    }
    entries.push(("depends", depends(patch, input.core).to_owned()));
    if profile.mitigations().retpoline {
        entries.push(("retpoline", "Y".into()));
    }
    entries.push(("name", input.module.to_owned()));
    entries.push(("vermagic", profile.vermagic().to_owned()));
    entries
}

/// The author's; of klp's core the ABI, which is then seen in sysfs where the core is loaded.
fn version(patch: &Patch) -> String {
    let mut exports = patch.exports.iter();
    match exports.any(|export| cores::is_exported(&export.name)) {
        true if patch.version.is_empty() => cores::version(),
        _ => patch.version.clone(),
    }
}

/// The module that must be there before this one.
fn depends(patch: &Patch, core: Core) -> &'static str {
    match (patch.kind, core) {
        (ModuleKind::Patch, Core::Klp) => CORE,
        _ => "",
    }
}
