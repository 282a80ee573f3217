// SPDX-License-Identifier: GPL-2.0-only
//! The cost of shadow variables, in ticks of the time stamp counter, which are instructions where
//! QEMU counts them: measured when the patch is
//! enabled, and printed to the kernel log.
#![no_std]
#![no_main]

use core::arch::x86_64::_rdtsc;
use core::hint::black_box;
use core::ptr::with_exposed_provenance;
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Measures shadow variables",
}

/// How many variables there are.
#[param(mode = 0)]
static COUNT: Param<c_uint> = Param::new(1000);

/// What has variables. Nothing is ever there: addresses are all that shadow variables need.
struct Parent;

/// A small variable.
#[shadow(id = 0x6b6c_7062)]
unsafe static VALUE: Shadow<Parent, u64>;

/// Where the parents would be: as far apart as objects of a slab.
const BASE: usize = 0x10_0000;
const APART: usize = 64;
/// How many are looked up at a time, and how often.
const LOOKUPS: usize = 1024;
const ROUNDS: usize = 10;

#[post_patch(object = "vmlinux", no_undo = "all variables are freed again")]
fn measure(object: &Object) {
    let count = COUNT.get() as usize;
    let may_sleep = object.may_sleep();
    let alloc = ticks(|| {
        for index in 0..count {
            let _ = VALUE.alloc(parent(index), Gfp::kernel(&may_sleep), || Ok(0));
        }
    });
    let get = (0..ROUNDS)
        .map(|_| ticks(|| look_up(count)))
        .min()
        .unwrap_or(0);
    // SAFETY: nobody uses them.
    let free_all = ticks(|| unsafe { VALUE.free_all() });
    pr_info!(
        "shadow {count}: get {} alloc {} free_all {}",
        get / LOOKUPS as u64,
        alloc / count.max(1) as u64,
        free_all
    );
}

/// Looks some up, all over the place.
fn look_up(count: usize) {
    let mut random: usize = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..LOOKUPS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        black_box(VALUE.get(parent(random % count)));
    }
}

fn parent<'a>(index: usize) -> &'a Parent {
    // SAFETY: a value of no size may be at any address but 0.
    unsafe { &*with_exposed_provenance(BASE + index * APART) }
}

fn ticks(work: impl FnOnce()) -> u64 {
    // SAFETY: every x86-64 has it.
    let start = unsafe { _rdtsc() };
    work();
    // SAFETY: as above.
    let end = unsafe { _rdtsc() };
    end - start
}
