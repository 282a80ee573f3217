// SPDX-License-Identifier: GPL-2.0-only
//! A [`FuncStack`] by itself, without anything that waits or orders around it.

use std::ptr::NonNull;
use std::rc::Rc;

use loom::cell::UnsafeCell;
use loom::thread::{self, JoinHandle};

use crate::explore::explore;
use crate::{Code, FuncStack, Node, PatchState};

/// A stack, and for each node a cell that is written when the node is made.
struct Stack {
    nodes: FuncStack,
    made: [UnsafeCell<bool>; 3],
}

impl Stack {
    fn new() -> Rc<Self> {
        Rc::new(Self {
            nodes: FuncStack::default(),
            made: [(); 3].map(|()| UnsafeCell::new(false)),
        })
    }

    /// Puts a node on top, which says where its cell is.
    fn push(&self, index: usize) -> NonNull<Node> {
        // SAFETY: loom looks after it.
        self.made[index].with_mut(|made| unsafe { *made = true });
        let code = Code {
            start: index,
            size: 1,
        };
        let node = NonNull::from(Box::leak(Box::new(Node::new(code, false, true))));
        // SAFETY: it is on no stack, and freed when readers are over.
        unsafe { self.nodes.push(node) };
        node
    }

    fn remove(&self, node: NonNull<Node>) {
        // SAFETY: it is freed when readers are over.
        self.nodes.remove(unsafe { node.as_ref() });
    }

    /// A handler of a task in this state.
    fn read(self: &Rc<Self>, state: PatchState) -> JoinHandle<()> {
        let stack = self.clone();
        thread::spawn(move || {
            // Loom fails a load from an atomic that is not known to be made.
            if let Some(index) = stack.nodes.choose(|| state) {
                // SAFETY: loom looks after it.
                stack.made[index].with(|made| assert!(unsafe { *made }));
            }
        })
    }
}

fn free(node: NonNull<Node>) {
    // SAFETY: it came from `push`, and all threads are over.
    drop(unsafe { Box::from_raw(node.as_ptr()) });
}

/// Who sees a node sees it whole, no matter how it came to be where it is.
#[test]
fn nodes_are_whole() {
    for state in [PatchState::Unpatched, PatchState::Patched] {
        explore("nodes_are_whole", None, move || {
            let stack = Stack::new();
            let reader = stack.read(state);
            let nodes = [0, 1, 2].map(|index| stack.push(index));
            // From below another, then from the top.
            stack.remove(nodes[1]);
            stack.remove(nodes[2]);
            reader.join().unwrap();
            nodes.into_iter().for_each(free);
        });
    }
}
