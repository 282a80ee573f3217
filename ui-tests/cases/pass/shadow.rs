// SPDX-License-Identifier: GPL-2.0-only
//! Shadow variables: what lives how long, and what is told of failures.
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use klp_kernel::__private::KLP_SHADOWS;
use klp_kernel::prelude::*;
use ui_tests::{allocations, fail_allocations, locks_held, shadows};

struct sta_info {
    _number: c_int,
}

/// Counts those that have been dropped.
struct Dropped(&'static AtomicU32);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// By number.
#[shadow(id = 1)]
unsafe static PS_LOCK: Shadow<sta_info, SpinLock<u64>>;

/// By name.
#[shadow]
pub unsafe static DROPPED: Shadow<sta_info, Dropped>;

#[shadow(name = "seen")]
unsafe static FLAG: Shadow<sta_info, ()>;

#[cfg(any())]
#[shadow(id = 1)]
unsafe static LEFT_OUT: Shadow<sta_info, ()>;

fn main() {
    records();
    lives_until_freed();
    failures();
    all_at_once();
    boxes();
    assert_eq!((shadows(), allocations()), (0, 0));
}

fn records() {
    let mut records: Vec<_> = KLP_SHADOWS.iter().collect();
    records.sort_by_key(|record| record.name.as_str());
    let [dropped, flag, lock] = records[..] else {
        panic!("{} shadow variables", records.len())
    };
    assert_eq!((lock.id, PS_LOCK.id()), (1, 1));
    assert_eq!(lock.parent_type.as_str(), "sta_info");
    assert_eq!(lock.value_type.as_str(), "SpinLock<u64>");
    assert_eq!(lock.location.line, 23);
    assert_eq!(dropped.id, DROPPED.id());
    assert_ne!(dropped.id, flag.id);
}

fn lives_until_freed() {
    let parents = [sta_info { _number: 0 }, sta_info { _number: 1 }];
    assert!(PS_LOCK.get(&parents[0]).is_none());
    let lock = PS_LOCK.alloc(&parents[0], Gfp::ATOMIC, || Ok(SpinLock::new(7))).unwrap();
    {
        let mut held = lock.lock();
        *held += 1;
        assert_eq!(locks_held(), 1);
    }
    assert_eq!(locks_held(), 0);
    assert!(PS_LOCK.get(&parents[1]).is_none());
    assert!(FLAG.get(&parents[0]).is_none());
    let found = PS_LOCK.get_or_alloc(&parents[0], Gfp::NOWAIT, || unreachable!("there is one"));
    assert_eq!(*found.unwrap().lock(), 8);
    FLAG.alloc(&parents[0], Gfp::ATOMIC, || Ok(())).unwrap();
    assert_eq!(shadows(), 2);
    unsafe { PS_LOCK.free(&parents[0]) };
    unsafe { PS_LOCK.free(&parents[1]) };
    unsafe { FLAG.free(&parents[0]) };
    assert_eq!(shadows(), 0);
}

fn failures() {
    static DROPS: AtomicU32 = AtomicU32::new(0);
    let parent = sta_info { _number: 0 };
    let refused = DROPPED.alloc(&parent, Gfp::ATOMIC, || Err(Errno::EAGAIN));
    assert_eq!(refused.err(), Some(Errno::EAGAIN));
    fail_allocations(true);
    let value = Dropped(&DROPS);
    let no_memory = DROPPED.get_or_alloc(&parent, Gfp::ATOMIC, || Ok(value));
    assert_eq!(no_memory.err(), Some(Errno::ENOMEM));
    assert_eq!(DROPS.load(Relaxed), 1);
    fail_allocations(false);
    assert!(DROPPED.alloc(&parent, Gfp::ATOMIC, || Ok(Dropped(&DROPS))).is_ok());
    let twice = DROPPED.alloc(&parent, Gfp::ATOMIC, || Ok(Dropped(&DROPS)));
    assert_eq!(twice.err(), Some(Errno::EEXIST));
    assert_eq!(DROPS.load(Relaxed), 1);
    unsafe { DROPPED.free(&parent) };
    assert_eq!(DROPS.load(Relaxed), 2);
}

fn all_at_once() {
    static DROPS: AtomicU32 = AtomicU32::new(0);
    let parents = [0, 1, 2].map(|_number| sta_info { _number });
    for parent in &parents {
        DROPPED.alloc(parent, Gfp::ATOMIC, || Ok(Dropped(&DROPS))).unwrap();
        FLAG.alloc(parent, Gfp::ATOMIC, || Ok(())).unwrap();
    }
    unsafe { DROPPED.free_all() };
    assert_eq!((DROPS.load(Relaxed), shadows()), (3, 3));
    unsafe { FLAG.free_all() };
}

fn boxes() {
    static DROPS: AtomicU32 = AtomicU32::new(0);
    let may_sleep = unsafe { MaySleep::here() };
    let gfp = Gfp::kernel(&may_sleep);
    drop(KBox::new(Dropped(&DROPS), gfp).ok());
    assert_eq!((DROPS.load(Relaxed), allocations()), (1, 0));
    let raw = KBox::new(5, gfp).unwrap().into_raw();
    assert_eq!(allocations(), 1);
    let mut back = unsafe { KBox::from_raw(raw) };
    *back += 1;
    assert_eq!(*back, 6);
    fail_allocations(true);
    assert_eq!(KBox::new(1, gfp).err(), Some(Errno::ENOMEM));
    fail_allocations(false);
    assert_eq!(Gfp::kernel(&may_sleep).flags(), 0xcc0);
    assert_eq!(Gfp::NOWAIT.flags(), 0x800);
}
