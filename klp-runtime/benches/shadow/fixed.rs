// SPDX-License-Identifier: GPL-2.0-only
//! A table as the kernel's own is: 4 096 chains, found by the object alone, and one lock.

use super::slab::{give_memory, take_memory};
use super::stores::{Lock, SIZE, Store};
use std::cell::Cell;
use std::sync::atomic::{AtomicPtr, Ordering};

const BITS: u32 = 12;

/// As `struct klp_shadow`, field by field.
#[repr(C)]
struct Node {
    next: AtomicPtr<Node>,
    /// The link that leads here.
    back: Cell<*const AtomicPtr<Node>>,
    rcu: [usize; 2],
    object: usize,
    id: u64,
    data: [u8; SIZE],
}

pub struct Fixed {
    heads: Box<[AtomicPtr<Node>]>,
    lock: Lock,
    count: Cell<usize>,
}

impl Default for Fixed {
    fn default() -> Self {
        Self {
            heads: (0..1 << BITS).map(|_| AtomicPtr::default()).collect(),
            lock: Lock::default(),
            count: Cell::new(0),
        }
    }
}

impl Fixed {
    fn head(&self, object: usize) -> &AtomicPtr<Node> {
        let hash = (object as u64).wrapping_mul(0x61c8_8646_80b5_83eb);
        // SAFETY: the index has `BITS` bits.
        unsafe { self.heads.get_unchecked((hash >> (64 - BITS)) as usize) }
    }

    fn find(&self, object: usize, id: u64) -> Option<&Node> {
        let mut link = self.head(object);
        loop {
            // SAFETY: null or a node that nobody frees meanwhile.
            let node = unsafe { link.load(Ordering::Acquire).as_ref() }?;
            if node.object == object && node.id == id {
                return Some(node);
            }
            link = &node.next;
        }
    }

    fn add(&self, object: usize, id: u64, node: *mut Node) {
        let head = self.head(object);
        let first = head.load(Ordering::Relaxed);
        let new = Node {
            next: AtomicPtr::new(first),
            back: Cell::new(head),
            rcu: [0; 2],
            object,
            id,
            data: [0; SIZE],
        };
        // SAFETY: the memory is of that size and not yet used.
        unsafe { node.write(new) };
        // SAFETY: null or a node in the chain.
        if let Some(first) = unsafe { first.as_ref() } {
            // SAFETY: the node was written just now.
            first.back.set(unsafe { &raw const (*node).next });
        }
        head.store(node, Ordering::Release);
        self.count.set(self.count.get() + 1);
    }

    fn remove(&self, node: &Node) {
        let next = node.next.load(Ordering::Relaxed);
        // SAFETY: the link that leads to the node, of the head or of a node in the chain.
        unsafe { &*node.back.get() }.store(next, Ordering::Relaxed);
        // SAFETY: null or a node in the chain.
        if let Some(next) = unsafe { next.as_ref() } {
            next.back.set(node.back.get());
        }
        self.count.set(self.count.get() - 1);
        let node = (&raw const *node).cast_mut();
        // SAFETY: it is in no chain any more, and there are no readers.
        unsafe { give_memory(node.cast()) };
    }
}

impl Store for Fixed {
    const NAME: &'static str = "fixed";

    fn len(&self) -> usize {
        self.count.get()
    }

    fn get(&self, object: usize, id: u64) -> usize {
        let node = self.find(object, id);
        node.map_or(0, |node| node.data.as_ptr().addr())
    }

    fn alloc(&self, object: usize, id: u64) {
        assert!(self.find(object, id).is_none());
        let node = take_memory(size_of::<Node>());
        let _locked = self.lock.lock();
        assert!(self.find(object, id).is_none());
        self.add(object, id, node.as_ptr().cast());
    }

    fn fill(&self, object: usize, id: u64) {
        let node = take_memory(size_of::<Node>());
        self.add(object, id, node.as_ptr().cast());
    }

    fn free(&self, object: usize, id: u64) {
        let _locked = self.lock.lock();
        if let Some(node) = self.find(object, id) {
            self.remove(node);
        }
    }

    fn free_all(&self, id: u64) {
        let _locked = self.lock.lock();
        for head in &self.heads {
            let mut next = head.load(Ordering::Relaxed);
            // SAFETY: null or a node in the chain, for it is looked at before it is removed.
            while let Some(node) = unsafe { next.as_ref() } {
                next = node.next.load(Ordering::Relaxed);
                if node.id == id {
                    self.remove(node);
                }
            }
        }
    }
}

impl Drop for Fixed {
    fn drop(&mut self) {
        self.free_all(1);
        let left = self
            .heads
            .iter()
            .filter(|head| !head.load(Ordering::Relaxed).is_null());
        assert_eq!(left.count(), 0);
    }
}
