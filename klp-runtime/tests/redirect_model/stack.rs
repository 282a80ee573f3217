// SPDX-License-Identifier: GPL-2.0-only
//! A [`FuncStack`] by itself, without anything that waits or orders around it.

use std::ptr::NonNull;
use std::sync::Arc;

use loom::thread;

use crate::explore::explore;
use crate::{Code, FuncStack, Node, PatchState};


fn node(start: usize) -> NonNull<Node> {
    let code = Code { start, size: 1 };
    NonNull::from(Box::leak(Box::new(Node::new(code, false, true))))
}

fn free(node: NonNull<Node>) {
    // SAFETY: it came from `node`, and all threads are over.
    drop(unsafe { Box::from_raw(node.as_ptr()) });
}

/// Who sees a node sees it whole, no matter how it came to be on top.
#[test]
fn nodes_are_whole() {
    explore("nodes_are_whole", None, || {
        let stack = Arc::new(FuncStack::default());
        let seen = stack.clone();
        let reader = thread::spawn(move || {
            // Loom fails a load from an atomic that is not known to be made.
            seen.choose(|| PatchState::Unpatched);
        });
        let both = [node(1), node(2)];
        for node in both {
            // SAFETY: it is on no stack, and freed when the reader is over.
            unsafe { stack.push(node) };
        }
        // SAFETY: nodes are freed at the end.
        stack.remove(unsafe { both[1].as_ref() });
        reader.join().unwrap();
        both.into_iter().for_each(free);
    });
}
