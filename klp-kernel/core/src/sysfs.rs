// SPDX-License-Identifier: GPL-2.0-only
//! What administrators see: `/sys/kernel/klp`, with the names and meanings of
//! `Documentation/ABI/testing/sysfs-kernel-livepatch`.
//!
//! | file | is |
//! |---|---|
//! | `blocking` | the tasks that hold the transition up, and why: a line each |
//! | `stats` | what the last transition has cost, and how much memory the core has |
//! | `PATCH/enabled` | 1, or 0 while the patch is being disabled; to be written |
//! | `PATCH/transition` | 1 while the patch is in transition |
//! | `PATCH/force` | writing 1 makes all tasks switch |
//! | `PATCH/replace` | 1 if the patch takes the place of all others |
//! | `PATCH/stack_order` | from 1, in the order in which patches were enabled |
//! | `PATCH/OBJECT/patched` | 1 if the object is loaded and patched |
//! | `PATCH/OBJECT/FUNCTION,SYMPOS` | a folder for each function |

use crate::attribute::Attribute;
use crate::engine;
use crate::jump;
use crate::kernel::{kobj_attribute, kobject};
use crate::linux::Linux;
use crate::memory;
use crate::name::Name;
use crate::page::{self, Page};
use core::ffi::{c_char, c_int, c_long, c_ulong};
use core::fmt::{self, Write};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};
use klp_kernel::prelude::*;
use klp_runtime::{Engine, Error, List, Object, Patch, Stats};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `lib/kobject.c`.
    fn kobject_create_and_add(name: *const c_char, parent: *mut kobject) -> *mut kobject;
    /// `lib/kobject.c`.
    fn kobject_put(kobj: *mut kobject);
    /// `kernel/ksysfs.c`: `/sys/kernel`.
    static kernel_kobj: *mut kobject;
    /// `lib/kstrtox.c`.
    fn kstrtobool(s: *const c_char, res: *mut bool) -> c_int;
}

static ROOT_FILES: [Attribute; 2] = [
    Attribute::read(c"blocking", show_blocking),
    Attribute::read(c"stats", show_stats),
];

static PATCH_FILES: [Attribute; 5] = [
    Attribute::both(c"enabled", show_enabled, store_enabled),
    Attribute::read(c"transition", show_transition),
    Attribute::write(c"force", store_force),
    Attribute::read(c"replace", show_replace),
    Attribute::read(c"stack_order", show_stack_order),
];

static OBJECT_FILES: [Attribute; 1] = [Attribute::read(c"patched", show_patched)];

/// A folder.
///
/// # Invariants
/// The object is there until it is put.
struct Folder(NonNull<kobject>);

impl Folder {
    fn new(name: fmt::Arguments<'_>, parent: *mut kobject) -> core::result::Result<Self, Error> {
        let name = Name::new(name).ok_or(Error::NoMemory)?;
        // SAFETY: the name ends in 0; the parent is there, as its folder is kept longer.
        let folder = unsafe { kobject_create_and_add(name.as_ptr(), parent) };
        // INVARIANT: just made.
        NonNull::new(folder).map(Self).ok_or(Error::NoMemory)
    }

    fn fill(&self, files: &'static [Attribute]) -> core::result::Result<(), Error> {
        files.iter().try_for_each(|file| file.create(self.as_ptr()))
    }

    const fn as_ptr(&self) -> *mut kobject {
        self.0.as_ptr()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // SAFETY: it is ours, by the invariant. Whoever reads or writes there is waited for.
        unsafe { kobject_put(self.0.as_ptr()) };
    }
}

