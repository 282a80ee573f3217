// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's `klp_patch`, `klp_object` and `klp_func` tables (`include/linux/livepatch.h`), laid
//! out as the target kernel's BTF says; for klp's own core with a header before them.

use std::mem::{offset_of, size_of};
use std::ops::Range;

use klp_runtime::contract::{ABI, CoreHeader, VMLINUX, symbol};
use object::build::elf::{SectionId, SymbolId};
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image, Target};
use super::layout::Layouts;
use super::patch::{Callback, Func, Patch};
use super::states;
use super::strings::Strings;

/// The name of the section that holds the tables.
const SECTION: &str = ".data.klp";

/// The size of an address.
const POINTER: usize = 8;

/// What klp's own core finds through the header.
pub(crate) struct Header<'a> {
    /// The kernel's build-id.
    pub(crate) build_id: [u8; 20],
    /// A stub in this section for each function, in the order of the tables.
    pub(crate) text: SectionId,
    /// Where they are.
    pub(crate) stubs: &'a [Range<u64>],
}

/// Adds the tables and defines the patch's symbol at `struct klp_patch`.
pub(crate) fn add(
    image: &mut Image<'_>,
    patch: &Patch,
    header: Option<&Header<'_>>,
    layouts: &Layouts,
    strings: &mut Strings,
) -> Result<(), Diagnostic> {
    let section = image.add_section(
        SECTION,
        elf::SHF_ALLOC | elf::SHF_WRITE,
        8,
        Chunk::default(),
    );
    let plan = Plan::new(patch, header, layouts)?;
    let mut tables = Tables {
        chunk: Chunk::zeroed(plan.size),
        layouts,
        own: image.section_symbol(section),
        strings,
    };
    if let Some(header) = header {
        tables.header(image, header, plan.directs_at);
    }
    tables.patch(image, patch, &plan)?;
    states::put(&mut tables.chunk, plan.states_at, &patch.states, layouts)?;
    for (index, object) in plan.objects.iter().enumerate() {
        tables.object(image, plan.object_at(index), object)?;
        for (index, func) in object.funcs.iter().enumerate() {
            tables.func(image, object.funcs_at + index * plan.func_size, func)?;
        }
    }
    image.fill(section, tables.chunk);
    let start = Target {
        section,
        offset: plan.patch_at as u64,
    };
    image.define(symbol::PATCH, start, plan.patch_size as u64);
    name_arrays(image, section, &plan);
    Ok(())
}

/// Gives each array a symbol with its size, as a C compiler does: it is how a reader of the file
/// that knows no kernel finds the size of an element.
fn name_arrays(image: &mut Image<'_>, section: SectionId, plan: &Plan<'_>) {
    let mut name = |name: &str, at: usize, size: usize| {
        let start = Target {
            section,
            offset: at as u64,
        };
        image.define_local(name, start, size as u64, elf::STT_OBJECT);
    };
    let objects = (plan.objects.len() + 1) * plan.object_size;
    name("klp_objects", plan.object_at(0), objects);
    for object in &plan.objects {
        let size = (object.funcs.len() + 1) * plan.func_size;
        name(&format!("klp_funcs_{}", object.name), object.funcs_at, size);
    }
    if plan.states_size != 0 {
        name("klp_states", plan.states_at, plan.states_size);
    }
}

/// What goes where: the header, the patch, then the objects, then each object's funcs, then the
/// states, then the addresses of stubs. All kinds of array but the last end in a zeroed element.
struct Plan<'a> {
    patch_at: usize,
    patch_size: usize,
    object_size: usize,
    func_size: usize,
    objects: Vec<Object<'a>>,
    states_at: usize,
    states_size: usize,
    directs_at: usize,
    size: usize,
}

struct Object<'a> {
    name: &'a str,
    funcs: Vec<&'a Func>,
    callbacks: Vec<&'a Callback>,
    funcs_at: usize,
}

