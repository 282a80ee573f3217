// SPDX-License-Identifier: GPL-2.0-only
//! Walking the kernel's linked lists (`include/linux/list.h`).

use core::marker::PhantomData;
use core::ptr::NonNull;

/// `struct list_head`: a list, or the node in one of its members.
#[repr(C)]
pub struct list_head {
    next: *mut list_head,
    prev: *mut list_head,
}

impl list_head {
    /// The nodes of the list that starts at `head`, from its first.
    ///
    /// [`container_of!`](crate::container_of) leads from a node to the structure that it is in.
    ///
    /// # Safety
    /// `head` must be the head of a list that is set up, and for as long as the iterator is used
    /// nothing may be added or taken out: whatever lock guards the list must be held.
    pub unsafe fn nodes<'a>(head: *const list_head) -> Nodes<'a> {
        // SAFETY: the caller passes a valid list.
        let next = unsafe { (*head).next };
        Nodes {
            head,
            next,
            list: PhantomData,
        }
    }
}

/// The nodes of a list; see [`list_head::nodes`].
///
/// # Invariants
/// `next` is a node of the list at `head`, which does not change, or `head` itself.
pub struct Nodes<'a> {
    head: *const list_head,
    next: *mut list_head,
    list: PhantomData<&'a list_head>,
}

impl Iterator for Nodes<'_> {
    type Item = NonNull<list_head>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next.cast_const() == self.head {
            return None;
        }
        let node = NonNull::new(self.next)?;
        // SAFETY: a node of the list, by invariant.
        self.next = unsafe { node.as_ref() }.next;
        Some(node)
    }
}

/// From a pointer to a member to one to its structure: `container_of!(node, net_device.dev_list)`.
///
/// The structure's name is also that of the Rust type, which may be a mere stand-in: where the
/// member lies comes from the target kernel. Unsafe as `NonNull::byte_sub` is: the pointer must
/// really be to that member.
#[macro_export]
macro_rules! container_of {
    ($pointer:expr, $structure:ident . $member:ident) => {
        ::core::ptr::NonNull::byte_sub($pointer, $crate::field_offset!($structure.$member))
            .cast::<$structure>()
    };
}

/// The structures of a list, as `list_for_each_entry` walks them:
/// `list_entries!(head, net_device.dev_list)`.
///
/// Unsafe as [`list_head::nodes`](crate::list::list_head::nodes) is, and the nodes must really be
/// that member.
#[macro_export]
macro_rules! list_entries {
    ($head:expr, $structure:ident . $member:ident) => {
        $crate::list::list_head::nodes($head)
            .map(|node| $crate::container_of!(node, $structure.$member))
    };
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use core::ptr::null_mut;
    use std::vec::Vec;

    #[test]
    fn an_empty_list_has_no_nodes() {
        let mut nodes = ring::<1>();
        // SAFETY: a list that nobody else has.
        assert_eq!(unsafe { list_head::nodes(close(&mut nodes)) }.count(), 0);
    }

    #[test]
    fn nodes_come_in_order() {
        let mut nodes = ring::<3>();
        let start = close(&mut nodes);
        // SAFETY: a list that nobody else has.
        let found: Vec<_> = unsafe { list_head::nodes(start) }.collect();
        let expected = [1, 2].map(|index| NonNull::new(start.wrapping_add(index)).unwrap());
        assert_eq!(found, expected);
    }

    fn ring<const N: usize>() -> [list_head; N] {
        core::array::from_fn(|_| list_head {
            next: null_mut(),
            prev: null_mut(),
        })
    }

    /// Links the nodes, the first being the head.
    fn close(nodes: &mut [list_head]) -> *mut list_head {
        let (start, len) = (nodes.as_mut_ptr(), nodes.len());
        for (index, node) in nodes.iter_mut().enumerate() {
            node.next = start.wrapping_add((index + 1) % len);
        }
        start
    }
}
