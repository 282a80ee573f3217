// SPDX-License-Identifier: GPL-2.0-only
//! Ids of shadow variables that have a name instead of a number.

/// The id of the shadow variables `name` of type `value` that parents of type `parent` have: the
/// 64-bit FNV-1a hash of `PARENT.NAME:VALUE`, types as the author wrote them, without blanks.
///
/// So patches that declare the same variable find each other's, whatever crate declares it, and
/// one that changes the type has a variable of its own.
pub fn shadow_id(parent: &str, name: &str, value: &str) -> u64 {
    let text = [parent, ".", name, ":", value];
    let bytes = text.iter().flat_map(|part| part.bytes());
    bytes
        .filter(|byte| !byte.is_ascii_whitespace())
        .fold(OFFSET_BASIS, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        })
}

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

#[cfg(test)]
mod tests {
    use super::shadow_id;

    #[test]
    fn an_id_never_changes() {
        // FNV-1a of "sta_info.PS_LOCK:SpinLock<()>": variables of loaded patches bear such ids.
        let id = shadow_id("sta_info", "PS_LOCK", "SpinLock<()>");
        assert_eq!(id, 0x9df5_3ca7_a664_a289);
    }

    #[test]
    fn blanks_mean_nothing() {
        let id = shadow_id("sta_info", "PS_LOCK", "SpinLock<()>");
        assert_eq!(shadow_id("sta_info", "PS_LOCK", "SpinLock < () >"), id);
    }

    #[test]
    fn each_part_counts() {
        let id = shadow_id("a", "b", "c");
        for other in [("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x")] {
            assert_ne!(shadow_id(other.0, other.1, other.2), id);
        }
    }
}
