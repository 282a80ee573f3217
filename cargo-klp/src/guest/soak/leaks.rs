// SPDX-License-Identifier: GPL-2.0-only
//! What is in use: the core's own allocations, the kernel's objects, modules.

use std::{fs, thread::sleep, time::Duration};

/// What is in use at one moment.
#[derive(Debug)]
pub struct InUse {
    /// The core's own allocations. Exact.
    core: u64,
    /// Objects of `kmalloc`, and sysfs's. The system's own come and go by the hundred.
    kmalloc: u64,
    kernfs: u64,
    /// The names of modules, and of patches that are enabled.
    modules: Vec<String>,
    patches: usize,
}

impl InUse {
    /// Looks, when nothing is going on.
    pub fn now() -> Result<Self, String> {
        settle()?;
        let slabs = read("/proc/slabinfo")?;
        let stats = read("/sys/kernel/klp/stats")?;
        let mut modules: Vec<_> = read("/proc/modules")?.lines().map(first_word).collect();
        modules.sort();
        Ok(Self {
            core: number(&stats, "allocations").ok_or("no count of allocations")?,
            kmalloc: objects(&slabs, |name| name.starts_with("kmalloc-")),
            kernfs: objects(&slabs, |name| name == "kernfs_node_cache"),
            modules,
            patches: patches()?,
        })
    }

    /// The numbers, each beside that of a later moment.
    pub fn pairs(&self, after: &Self) -> [(&'static str, u64, u64); 5] {
        [
            ("allocations of klp.ko", self.core, after.core),
            ("kmalloc objects", self.kmalloc, after.kmalloc),
            ("kernfs objects", self.kernfs, after.kernfs),
            (
                "modules",
                self.modules.len() as u64,
                after.modules.len() as u64,
            ),
            ("patches", self.patches as u64, after.patches as u64),
        ]
    }

    /// Whether nothing was lost in so many cycles. What loses an object in each has lost as many,
    /// which the system's own ups and downs do not hide.
    pub fn check_against(&self, before: &Self, cycles: u64) -> Result<(), String> {
        if self.modules != before.modules || self.patches != 0 {
            return Err(format!("left over: {self:?}, before: {before:?}"));
        }
        for (what, before, after) in before.pairs(self) {
            let most = if what == "allocations of klp.ko" {
                before
            } else {
                before + cycles
            };
            if after > most {
                return Err(format!("{what}: {before} before, {after} after"));
            }
        }
        Ok(())
    }
}

/// Lets what is freed later be freed, and caches be emptied.
fn settle() -> Result<(), String> {
    for _ in 0..3 {
        sleep(Duration::from_secs(1));
        fs::write("/proc/sys/vm/drop_caches", "3").map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn patches() -> Result<usize, String> {
    let entries = fs::read_dir("/sys/kernel/klp").map_err(|error| error.to_string())?;
    Ok(entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .count())
}

fn read(file: &str) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}

fn first_word(line: &str) -> String {
    line.split(' ').next().unwrap_or_default().to_owned()
}

/// The number behind a word at the start of a line.
fn number(text: &str, word: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(first, _)| *first == word)?.1.parse().ok()
}

/// How many objects are in use of the slabs with such names.
fn objects(slabs: &str, wanted: impl Fn(&str) -> bool) -> u64 {
    let of = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().filter(|name| wanted(name))?;
        words.next()?.parse::<u64>().ok()
    };
    slabs.lines().filter_map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_numbers_are_read() {
        let slabs = "slabinfo - version: 2.1\nkmalloc-8  10 20\nkmalloc-16  5 20\nother 9 9\n";
        assert_eq!(objects(slabs, |name| name.starts_with("kmalloc-")), 15);
        assert_eq!(number("passes 1\nallocations 7\n", "allocations"), Some(7));
    }
}
