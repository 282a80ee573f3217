// SPDX-License-Identifier: GPL-2.0-only
//! The shadow table beside a table like the kernel's own, and beside a `HashMap` in a lock.
//!
//! The C library's heap is not in it but for the `HashMap` and the bucket arrays. One thread, so no waiting for locks; RCU costs nothing, as in a kernel without preemption, and
//! frees at once. Resizes that `alloc` and `free` ask for are done there and then, and counted.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "shadow/fixed.rs"]
mod fixed;
#[path = "shadow/slab.rs"]
mod slab;
#[path = "shadow/stores.rs"]
mod stores;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::{Duration, Instant};
use stores::{Std, Store};

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ID: u64 = 1;

/// Addresses of objects, as if anywhere in memory: even distances would make all chains alike, and
/// the processor learn how long they are.
fn objects(count: usize, first: usize) -> Vec<usize> {
    let numbers = first..first + count;
    numbers
        .map(|number| scatter(number as u64) as usize & !63)
        .collect()
}

/// The numbers of the generator SplitMix64: all different.
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

fn filled<S: Store>(objects: &[usize]) -> S {
    let store = S::default();
    objects.iter().for_each(|object| store.fill(*object, ID));
    store
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(1));
    group
}

/// One object after the other, as fast as it goes.
fn gets<S: Store>(criterion: &mut Criterion, name: &str, store: &S, objects: &[usize]) {
    let mut next = objects.iter().cycle();
    let id = BenchmarkId::new(S::NAME, store.len());
    group(criterion, name).bench_function(id, |bench| {
        bench.iter(|| black_box(store.get(*next.next().unwrap(), ID)));
    });
}

/// Which object is next depends on what was found.
fn dependent_gets<S: Store>(criterion: &mut Criterion, store: &S, objects: &[usize]) {
    let (mut index, nothing) = (0, black_box(0));
    let id = BenchmarkId::new(S::NAME, store.len());
    group(criterion, "get_hit_dependent").bench_function(id, |bench| {
        bench.iter(|| {
            let found = store.get(objects[index], ID);
            index = (index + 1 + (found & nothing)) % objects.len();
        });
    });
}

/// Time for what `timed` does to each of a few objects, `count` times in all. `undo` is not timed.
fn each(
    objects: &[usize],
    count: u64,
    mut timed: impl FnMut(usize),
    mut undo: impl FnMut(usize),
) -> Duration {
    let (mut left, mut took) = (count as usize, Duration::ZERO);
    while left > 0 {
        let some = &objects[..left.min(objects.len())];
        took += time(|| some.iter().for_each(|object| timed(*object)));
        some.iter().for_each(|object| undo(*object));
        left -= some.len();
    }
    took
}

fn single<S: Store>(criterion: &mut Criterion, size: usize) {
    let (known, others) = (objects(size, 0), objects(size, size));
    let store: S = filled(&known);
    gets(criterion, "get_hit", &store, &known);
    gets(criterion, "get_miss", &store, &others);
    dependent_gets(criterion, &store, &known);
    let few = &others[..size.min(256)];
    let (alloc, free) = (
        |object| store.alloc(object, ID),
        |object| store.free(object, ID),
    );
    let id = || BenchmarkId::new(S::NAME, size);
    group(criterion, "alloc").bench_function(id(), |bench| {
        bench.iter_custom(|count| each(few, count, alloc, free));
    });
    few.iter().for_each(|object| alloc(*object));
    group(criterion, "free").bench_function(id(), |bench| {
        bench.iter_custom(|count| each(few, count, free, alloc));
    });
}

fn all<S: Store>(criterion: &mut Criterion, size: usize) {
    let (store, mut first) = (S::default(), 0);
    // Others each time.
    let mut next = || {
        first += size;
        objects(size, first)
    };
    let id = || BenchmarkId::new(S::NAME, size);
    group(criterion, "free_all").bench_function(id(), |bench| {
        bench.iter_custom(|count| {
            let freed = (0..count).map(|_| {
                next().iter().for_each(|object| store.fill(*object, ID));
                let time = time(|| store.free_all(ID));
                store.settle();
                time
            });
            freed.sum()
        });
    });
    // From nothing to all of them. The fixed table would take half a minute for a million.
    if size > 100_000 && S::NAME == "fixed" {
        return;
    }
    group(criterion, "alloc_from_empty").bench_function(id(), |bench| {
        bench.iter_custom(|count| {
            let filled = (0..count).map(|_| {
                let objects = next();
                let time = time(|| objects.iter().for_each(|object| store.alloc(*object, ID)));
                store.free_all(ID);
                store.settle();
                time
            });
            filled.sum()
        });
    });
}

fn time(operation: impl FnOnce()) -> Duration {
    let start = Instant::now();
    operation();
    start.elapsed()
}

fn shadow(criterion: &mut Criterion) {
    for size in SIZES {
        single::<stores::Klp>(criterion, size);
        single::<fixed::Fixed>(criterion, size);
        single::<Std>(criterion, size);
        all::<stores::Klp>(criterion, size);
        all::<fixed::Fixed>(criterion, size);
        all::<Std>(criterion, size);
    }
}

criterion_group!(benches, shadow);
criterion_main!(benches);
