// SPDX-License-Identifier: GPL-2.0-only
//! Which code may not be on a task's stack when it switches.
//!
//! A task that switches to a patch may not be in a function that the patch replaces, and one that
//! switches away from it not in a new function: the version that calls expect would change under
//! them. A task may also have entered a function, have been sent to a version by the handler, and
//! have been preempted before it went there. Its stack then shows the function's entry only, so
//! entries are forbidden in both directions.

use super::Target;
use crate::memory::List;
use crate::patch::{Func, Patch};
use crate::site::Sites;
use crate::{Code, Error, Platform, Stack};
use core::fmt;

/// Why a task cannot switch now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// It is running; it will switch when it leaves the kernel.
    Running,
    /// Its stack cannot be walked.
    Unreliable,
    /// It is in a function, old or new.
    InFunction(Place<'a>),
}

/// Where a task is in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The function's name.
    pub symbol: &'a str,
    /// How many bytes from the function's start.
    pub offset: usize,
    /// How many calls the task has made from there that have not returned.
    pub depth: usize,
}

impl fmt::Display for Reason<'_> {
    /// In the words of the kernel's own core; by `{:#}` also where in the function.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("is running"),
            Self::Unreliable => f.write_str("has an unreliable stack"),
            Self::InFunction(place) => {
                write!(f, "is sleeping on function {}", place.symbol)?;
                if f.alternate() {
                    write!(f, "+{:#x}, {} calls deep", place.offset, place.depth)?;
                }
                Ok(())
            }
        }
    }
}

/// The code that tasks have to leave before they switch.
pub(crate) struct Forbidden<P: Platform> {
    /// Sorted by where they start.
    ranges: List<Range, P>,
}

struct Range {
    code: Code,
    symbol: &'static str,
}

impl<P: Platform> Forbidden<P> {
    /// Room for all functions of a patch on `older` ones, those of objects that are loaded later
    /// included, so that [`set`](Self::set) cannot fail.
    pub fn with_room_for(platform: &P, patch: &Patch<P>, older: usize) -> Result<Self, Error> {
        let funcs: usize = patch.objects.iter().map(|object| object.funcs.len()).sum();
        let mut ranges = List::new(platform.clone());
        // For each function the original, its entry, and one of each patch.
        ranges.reserve(funcs.saturating_mul(older.saturating_add(2)))?;
        Ok(Self { ranges })
    }

    /// Forbids what tasks may not be in to switch to `target`, as far as the patch's objects are
    /// patched now.
    pub fn set(&mut self, patch: &Patch<P>, sites: &Sites<P>, target: Target) -> Result<(), Error> {
        self.ranges.clear();
        for (func, live) in patch.lives() {
            if !live.patched {
                continue;
            }
            match target {
                Target::Unpatched => {
                    self.forbid(live.node.code(), func)?;
                    self.forbid(live.old.entry, func)?;
                }
                Target::Patched => {
                    for node in sites.below(live) {
                        self.forbid(node.code(), func)?;
                    }
                    // The entry is part of it.
                    self.forbid(live.old.code, func)?;
                }
            }
        }
        self.ranges.sort_unstable_by_key(|range| range.code.start);
        Ok(())
    }

    fn forbid(&mut self, code: Code, func: &Func<P>) -> Result<(), Error> {
        let symbol = func.symbol();
        self.ranges.push(Range { code, symbol })
    }

    /// Whether a task with this stack has to wait, and why.
    pub fn check(&self, stack: Stack<'_>) -> Result<(), Reason<'static>> {
        match stack {
            Stack::Running => Err(Reason::Running),
            Stack::Unreliable => Err(Reason::Unreliable),
            Stack::Addresses(addresses) => match self.place(addresses) {
                Some(place) => Err(Reason::InFunction(place)),
                None => Ok(()),
            },
        }
    }

    fn place(&self, addresses: &[usize]) -> Option<Place<'static>> {
        addresses.iter().enumerate().find_map(|(depth, address)| {
            let range = self.find(*address)?;
            Some(Place {
                symbol: range.symbol,
                offset: address - range.code.start,
                depth,
            })
        })
    }

    fn find(&self, address: usize) -> Option<&Range> {
        let behind = self
            .ranges
            .partition_point(|range| range.code.start <= address);
        // Two: an address may be both the end of one range and the start of the next.
        let candidates = &self.ranges[behind.saturating_sub(2)..behind];
        candidates.iter().find(|range| range.code.holds(address))
    }
}
