// SPDX-License-Identifier: GPL-2.0-only
//! The code of patches, which may be run while it is there.

use loom::cell::UnsafeCell;

use crate::PatchSpec;
use crate::patches::{CUMULATIVES, FIRSTS, SECONDS};

/// Whether each new function is loaded. Loom sees who runs one that is not, and who runs one while
/// it comes or goes.
pub struct Text([(usize, UnsafeCell<bool>); 5]);

impl Text {
    pub fn new() -> Self {
        let [f1, g1] = FIRSTS;
        let [f2, g2] = SECONDS;
        let [f3, _] = CUMULATIVES;
        Self([f1, g1, f2, g2, f3].map(|address| (address, UnsafeCell::new(false))))
    }

    /// Runs a function.
    pub fn run(&self, address: usize) {
        if let Some(loaded) = self.at(address) {
            // SAFETY: loom looks after it.
            loaded.with(|loaded| assert!(unsafe { *loaded }, "the code is gone"));
        }
    }

    /// A patch's module is there.
    pub fn load(&self, patch: &PatchSpec) {
        self.set(patch, true);
    }

    /// A patch's module goes.
    pub fn unload(&self, patch: &PatchSpec) {
        self.set(patch, false);
    }

    fn set(&self, patch: &PatchSpec, there: bool) {
        let funcs = patch.objects.iter().flat_map(|object| object.funcs);
        for loaded in funcs.filter_map(|func| self.at(func.new_func)) {
            // SAFETY: loom looks after it.
            loaded.with_mut(|loaded| unsafe { *loaded = there });
        }
    }

    /// A new function; the kernel's own are always there.
    fn at(&self, address: usize) -> Option<&UnsafeCell<bool>> {
        let mut all = self.0.iter();
        let (_, loaded) = all.find(|(start, _)| *start == address)?;
        Some(loaded)
    }
}
