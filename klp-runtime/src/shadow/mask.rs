// SPDX-License-Identifier: GPL-2.0-only
//! Which buckets are in use, 64 at a time.

use super::chain::Link;
use core::iter::from_fn;

/// How many links one mask is for.
pub(super) const MASK_BITS: usize = u64::BITS as usize;

/// Which of up to 64 links lead somewhere. Only for the lock's holder.
///
/// Which buckets are empty is chance. A branch for each would be predicted wrongly for every other
/// one, which costs more than all the rest of `free_all`; hence a mask.
#[inline]
pub(super) fn in_use(links: &[Link]) -> impl Iterator<Item = usize> {
    let bit = |link: &Link| u64::from(!link.is_null());
    let mut left = links
        .iter()
        .rev()
        .fold(0, |mask, link| mask << 1 | bit(link));
    from_fn(move || {
        let lowest = left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        (lowest < MASK_BITS).then_some(lowest)
    })
}
