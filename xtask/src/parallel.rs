// SPDX-License-Identifier: GPL-2.0-only
//! As much at once as there are CPUs.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// Does the same work on as many threads as there are CPUs, and gives what came of each.
pub fn on_all_cpus<T: Send>(work: impl Fn() -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        let outcomes = workers.into_iter().map(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(panic) => resume_unwind(panic),
        });
        outcomes.collect()
    })
}
