// SPDX-License-Identifier: GPL-2.0-only
//! Commit 75ff39ccc1bd ("tcp: make challenge acks less predictable") as a live patch: it changes a
//! function and the default of a sysctl. The old function works with any limit, and the new one
//! with any, so they need not change at once: the function does first, the limit when all tasks
//! have switched, and the other way round when the patch goes.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering::Relaxed};
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Makes challenge ACKs less predictable",
}

/// The old and the new default of the limit.
const OLD_LIMIT: c_int = 100;
const NEW_LIMIT: c_int = 1000;

// Plain variables in C, which several CPUs use at once: an atomic's `load` and `store` with
// `Relaxed` are READ_ONCE and WRITE_ONCE.
#[kernel(object = "klp_tcp")]
unsafe extern "C" {
    safe static sysctl_tcp_challenge_ack_limit: AtomicI32;
    safe static challenge_timestamp: AtomicU32;
    safe static challenge_count: AtomicU32;
    safe fn tcp_seconds() -> u32;
    fn tcp_send_ack();
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    safe fn get_random_u32() -> u32;
}

/// Answers as long as there are ACKs left for this second, and nobody knows how many that were.
#[livepatch(object = "klp_tcp")]
extern "C" fn tcp_send_challenge_ack() {
    let now = tcp_seconds();
    if now != challenge_timestamp.load(Relaxed) {
        let limit = sysctl_tcp_challenge_ack_limit.load(Relaxed).cast_unsigned();
        challenge_timestamp.store(now, Relaxed);
        challenge_count.store(limit.div_ceil(2) + random_below(limit), Relaxed);
    }
    let left = challenge_count.load(Relaxed);
    if left > 0 {
        challenge_count.store(left - 1, Relaxed);
        // SAFETY: called as the old function called it.
        unsafe { tcp_send_ack() };
    }
}

/// A random number below `limit`: `prandom_u32_max`.
fn random_below(limit: u32) -> u32 {
    let scaled = u64::from(get_random_u32()) * u64::from(limit);
    (scaled >> 32) as u32
}

/// Whether it was the patch that raised the limit.
static RAISED: AtomicBool = AtomicBool::new(false);

/// Raises the limit, unless the administrator has chosen one.
#[post_patch(object = "klp_tcp", undo = restore_limit)]
fn raise_limit(_module: &Object) {
    let limit = &sysctl_tcp_challenge_ack_limit;
    let raised = limit.compare_exchange(OLD_LIMIT, NEW_LIMIT, Relaxed, Relaxed);
    RAISED.store(raised.is_ok(), Relaxed);
}

/// Puts the limit back, unless the administrator has chosen one meanwhile.
#[pre_unpatch(object = "klp_tcp")]
fn restore_limit(_module: &Object) {
    if RAISED.load(Relaxed) {
        let limit = &sysctl_tcp_challenge_ack_limit;
        let _ = limit.compare_exchange(NEW_LIMIT, OLD_LIMIT, Relaxed, Relaxed);
    }
}
