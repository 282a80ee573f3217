// SPDX-License-Identifier: GPL-2.0-only
//! Memory for variables, as the kernel's `kmalloc-64` gives it: pieces of a cache line each, and
//! the one freed last first. (The C library's heap merges and splits pieces when large ones are
//! freed, which would tell the tables apart by what they leave behind.)

use std::cell::Cell;
use std::ptr::{NonNull, null_mut};

#[repr(C, align(64))]
struct Piece {
    next: *mut Piece,
}

const PIECES: usize = 16_384;

thread_local! {
    static FREE: Cell<*mut Piece> = const { Cell::new(null_mut()) };
}

/// 64 bytes, zeroed. What is got from the system is kept for good.
pub fn take_memory(size: usize) -> NonNull<u8> {
    assert!(size <= size_of::<Piece>());
    if FREE.get().is_null() {
        let pieces = (0..PIECES).map(|_| Piece { next: null_mut() });
        let pieces = Box::leak(pieces.collect::<Box<[_]>>());
        pieces.iter_mut().rev().for_each(|piece| put(piece));
    }
    let piece = FREE.get();
    // SAFETY: pieces in the list are free, and the list is not empty.
    FREE.set(unsafe { (*piece).next });
    // SAFETY: the piece is no longer in the list.
    unsafe { piece.write_bytes(0, 1) };
    // SAFETY: it is not null, as that was looked at above.
    unsafe { NonNull::new_unchecked(piece.cast()) }
}

/// # Safety
/// The memory must be `take_memory`'s, and used by nobody any more.
pub unsafe fn give_memory(memory: *mut u8) {
    put(memory.cast());
}

fn put(piece: *mut Piece) {
    let next = FREE.replace(piece);
    // SAFETY: the piece is nobody's but the list's.
    unsafe { piece.write(Piece { next }) };
}
