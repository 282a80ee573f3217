// SPDX-License-Identifier: GPL-2.0-only
//! Which combinations of what the parts of a kernel can be a search has been through.

use crate::digest::{Map, Set};
use crate::search::Job;
use crate::worlds::Part;
use std::rc::Rc;

/// Combinations, by what the engine knew.
#[derive(Default)]
pub(crate) struct Combined {
    known: Map<u64, Vec<Combination>>,
    sets: Sets,
}

/// What each part can be, by digest.
type Combination = Vec<u64>;

/// What parts can be.
#[derive(Default)]
struct Sets {
    /// Single ones, by the digest of all of them.
    all: Map<u64, Set<u64>>,
    /// Whether one is all in another.
    within: Map<(u64, u64), bool>,
}

impl Combined {
    /// Takes a combination of closed parts down. Says whether not all of it was in one before.
    pub fn insert(&mut self, known: u64, parts: &[Rc<Part>]) -> bool {
        let combination = self.sets.combination(parts);
        let Self { known: all, sets } = self;
        let before = all.entry(known).or_default();
        if before
            .iter()
            .any(|other| sets.is_within(&combination, other))
        {
            return false;
        }
        before.retain(|other| !sets.is_within(other, &combination));
        before.push(combination);
        true
    }
}

impl Sets {
    fn combination(&mut self, parts: &[Rc<Part>]) -> Combination {
        parts.iter().for_each(|part| self.learn(part));
        parts.iter().map(|part| part.digest).collect()
    }

    fn learn(&mut self, part: &Part) {
        let set = self.all.entry(part.digest);
        set.or_insert_with(|| part.digests.iter().copied().collect());
    }

    fn is_within(&mut self, this: &[u64], other: &[u64]) -> bool {
        let mut parts = this.iter().zip(other);
        parts.all(|(this, other)| self.is_part_within(*this, *other))
    }

    fn is_part_within(&mut self, this: u64, other: u64) -> bool {
        let all = &self.all;
        let is_subset = || all[&this].is_subset(&all[&other]);
        this == other || *self.within.entry((this, other)).or_insert_with(is_subset)
    }
}

/// Makes one of those that differ in one part only, as long as there are such.
pub(crate) fn join(mut jobs: Vec<Job>) -> Vec<Job> {
    let parts = jobs.first().map_or(0, |job| job.parts.len());
    loop {
        let before = jobs.len();
        jobs = (0..parts).fold(jobs, join_in);
        if jobs.len() == before {
            return jobs;
        }
    }
}

fn join_in(jobs: Vec<Job>, at: usize) -> Vec<Job> {
    let mut joined: Map<Combination, Job> = Map::default();
    for job in jobs {
        let mut others: Vec<_> = job.parts.iter().map(|part| part.digest).collect();
        others[at] = 0;
        let same = joined.entry(others);
        same.and_modify(|joined| Part::join(&mut joined.parts[at], &job.parts[at]))
            .or_insert(job);
    }
    joined.into_values().collect()
}
