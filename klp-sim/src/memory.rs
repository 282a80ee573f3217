// SPDX-License-Identifier: GPL-2.0-only
//! Memory that is counted.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr::NonNull;
use std::rc::Rc;

/// What was given out and not given back. A clone has the same.
#[derive(Clone, Default)]
pub struct Accounts {
    live: Rc<RefCell<HashMap<usize, Layout>>>,
    /// How many more allocations succeed; `None` for all.
    pub fail_after: Option<usize>,
}

impl Accounts {
    /// Gives memory out.
    pub fn allocate(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        if let Some(left) = &mut self.fail_after {
            *left = left.checked_sub(1)?;
        }
        assert!(layout.size() > 0, "no memory is asked for what has no size");
        // SAFETY: the size is not 0.
        let memory = NonNull::new(unsafe { alloc(layout) })?;
        self.live
            .borrow_mut()
            .insert(memory.as_ptr().addr(), layout);
        Some(memory)
    }

    /// Takes memory back; says whether it had been given out like this.
    ///
    /// # Safety
    /// Nobody uses the memory.
    pub unsafe fn free(&mut self, memory: NonNull<u8>, layout: Layout) -> bool {
        let given = self.live.borrow_mut().remove(&memory.as_ptr().addr());
        if given != Some(layout) {
            return false;
        }
        // SAFETY: it came from `allocate`, with this layout, and is not used.
        unsafe { dealloc(memory.as_ptr(), layout) };
        true
    }

    /// How many pieces are out.
    pub fn live(&self) -> usize {
        self.live.borrow().len()
    }
}