/// The folder of all patches.
pub struct Root(#[expect(dead_code, reason = "kept until it is dropped")] Folder);

/// Its object, for those who make folders in it.
static ROOT: AtomicPtr<kobject> = AtomicPtr::new(null_mut());

impl Root {
    /// Makes the folder.
    ///
    /// # Safety
    /// Only when the module is loaded.
    pub unsafe fn make() -> core::result::Result<Self, Error> {
        let files = ROOT_FILES.iter().chain(&PATCH_FILES).chain(&OBJECT_FILES);
        for file in files {
            // SAFETY: nobody uses them yet.
            unsafe { file.set_up() };
        }
        // SAFETY: the kernel's own folder is there since the boot.
        let folder = Folder::new(format_args!("klp"), unsafe { kernel_kobj })?;
        folder.fill(&ROOT_FILES)?;
        ROOT.store(folder.as_ptr(), Ordering::Relaxed);
        Ok(Self(folder))
    }
}

/// The folders of a patch. Dropped from the last to the first: what is within goes before.
pub struct Shown {
    folders: List<Folder, Linux>,
}

impl Shown {
    /// No folders yet.
    pub const fn new() -> Self {
        let folders = List::new(Linux);
        Self { folders }
    }

    /// Makes the folders. What was made before this failed stays: somebody may be reading there.
    pub fn make(&mut self, patch: &Patch<Linux>) -> core::result::Result<(), Error> {
        let root = ROOT.load(Ordering::Relaxed);
        let folder = self.add(format_args!("{}", patch.name()), root, &PATCH_FILES)?;
        let mut objects = patch.objects().iter();
        objects.try_for_each(|object| self.add_object(object, folder))
    }

    fn add_object(
        &mut self,
        object: &Object<Linux>,
        patch: *mut kobject,
    ) -> core::result::Result<(), Error> {
        let folder = self.add(format_args!("{}", object.name()), patch, &OBJECT_FILES)?;
        for func in object.funcs() {
            let name = format_args!("{},{}", func.symbol(), func.position());
            self.add(name, folder, &[])?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        name: fmt::Arguments<'_>,
        parent: *mut kobject,
        files: &'static [Attribute],
    ) -> core::result::Result<*mut kobject, Error> {
        self.folders.reserve(1)?;
        let folder = Folder::new(name, parent)?;
        let raw = folder.as_ptr();
        let filled = folder.fill(files);
        self.folders.push(folder)?;
        filled.map(|()| raw)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        while self.folders.pop().is_some() {}
    }
}

/// What a file has: `show` writes it, for the patch whose folder it is in.
///
/// # Safety
/// As the kernel calls it: `folder` is a patch's, and `page` a page.
unsafe fn show(
    folder: *mut kobject,
    page: *mut c_char,
    show: impl FnOnce(&Engine<Linux>, &Patch<Linux>, &mut Page<'_>) -> fmt::Result,
) -> c_long {
    // SAFETY: the caller vouches for the folder.
    let name = unsafe { name_of(folder) };
    let engine = engine::lock();
    let found = engine
        .as_ref()
        .and_then(|engine| Some((engine, engine.patch(name)?)));
    let Some((engine, patch)) = found else {
        // It has been disabled, and the folder is about to go.
        return Errno::ENODEV.to_ret().into();
    };
    let write = |page: &mut Page<'_>| {
        // What does not fit is left out.
        let _ = show(engine, patch, page);
    };
    // SAFETY: the caller vouches for the page.
    unsafe { page::fill(page, write) }
}

/// Takes what is written: `store` gets the name of the patch whose folder it is, and the value.
///
/// # Safety
/// As the kernel calls it: `folder` is a patch's, and `text` ends in 0.
unsafe fn store(
    folder: *mut kobject,
    text: *const c_char,
    len: c_ulong,
    store: impl FnOnce(&mut Engine<Linux>, &str, bool) -> core::result::Result<(), Error>,
) -> c_long {
    let mut value = false;
    // SAFETY: the caller vouches for the text.
    let read = unsafe { kstrtobool(text, &raw mut value) };
    if let Err(errno) = Errno::check(read) {
        return errno.to_ret().into();
    }
    // SAFETY: the caller vouches for the folder.
    let name = unsafe { name_of(folder) };
    let mut engine = engine::lock();
    let Some(engine) = &mut *engine else {
        return Errno::ENODEV.to_ret().into();
    };
    match store(engine, name, value) {
        Ok(()) => len.cast_signed(),
        Err(error) => {
            pr_warn!("'{name}': {error}");
            error.errno().to_ret().into()
        }
    }
}

/// # Safety
/// The folder must be there for as long as the name is used.
unsafe fn name_of<'a>(folder: *mut kobject) -> &'a str {
    // SAFETY: the caller vouches for the folder, which keeps its name.
    let name = unsafe { CStr::from_ptr(kobject::name(folder).read()) };
    name.to_str().unwrap_or_default()
}

/// Defines what reading a patch's files shows.
macro_rules! shows {
    ($($name:ident: |$engine:pat_param, $patch:pat_param| $value:expr;)*) => {$(
        unsafe extern "C" fn $name(
            folder: *mut kobject,
            _: *mut kobj_attribute,
            page: *mut c_char,
        ) -> c_long {
            let value = |$engine: &Engine<Linux>, $patch: &Patch<Linux>| $value;
            // SAFETY: the kernel calls it, for a patch's folder.
            unsafe {
                show(folder, page, |engine, patch, page| writeln!(page, "{}", value(engine, patch)))
            }
        }
    )*};
}

shows! {
    show_enabled: |_, patch| u8::from(patch.enabled());
    show_transition: |engine, patch| u8::from(is_in_transition(engine, patch));
    show_replace: |_, patch| u8::from(patch.spec().replace);
    show_stack_order: |engine, patch| order(engine, patch);
}

fn is_in_transition(engine: &Engine<Linux>, patch: &Patch<Linux>) -> bool {
    engine
        .in_transition()
        .is_some_and(|other| other.name() == patch.name())
}

fn order(engine: &Engine<Linux>, patch: &Patch<Linux>) -> usize {
    let before = engine
        .patches()
        .take_while(|other| other.name() != patch.name());
    before.count() + 1
}

unsafe extern "C" fn show_patched(
    folder: *mut kobject,
    _: *mut kobj_attribute,
    page: *mut c_char,
) -> c_long {
    // SAFETY: the kernel calls it, for an object's folder, which is in its patch's.
    let (patch, name) = unsafe { (kobject::parent(folder).read(), name_of(folder)) };
    // SAFETY: as above.
    unsafe {
        show(patch.cast(), page, |_, patch, page| {
            let mut objects = patch.objects().iter();
            let patched = objects.any(|object| object.name() == name && object.patched());
            writeln!(page, "{}", u8::from(patched))
        })
    }
}

unsafe extern "C" fn store_enabled(
    folder: *mut kobject,
    _: *mut kobj_attribute,
    text: *const c_char,
    len: c_ulong,
) -> c_long {
    // SAFETY: the kernel calls it, for a patch's folder.
    unsafe {
        store(folder, text, len, |engine, name, on| {
            engine.set_enabled(name, on)
        })
    }
}

unsafe extern "C" fn store_force(
    folder: *mut kobject,
    _: *mut kobj_attribute,
    text: *const c_char,
    len: c_ulong,
) -> c_long {
    // SAFETY: the kernel calls it, for a patch's folder.
    unsafe {
        store(folder, text, len, |engine, name, force| {
            // Writing 0 asks for nothing.
            if force { engine.force(name) } else { Ok(()) }
        })
    }
}

unsafe extern "C" fn show_blocking(
    _: *mut kobject,
    _: *mut kobj_attribute,
    page: *mut c_char,
) -> c_long {
    let write = |page: &mut Page<'_>| {
        if let Some(engine) = &*engine::lock() {
            engine.blocking(&mut |task, reason| {
                // What does not fit is left out.
                let _ = writeln!(page, "{task} {reason:#}");
            });
        }
    };
    // SAFETY: the kernel hands over a page.
    unsafe { page::fill(page, write) }
}

unsafe extern "C" fn show_stats(
    _: *mut kobject,
    _: *mut kobj_attribute,
    page: *mut c_char,
) -> c_long {
    let write = |page: &mut Page<'_>| {
        if let Some(engine) = &*engine::lock() {
            // It fits.
            let _ = write_stats(page, &engine.stats());
        }
    };
    // SAFETY: the kernel hands over a page.
    unsafe { page::fill(page, write) }
}

fn write_stats(page: &mut Page<'_>, stats: &Stats) -> fmt::Result {
    writeln!(page, "transitions {}", stats.transitions)?;
    writeln!(page, "passes {}", stats.passes)?;
    writeln!(page, "nudges {}", stats.nudges)?;
    writeln!(page, "duration_ns {}", stats.duration)?;
    writeln!(page, "allocations {}", memory::in_use())?;
    writeln!(page, "jumps {}", jump::count())
}
