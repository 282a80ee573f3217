// SPDX-License-Identifier: GPL-2.0-only
//! Memory that is kept when it is freed, so that its use is seen.

use std::alloc::{Layout, alloc, dealloc};
use std::any::Any;
use std::cell::RefCell;
use std::ptr::NonNull;

use crate::{Code, FuncStack, Node};

/// The address of the new function in nodes that were freed.
pub const FREED: usize = 0xdead;

/// All memory of one kernel, given back when the kernel goes.
pub struct Quarantine {
    freed: RefCell<Vec<Freed>>,
    /// The nodes that freed ones lead to.
    poison: FuncStack,
    kept: RefCell<Vec<Box<dyn Any>>>,
}

struct Freed {
    memory: NonNull<u8>,
    layout: Layout,
}

impl Quarantine {
    pub fn new() -> Self {
        let quarantine = Self {
            freed: RefCell::default(),
            poison: FuncStack::default(),
            kept: RefCell::default(),
        };
        let bottom = quarantine.keep(poisonous());
        // SAFETY: it stays until the kernel goes.
        unsafe { quarantine.poison.push(NonNull::new(bottom).unwrap()) };
        quarantine
    }

    pub fn allocate(layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: `Memory` never asks for nothing.
        NonNull::new(unsafe { alloc(layout) })
    }

    /// Spoils memory in which nobody may be interested any more.
    pub fn free(&self, memory: NonNull<u8>, layout: Layout) {
        if layout == Layout::new::<Node>() {
            let node = memory.cast::<Node>();
            // SAFETY: the layout is right, and the memory is still there.
            unsafe { node.write(poisonous()) };
            // SAFETY: it stays until the kernel goes.
            unsafe { self.poison.push(node) };
        }
        self.freed.borrow_mut().push(Freed { memory, layout });
    }

    /// Keeps a value until the kernel goes.
    pub fn keep<T: 'static>(&self, value: T) -> *mut T {
        let mut value = Box::new(value);
        let place: *mut T = &mut *value;
        self.kept.borrow_mut().push(value);
        place
    }

    /// Fails if `pointer` points to something that was freed.
    pub fn assert_in_use<T>(&self, pointer: *const T) {
        let freed = self.freed.borrow();
        let at = |freed: &Freed| pointer.addr().wrapping_sub(freed.memory.addr().get());
        let mut all = freed.iter();
        let is_freed = all.any(|freed| at(freed) < freed.layout.size());
        assert!(!is_freed, "a handler read a stack that was freed");
    }
}

/// A node that handlers would choose at once, or as what is below.
fn poisonous() -> Node {
    let code = Code {
        start: FREED,
        size: 1,
    };
    Node::new(code, false, false)
}

impl Drop for Quarantine {
    fn drop(&mut self) {
        for freed in self.freed.get_mut().drain(..) {
            // SAFETY: it came from `alloc` with this layout, and all threads are over.
            unsafe { dealloc(freed.memory.as_ptr(), freed.layout) };
        }
    }
}