impl<'a> Plan<'a> {
    fn new(
        patch: &'a Patch,
        header: Option<&Header<'_>>,
        layouts: &Layouts,
    ) -> Result<Self, Diagnostic> {
        let patch_at = header.map_or(0, |_| size_of::<CoreHeader>());
        let names = patch.objects();
        let patch_size = layouts.size("klp_patch")?.next_multiple_of(8);
        let object_size = layouts.size("klp_object")?;
        let func_size = layouts.size("klp_func")?;
        let mut size = patch_at + patch_size + (names.len() + 1) * object_size;
        let mut objects = Vec::new();
        for name in names {
            let funcs = patch.funcs_of(name);
            let funcs_at = size;
            size += (funcs.len() + 1) * func_size;
            let callbacks = patch
                .callbacks
                .iter()
                .filter(|c| c.object == name)
                .collect();
            objects.push(Object {
                name,
                funcs,
                callbacks,
                funcs_at,
            });
        }
        let states_at = size;
        let states_size = states::size(&patch.states, layouts)?;
        size += states_size;
        let directs_at = size.next_multiple_of(POINTER);
        size = directs_at + header.map_or(0, |header| header.stubs.len() * POINTER);
        Ok(Self {
            patch_at,
            patch_size,
            object_size,
            func_size,
            objects,
            states_at,
            states_size,
            directs_at,
            size,
        })
    }

    fn object_at(&self, index: usize) -> usize {
        self.patch_at + self.patch_size + index * self.object_size
    }
}

struct Tables<'t> {
    chunk: Chunk,
    layouts: &'t Layouts,
    own: SymbolId,
    strings: &'t mut Strings,
}

impl Tables<'_> {
    fn header(&mut self, image: &mut Image<'_>, header: &Header<'_>, directs_at: usize) {
        let abi = offset_of!(CoreHeader, abi);
        self.chunk.put(abi, &ABI.to_le_bytes());
        let build_id = offset_of!(CoreHeader, build_id);
        self.chunk.put(build_id, &header.build_id);
        let directs = offset_of!(CoreHeader, directs);
        self.chunk.put_pointer(directs, self.own, directs_at as u64);
        let text = image.section_symbol(header.text);
        for (index, stub) in header.stubs.iter().enumerate() {
            let at = directs_at + index * POINTER;
            self.chunk.put_pointer(at, text, stub.start);
        }
    }

    fn patch(
        &mut self,
        image: &mut Image<'_>,
        patch: &Patch,
        plan: &Plan<'_>,
    ) -> Result<(), Diagnostic> {
        let offset = |member| self.layouts.offset("klp_patch", member);
        let at = plan.patch_at;
        let (module, objects, replace) = (
            at + offset("mod")?,
            at + offset("objs")?,
            at + offset("replace")?,
        );
        let this_module = image.import("__this_module");
        self.chunk.put_pointer(module, this_module, 0);
        self.chunk
            .put_pointer(objects, self.own, plan.object_at(0) as u64);
        self.chunk.put(replace, &[u8::from(patch.replace)]);
        if !patch.states.is_empty() {
            let states = at + offset("states")?;
            self.chunk
                .put_pointer(states, self.own, plan.states_at as u64);
        }
        Ok(())
    }

    fn object(
        &mut self,
        image: &mut Image<'_>,
        at: usize,
        object: &Object<'_>,
    ) -> Result<(), Diagnostic> {
        let offset = |member| self.layouts.offset("klp_object", member);
        let (name, funcs, callbacks) = (offset("name")?, offset("funcs")?, offset("callbacks")?);
        if object.name != VMLINUX {
            let (strings, text) = self.strings.pointer(image, object.name);
            self.chunk.put_pointer(at + name, strings, text);
        }
        self.chunk
            .put_pointer(at + funcs, self.own, object.funcs_at as u64);
        for callback in &object.callbacks {
            let slot = self.layouts.offset("klp_callbacks", callback.kind.name())?;
            self.put_code(image, at + callbacks + slot, callback.dispatch);
        }
        Ok(())
    }

    fn func(&mut self, image: &mut Image<'_>, at: usize, func: &Func) -> Result<(), Diagnostic> {
        let offset = |member| self.layouts.offset("klp_func", member);
        let (name, new, sympos) = (
            offset("old_name")?,
            offset("new_func")?,
            offset("old_sympos")?,
        );
        let (strings, text) = self.strings.pointer(image, &func.symbol);
        self.chunk.put_pointer(at + name, strings, text);
        self.put_code(image, at + new, func.new_func);
        self.chunk.put(at + sympos, &func.sympos.to_le_bytes());
        Ok(())
    }

    /// A pointer to code; of several callbacks of one kind, the same dispatcher is put but once.
    fn put_code(&mut self, image: &mut Image<'_>, at: usize, code: Target) {
        let taken = self
            .chunk
            .relocations
            .iter()
            .any(|r| r.r_offset == at as u64);
        if !taken {
            let symbol = image.section_symbol(code.section);
            self.chunk.put_pointer(at, symbol, code.offset);
        }
    }
}
