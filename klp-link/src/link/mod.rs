// SPDX-License-Identifier: GPL-2.0-only
//! The link step: from the linker's relocatable object to a module that a stock kernel loads, a live
//! patch or an ordinary one.
//!
//! Pure: bytes and a kernel profile in, bytes or diagnostics out.

mod anchor;
mod bounds;
mod bugs;
mod build_id;
mod check;
mod constants;
mod cores;
mod diagnostic;
mod endless;
mod exports;
mod floating_point;
mod frames;
mod identity;
mod ids;
pub(crate) mod image;
mod imports;
mod info;
mod layout;
mod livepatch;
mod messages;
mod modinfo;
mod objects;
mod orc;
mod params;
mod patch;
mod records;
mod relocations;
mod resolve;
mod script;
mod sections;
mod source;
mod states;
mod statics;
mod strings;
mod strip;
mod stubs;
mod tables;
mod this_module;
mod thunks;
mod users;
mod variants;
mod versions;

#[cfg(test)]
mod tests;

pub(crate) use check::function as replaceable;
pub use cores::{Core, core_abi};
pub use diagnostic::{Diagnostic, Level, Place};
pub(crate) use imports::{kernel_symbol, kernel_symbol_of};
pub use klp_runtime::contract::ModuleKind;
pub use messages::no_patch;
pub use patch::{Callback, Export, Func, Param, Patch, Shadow, State, Type};
pub use records::is_patch;
pub(crate) use resolve::Wanted;
pub use script::{LINKER_SCRIPT, linker_arguments};

use std::ops::Range;

use object::build::elf::SectionId;

use crate::profile::Profile;
use image::Image;
use layout::Layouts;
use source::{DebugSections, Source};
use strings::Strings;
use tables::Header;
use users::Users;

/// What to link.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The output of `ld -r` with [`linker_arguments`].
    pub object: &'a [u8],
    /// The module's name, with underscores.
    pub module: &'a str,
    /// The live-patching core that a patch calls; nothing to a module that is no patch.
    pub core: Core,
    /// The directory that source paths are shown relative to.
    pub source_root: &'a str,
}

/// A linked patch.
pub struct Linked {
    /// The module, to be written to `NAME.ko`.
    pub module: Vec<u8>,
    /// The same module with its debug info, for debuggers.
    pub debug: Vec<u8>,
    /// What the module does.
    pub patch: Patch,
    /// What its author should know of it.
    pub warnings: Vec<Diagnostic>,
}

/// Links a patch for the kernel of `profile`.
///
/// # Errors
///
/// All mistakes that can be known without loading the patch, each with its place in the source.
pub fn link(input: Input<'_>, profile: &Profile) -> Result<Linked, Vec<Diagnostic>> {
    let one = |error| vec![error];
    let layouts = Layouts::new(profile).map_err(one)?;
    let mut image = Image::read(input.object).map_err(one)?;
    let debug = DebugSections::read(input.object);
    let step = Step {
        input,
        profile,
        layouts,
        source: Source::new(&debug, input.source_root),
    };
    let patch = records::read(&image).map_err(one)?;
    let text = only_text(&image, &patch).map_err(one)?;
    let used = info::used(&image);
    let warnings = step.resolve(&mut image, text, &patch)?;
    step.generate(&mut image, text, &patch).map_err(one)?;
    if patch.kind == ModuleKind::Patch {
        info::add(&mut image, &patch, used, profile).map_err(one)?;
    }
    let (module, debug) = both_files(image).map_err(one)?;
    Ok(Linked {
        module,
        debug,
        patch,
        warnings,
    })
}

/// What stays the same throughout one link step.
struct Step<'a> {
    input: Input<'a>,
    profile: &'a Profile,
    layouts: Layouts,
    source: Source<'a>,
}

