// SPDX-License-Identifier: GPL-2.0-only
//! The patches that are enabled, as both cores show them in sysfs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Machine, attribute, kernel_name};
use crate::cores::Core;

/// A patch that is enabled, or on its way in or out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Patch {
    /// Which core it runs on.
    pub core: Core,
    /// Its name.
    pub name: String,
    /// Whether tasks are to run it; in a transition, where that leads.
    pub enabled: bool,
    /// Whether its transition is under way.
    pub transition: bool,
    /// Whether it takes the place of all others; the kernel's own core says so from 6.11 on.
    pub replace: Option<bool>,
    /// Its place in the order of enabling, from 1; the kernel's own core says so from 6.14 on.
    pub order: Option<u32>,
    /// What it patches.
    pub objects: Vec<Object>,
    #[serde(skip)]
    folder: PathBuf,
}

/// The kernel or a module, as one that a patch patches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Object {
    /// Its name, `vmlinux` for the kernel.
    pub name: String,
    /// Whether it is there and patched; the kernel's own core says so from 6.1 on.
    pub patched: Option<bool>,
}

impl Machine {
    /// All patches, core by core in their order.
    pub fn patches(&self) -> Vec<Patch> {
        let mut patches: Vec<_> = Core::ALL
            .iter()
            .flat_map(|core| {
                let folders = folders(&self.patches_of(*core));
                folders.filter_map(|folder| Patch::read(*core, folder))
            })
            .collect();
        patches.sort_by(|a, b| (a.core, a.order, &a.name).cmp(&(b.core, b.order, &b.name)));
        patches
    }

    /// The patch of this name.
    pub fn patch(&self, name: &str) -> Option<Patch> {
        let mut places = self.places(name);
        places.find_map(|(core, folder)| Patch::read(core, folder))
    }

    /// Whether sysfs has a patch of this name, be it on its way out.
    pub fn shows(&self, name: &str) -> bool {
        self.places(name).any(|(_, folder)| folder.is_dir())
    }

    /// Where a patch of this name may be.
    fn places(&self, name: &str) -> impl Iterator<Item = (Core, PathBuf)> {
        let name = kernel_name(name);
        Core::ALL
            .into_iter()
            .map(move |core| (core, self.patches_of(core).join(&name)))
    }
}

impl Patch {
    /// `None` if there is no patch in `folder`, or if it is going away.
    fn read(core: Core, folder: PathBuf) -> Option<Self> {
        let flag = |name| attribute(&folder, name).map(|value| value == "1");
        Some(Self {
            core,
            name: name_of(&folder),
            enabled: flag("enabled")?,
            transition: flag("transition")?,
            replace: flag("replace"),
            order: attribute(&folder, "stack_order").and_then(|order| order.parse().ok()),
            objects: objects(&folder),
            folder,
        })
    }

    /// The file that enables and disables it.
    pub(super) fn switch(&self) -> PathBuf {
        self.folder.join("enabled")
    }

    /// Whether it replaces a function; `sympos` is 0 for a name that is unique.
    pub(super) fn replaces(&self, object: &str, symbol: &str, sympos: u64) -> bool {
        let position = sympos.max(1);
        let object = self.folder.join(kernel_name(object));
        object.join(format!("{symbol},{position}")).is_dir()
    }

    /// The names of the functions that it replaces.
    pub(super) fn functions(&self) -> Vec<String> {
        let objects = folders(&self.folder);
        let functions = objects.flat_map(|object| folders(&object).map(|path| name_of(&path)));
        let position = |name: String| Some(name.rsplit_once(',')?.0.to_owned());
        functions.filter_map(position).collect()
    }
}

fn objects(patch: &Path) -> Vec<Object> {
    let mut objects: Vec<_> = folders(patch)
        .map(|folder| Object {
            name: name_of(&folder),
            patched: attribute(&folder, "patched").map(|value| value == "1"),
        })
        .collect();
    objects.sort_by(|a, b| a.name.cmp(&b.name));
    objects
}

fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::fake::Fake;

    #[test]
    fn both_cores_show_what_they_know() {
        let fake = Fake::new();
        fake.patch("klp/late", "1 1 0 2");
        fake.patch("klp/early", "1 0 1 1");
        fake.patch("livepatch/old", "0 1");
        fake.file("sys/kernel/klp/blocking", "");
        fake.file("sys/kernel/klp/early/vmlinux/patched", "1\n");
        fake.file("sys/kernel/klp/early/a_driver/patched", "0\n");
        fake.folder("sys/kernel/livepatch/old/vmlinux/do_it,1");
        let patches = fake.machine.patches();
        let names: Vec<_> = patches.iter().map(|patch| patch.name.as_str()).collect();
        assert_eq!(names, ["old", "early", "late"]);
        let (old, early) = (&patches[0], &patches[1]);
        assert_eq!(
            (old.core, old.enabled, old.transition),
            (Core::Builtin, false, true)
        );
        assert_eq!(
            (old.replace, old.order, old.objects[0].patched),
            (None, None, None)
        );
        assert_eq!(old.functions(), ["do_it"]);
        assert_eq!((early.replace, early.order), (Some(true), Some(1)));
        let patched = |index: usize| early.objects[index].patched;
        assert_eq!((patched(0), patched(1)), (Some(false), Some(true)));
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let fake = Fake::new();
        fake.patch("livepatch/my_fix", "1 0");
        for name in ["my-fix", "my_fix", "my-fix.ko"] {
            assert_eq!(fake.machine.patch(name).unwrap().name, "my_fix");
        }
        assert_eq!(fake.machine.patch("other"), None);
    }

    #[test]
    fn a_patch_half_gone_is_no_patch() {
        let fake = Fake::new();
        fake.folder("sys/kernel/klp/going");
        assert_eq!(fake.machine.patches(), []);
        assert!(fake.machine.shows("going") && !fake.machine.shows("gone"));
        assert_eq!(Fake::new().machine.patches(), []);
    }
}
