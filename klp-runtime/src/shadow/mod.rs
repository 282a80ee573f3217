// SPDX-License-Identifier: GPL-2.0-only
//! Shadow variables: data attached to objects that cannot be extended
//! (`Documentation/livepatch/shadow-vars.rst`).
//!
//! A [`Table`] is a hash table with chains, over a [`Platform`]. Readers walk the chains in
//! read-side sections of RCU, without a lock. Writers take turns by the one lock.
//!
//! # How it changes its size
//! [`Table::resize`] makes a new bucket array, with the current one as its older one, and makes it
//! the current one. Then it copies the older chains into it, a few under the lock at a time; for
//! that, each entry has two links, and arrays in succession use different ones. So readers may be
//! in the older chains all the while, and the writers' rules are few:
//! - attach to the current array;
//! - detach from both;
//! - a variable is there if it is in either.
//!
//! Which array is current, and whether it still has an older one, is one word (`word.rs`). So a
//! reader knows both *before* he walks the current one's chain, and walks the older one's
//! afterwards. If there was one, all variables that have been there for longer than the current one
//! are in its chains; if not, all were copied. With the last chain copied, the older array is given
//! up; it is freed, and the entries' links in it used again, after a grace period.
//!
//! The platform calls `resize` where it can sleep, for what it does there: get much memory, and
//! wait for a grace period. Until then the table works with what it has.
//!
//! # What is ordered
//! | release | acquire | so that a reader |
//! |---|---|---|
//! | `Link::lead_to` | `Link::follow` | sees an entry's key, links and data as constructed |
//! | `Held::publish` | `Buckets::load` | sees an array's buckets and its older array; or all that was copied, if he finds no older array |
//!
//! `mutations/shadow.toml` has these and the other rules broken, one at a time, and the test that
//! notices.

mod buckets;
mod chain;
mod entry;
mod free_all;
mod held;
mod key;
mod load;
mod mask;
mod platform;
mod resize;
mod table;
mod word;

pub use platform::Platform;
pub use table::Table;