impl Step<'_> {
    /// Checks the patch and resolves every name in it. What comes after this gate cannot be the
    /// author's mistake. The result is what there is to warn of.
    fn resolve(
        &self,
        image: &mut Image<'_>,
        text: SectionId,
        patch: &Patch,
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut found = check::patch(patch, &self.input, self.profile, &self.layouts);
        bounds::drop_unused_slices(image);
        bounds::define(image);
        let users = Users::new(image, patch, &self.source);
        found.extend(identity::define(image, &users, self.profile).err());
        found.extend(objects::unknown(image, patch, &users, self.profile));
        found.extend(constants::fill(image, &users, &self.layouts, self.profile));
        found.extend(relocations::check(image, patch, &self.source));
        found.extend(sections::check(image, patch, &self.source));
        found.extend(thunks::check(image, text, &self.source));
        found.extend(floating_point::check(image, text, &self.source));
        found.extend(frames::check(image, text, &self.source));
        found.extend(imports::resolve(
            image,
            patch,
            self.input.core,
            &users,
            self.profile,
        ));
        found.sort_by(Diagnostic::in_source_order);
        let is_warning = |one: &Diagnostic| one.level == Level::Warning;
        match found.iter().all(is_warning) {
            true => Ok(found),
            false => Err(found),
        }
    }

    /// Adds everything that makes the object a module.
    fn generate(
        &self,
        image: &mut Image<'_>,
        text: SectionId,
        patch: &Patch,
    ) -> Result<(), Diagnostic> {
        let (layouts, profile) = (&self.layouts, self.profile);
        let mut strings = Strings::new(image, ".rodata.klp");
        this_module::add(image, self.input.module, layouts)?;
        let stubs = self.patch_tables(image, text, patch, &mut strings)?;
        exports::add(image, patch, layouts, profile)?;
        params::add(image, &patch.params, layouts, &mut strings)?;
        bugs::add(image, text, layouts, &self.source, &mut strings)?;
        thunks::add(image, text);
        orc::add(image, text, &stubs, layouts, profile)?;
        modinfo::add(image, patch, &self.input, profile);
        build_id::add(image);
        strip::flags(image);
        strip::unused_symbols(image);
        versions::add(image, layouts, profile)
    }

    /// Adds the tables of a patch, and for klp's core the stubs that they name.
    fn patch_tables(
        &self,
        image: &mut Image<'_>,
        text: SectionId,
        patch: &Patch,
        strings: &mut Strings,
    ) -> Result<Vec<Range<u64>>, Diagnostic> {
        let layouts = &self.layouts;
        match (patch.kind, self.input.core) {
            (ModuleKind::Module, _) => Ok(Vec::new()),
            (ModuleKind::Patch, Core::Builtin) => {
                tables::add(image, patch, None, layouts, strings)?;
                Ok(Vec::new())
            }
            (ModuleKind::Patch, Core::Klp) => {
                let stubs = stubs::add(image, text, patch, self.profile);
                let header = Header {
                    build_id: identity::build_id(self.profile)?,
                    text,
                    stubs: &stubs,
                };
                tables::add(image, patch, Some(&header), layouts, strings)?;
                Ok(stubs)
            }
        }
    }
}

/// The module and the same with its debug info.
///
/// Writing uses up an image, and `object` can neither copy one nor read back the relocations that
/// livepatch applies. So the image is written without them, and read again for each file.
fn both_files(image: Image<'_>) -> Result<(Vec<u8>, Vec<u8>), Diagnostic> {
    let whole = image.write()?;
    let mut stripped = Image::read(&whole)?;
    strip::debug_info(&mut stripped);
    let mut module = finished(stripped)?;
    let mut debug = finished(Image::read(&whole)?)?;
    build_id::stamp(&mut module, &mut debug);
    Ok((module, debug))
}

fn finished(mut image: Image<'_>) -> Result<Vec<u8>, Diagnostic> {
    livepatch::split(&mut image);
    image.write()
}

/// `.text`, which must be the only section with code: the lists of the link step are made for it.
fn only_text(image: &Image<'_>, patch: &Patch) -> Result<SectionId, Diagnostic> {
    let text = image.section(".text").ok_or_else(messages::no_code)?;
    let other = image.elf.sections.iter().find(|section| {
        !section.delete
            && section.id() != text
            && section.sh_flags.contains(object::elf::SHF_EXECINSTR)
    });
    match other {
        Some(other) => Err(code_elsewhere(image, other.id(), patch)),
        None => Ok(text),
    }
}

fn code_elsewhere(image: &Image<'_>, section: SectionId, patch: &Patch) -> Diagnostic {
    let functions = image.functions(section).into_iter();
    let names: Vec<_> = functions.map(|symbol| image.demangled(symbol)).collect();
    let replacement = patch
        .funcs
        .iter()
        .find(|func| func.new_func.section == section);
    messages::code_elsewhere(&image.section_name(section), &names)
        .at(replacement.map(|func| func.place.clone()))
}
