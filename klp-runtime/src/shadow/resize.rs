// SPDX-License-Identifier: GPL-2.0-only
//! Growing and shrinking, while readers read and others write.

use super::held::Held;
use super::word::Word;
use super::{Platform, Table};

impl<P: Platform> Table<P> {
    /// Gives the table as many buckets as it needs by now. Sleeps; for the platform to call when
    /// it was [asked to](Platform::request_resize).
    ///
    /// If there is no memory for them the table goes on with those it has, and asks again when
    /// there are twice or a quarter as many variables. A call during another's has nothing to do.
    pub fn resize(&self) {
        while let Some(count) = self.begin_resize() {
            let Some(buckets) = self.successor(count) else {
                self.load.postpone(&self.lock());
                break;
            };
            self.replace(buckets);
        }
    }

    /// How many buckets the table should get, if it should, and nobody else sees to it.
    fn begin_resize(&self) -> Option<usize> {
        let held = self.lock();
        let count = held.buckets().count();
        self.load.begin_resize(&held, count)
    }

    /// Empty buckets to follow the current ones, whose parity they do not use.
    fn successor(&self, count: usize) -> Option<Word> {
        let older = self.current();
        let parity = older.parity().other();
        Word::allocate(&self.platform, count, parity, Some(older))
    }

    /// Puts new buckets in the place of the current ones.
    fn replace(&self, buckets: Word) {
        let older = self.current();
        self.lock().publish(buckets);
        while !self.lock().copy_batch() {}
        // Readers may be in the older chains. They must be through before the array goes, and
        // before the next one uses the same links of the entries.
        self.platform.wait_for_readers();
        // SAFETY: it is given up, and those who may have found it are through. Who has the lock
        // from now on does not find it.
        unsafe { older.free(&self.platform) };
        self.load.end_resize(&self.lock());
    }
}

impl<P: Platform> Held<'_, P> {
    /// Copies a batch of the older array's chains, and gives it up after the last. Says whether
    /// that was it.
    ///
    /// The older chains stay as they are, for readers who are in them or have yet to come there.
    fn copy_batch(&self) -> bool {
        let buckets = self.buckets();
        let Some(older) = buckets.older() else {
            return true;
        };
        let (mut index, mut work) = (buckets.copied(), 0);
        while index < older.count() && work < P::BATCH {
            // SAFETY: the index was just compared.
            let chain = unsafe { older.chain_at(index) };
            for entry in chain.iter() {
                let chain = buckets.chain(entry.key.hash());
                // SAFETY: the lock is held. The entry was in no chain of this parity since the
                // last resize, which waited for the readers of those.
                unsafe { chain.push(entry) };
                work += 1;
            }
            index += 1;
            work += 1;
        }
        buckets.set_copied(index);
        let done = index == older.count();
        if done {
            self.publish(buckets.word().without_older());
        }
        done
    }
}
