// SPDX-License-Identifier: GPL-2.0-only
//! A patch as its module hands it over: the kernel's own tables, read into what the engine takes.

use crate::kernel::{klp_callbacks, klp_func, klp_object, klp_patch, klp_state, module};
use crate::linux::Linux;
use crate::object::Loadable;
use crate::relocations;
use crate::sysfs::Shown;
use core::cell::{Cell, UnsafeCell};
use core::ffi::{c_char, c_int};
use core::mem::transmute;
use core::ptr::{self, NonNull};
use klp_kernel::prelude::*;
use klp_runtime::contract::{CoreHeader, RawCallback, VMLINUX};
use klp_runtime::{
    Boxed, Callbacks, Error, FuncSpec, List, ObjectSpec, Patch, PatchSpec, StateSpec,
};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/module/main.c`.
    fn try_module_get(module: *mut module) -> bool;
    /// `kernel/module/main.c`.
    fn module_put(module: *mut module);
}

/// A patch in its module.
///
/// # Invariants
/// `table` is a patch's table of `module`, which stays until this is dropped. `spec` points into
/// the lists.
pub struct Loaded {
    spec: PatchSpec,
    table: NonNull<klp_patch>,
    module: *mut module,
    objects: List<ObjectSpec, Linux>,
    funcs: List<List<FuncSpec, Linux>, Linux>,
    states: List<StateSpec, Linux>,
    /// What administrators see, and that the module is held, from `acquire` on.
    shown: UnsafeCell<Option<Shown>>,
    /// Whether its module stays for ever.
    pub forced: Cell<bool>,
    /// The next one in the graveyard.
    pub next: Cell<Option<Handle>>,
}

/// A patch that the engine has, or is given.
///
/// # Invariants
/// It is there until it is taken back by `into_box`.
#[derive(Clone, Copy)]
pub struct Handle(NonNull<Loaded>);

// SAFETY: what changes of a patch does so under the lock of the engine.
unsafe impl Send for Handle {}

impl Handle {
    /// Gives a patch to the engine.
    pub fn new(patch: Boxed<Loaded, Linux>) -> Self {
        // INVARIANT: just given away.
        Self(Boxed::into_raw(patch))
    }

    /// The patch.
    pub fn get(&self) -> &Loaded {
        // SAFETY: there, by the invariant.
        unsafe { self.0.as_ref() }
    }

    /// Takes the patch back.
    ///
    /// # Safety
    /// The engine must have it no longer, and nobody else use a handle of it again.
    pub unsafe fn into_box(self) -> Boxed<Loaded, Linux> {
        // SAFETY: given away by `new`; the caller vouches for the rest.
        unsafe { Boxed::from_raw(self.0, Linux) }
    }
}

impl Loaded {
    /// Reads a patch's tables.
    ///
    /// # Safety
    /// `table` must be a complete table of a patch, as klp's link step writes them, which stays
    /// until the result is dropped.
    pub unsafe fn read(
        table: NonNull<klp_patch>,
    ) -> core::result::Result<Boxed<Self, Linux>, Error> {
        // SAFETY: the caller vouches for the table.
        let patch = unsafe { table.as_ref() };
        // SAFETY: the link step puts it there.
        let header = unsafe { table.cast::<CoreHeader>().sub(1).as_ref() };
        let module: *mut module = patch.r#mod.cast();
        let mut loaded = Boxed::new(
            Self {
                spec: PatchSpec {
                    // SAFETY: the module stays, and its name with it.
                    name: unsafe { string(module::name(module).cast()) },
                    replace: patch.replace,
                    objects: &[],
                    states: &[],
                },
                table,
                module,
                objects: List::new(Linux),
                funcs: List::new(Linux),
                states: List::new(Linux),
                shown: UnsafeCell::new(None),
                forced: Cell::new(false),
                next: Cell::new(None),
            },
            Linux,
        )?;
        // SAFETY: a complete table, with a stub for each function.
        unsafe { loaded.read_objects(header.directs) }?;
        // SAFETY: a complete table.
        unsafe { loaded.read_states() }?;
        // INVARIANT: the lists do not change any more.
        // SAFETY: they are there as long as the patch itself.
        loaded.spec.objects = unsafe { forever(&loaded.objects) };
        // SAFETY: as above.
        loaded.spec.states = unsafe { forever(&loaded.states) };
        Ok(loaded)
    }

    /// # Safety
    /// The table must be complete, and there be as many stubs as functions.
    unsafe fn read_objects(
        &mut self,
        mut directs: *const usize,
    ) -> core::result::Result<(), Error> {
        // SAFETY: the caller vouches for the table.
        for object in unsafe { self.raw_objects() } {
            let mut funcs = List::new(Linux);
            // SAFETY: an object of the table.
            for func in unsafe { raw_funcs(object) } {
                // SAFETY: there are as many stubs.
                let direct = unsafe { directs.read() };
                // SAFETY: as above.
                directs = unsafe { directs.add(1) };
                // SAFETY: a function of the table.
                funcs.push(unsafe { func_spec(func, direct) })?;
            }
            self.objects.push(ObjectSpec {
                // SAFETY: an object of the table.
                name: unsafe { name_of(object) },
                // SAFETY: the list is kept as long as the patch itself.
                funcs: unsafe { forever(&funcs) },
                // SAFETY: an object of the table.
                callbacks: unsafe { callbacks(&*klp_object::callbacks(object)) },
            })?;
            self.funcs.push(funcs)?;
        }
        Ok(())
    }

    /// # Safety
    /// The table must be complete.
    unsafe fn read_states(&mut self) -> core::result::Result<(), Error> {
        // SAFETY: the caller vouches for the table.
        let mut state: *mut klp_state = unsafe { self.table.as_ref() }.states.cast();
        // SAFETY: the last one has no id; without states there is no table.
        while let Some(raw) = unsafe { state.as_ref() }.filter(|state| state.id != 0) {
            self.states.push(StateSpec {
                id: raw.id,
                version: raw.version,
            })?;
            // SAFETY: not the last one.
            state = unsafe { state.add(1) };
        }
        Ok(())
    }

    /// The table's state of this id.
    pub fn state(&self, id: u64) -> Option<NonNull<klp_state>> {
        let index = self.states.iter().position(|state| state.id == id)?;
        // SAFETY: a complete table, by the invariant, of which the list is a copy.
        let state = unsafe { self.table.as_ref().states.cast::<klp_state>().add(index) };
        NonNull::new(state)
    }

    /// # Safety
    /// The table must be complete.
    unsafe fn raw_objects(&self) -> impl Iterator<Item = *mut klp_object> + use<> {
        // SAFETY: the caller vouches for the table.
        let first: *mut klp_object = unsafe { self.table.as_ref() }.objs.cast();
        (0..)
            // SAFETY: up to the last one, which has neither functions nor a name.
            .map(move |index| unsafe { first.add(index) })
            .take_while(|object| {
                // SAFETY: the one behind one that is not the last.
                let object = unsafe { &**object };
                !object.funcs.is_null() || !object.name.is_null()
            })
    }

    /// The table's object of this name.
    pub fn object(&self, name: &str) -> Option<*mut klp_object> {
        // SAFETY: a complete table, by the invariant.
        let mut objects = unsafe { self.raw_objects() };
        // SAFETY: objects of the table.
        objects.find(|object| unsafe { name_of(*object) } == name)
    }

    /// What the engine takes.
    ///
    /// # Safety
    /// The patch must be there until the engine releases it.
    pub unsafe fn spec(&self) -> &'static PatchSpec {
        // SAFETY: the caller vouches for it.
        unsafe { &*ptr::from_ref(&self.spec) }
    }

    /// Keeps the module, and shows the patch. If that fails halfway the patch is to be buried.
    pub fn acquire(&self, patch: &Patch<Linux>) -> core::result::Result<(), Error> {
        // SAFETY: the module is there, by the invariant.
        if !unsafe { try_module_get(self.module) } {
            return Err(Error::ModuleGone);
        }
        // SAFETY: the lock of the engine is held.
        let shown = unsafe { &mut *self.shown.get() };
        shown.insert(Shown::new()).make(patch)
    }

    /// Whether the module is kept, and the patch shown, wholly or in part.
    pub fn acquired(&self) -> bool {
        // SAFETY: the lock of the engine is held.
        unsafe { (*self.shown.get()).is_some() }
    }

    /// Ends what [`acquire`](Self::acquire) began, and with it the patch. The lock of the engine is
    /// not held: who reads an attribute may be waiting for it, and is waited for.
    pub fn bury(this: Boxed<Self, Linux>) {
        let (module, forced) = (this.module, this.forced.get());
        drop(this);
        if !forced {
            // SAFETY: taken by `acquire`, and nothing of the module is used any more.
            unsafe { module_put(module) };
        }
    }

    /// Writes the addresses of an object's symbols into the patch's code.
    pub fn relocate(&self, object: Loadable) -> core::result::Result<(), Error> {
        // SAFETY: the module is there, by the invariant.
        unsafe { relocations::apply(self.module, object) }
    }

    /// Undoes [`relocate`](Self::relocate).
    pub fn unrelocate(&self, object: Loadable) {
        // SAFETY: the module is there, by the invariant.
        unsafe { relocations::clear(self.module, object) };
    }
}

/// # Safety
/// The list must not change, and outlive the result.
unsafe fn forever<T>(list: &List<T, Linux>) -> &'static [T] {
    // SAFETY: the caller vouches for it.
    unsafe { &*ptr::from_ref(&**list) }
}

/// # Safety
/// The string must end in 0, and outlive the result.
unsafe fn string(text: *const c_char) -> &'static str {
    // SAFETY: the caller vouches for it.
    let text = unsafe { CStr::from_ptr(text) };
    // What is no text is no name of anything.
    text.to_str().unwrap_or_default()
}

/// # Safety
/// An object of a complete table, which outlives the result.
unsafe fn name_of(object: *mut klp_object) -> &'static str {
    // SAFETY: the caller vouches for the object.
    let name = unsafe { klp_object::name(object).read() };
    if name.is_null() {
        return VMLINUX;
    }
    // SAFETY: a name in the table.
    unsafe { string(name) }
}

/// # Safety
/// An object of a complete table.
unsafe fn raw_funcs(object: *mut klp_object) -> impl Iterator<Item = *mut klp_func> {
    // SAFETY: the caller vouches for the object.
    let first: *mut klp_func = unsafe { klp_object::funcs(object).read() }.cast();
    (0..)
        // SAFETY: up to the last one, which has no name.
        .map(move |index| unsafe { first.add(index) })
        // SAFETY: the one behind one that is not the last.
        .take_while(|func| !unsafe { &**func }.old_name.is_null())
}

/// # Safety
/// A function of a complete table, which outlives the result.
unsafe fn func_spec(func: *mut klp_func, direct: usize) -> FuncSpec {
    // SAFETY: the caller vouches for the function.
    let func = unsafe { &*func };
    FuncSpec {
        // SAFETY: a name in the table.
        symbol: unsafe { string(func.old_name) },
        sympos: func.old_sympos,
        new_func: func.new_func.addr(),
        direct,
    }
}

fn callbacks(raw: &klp_callbacks) -> Callbacks {
    /// A callback that returns a number.
    type Answers = Option<unsafe extern "C" fn(*mut klp_object) -> c_int>;
    /// A callback that returns nothing to speak of.
    type Void = Option<unsafe extern "C" fn(*mut klp_object)>;
    // SAFETY: all take the object. What those return which return nothing is not looked at.
    let void = |callback: Void| unsafe { transmute::<Void, Option<RawCallback>>(callback) };
    Callbacks {
        // SAFETY: it takes the object and returns a number.
        pre_patch: unsafe { transmute::<Answers, Option<RawCallback>>(raw.pre_patch) },
        post_patch: void(raw.post_patch),
        pre_unpatch: void(raw.pre_unpatch),
        post_unpatch: void(raw.post_unpatch),
    }
}
