// SPDX-License-Identifier: GPL-2.0-only
//! Kernels that are built to check themselves, and what code for them is compiled with.
//!
//! Where locks are checked, some functions are macros around others and some structures are larger:
//! `#[cfg(linux_checks = "locks")]` tells. Where memory is, code tells the kernel of its accesses.

use klp_link::profile::Profile;

/// A function that kernels with CONFIG_DEBUG_LOCK_ALLOC export, which lockdep is built with.
const LOCKS: &str = "lock_acquire";
/// A function that kernels with CONFIG_KASAN export.
const MEMORY: &str = "__asan_load8";

/// What has each access checked by a call, as the kernel's own build with CONFIG_KASAN_OUTLINE does
/// (`scripts/Makefile.kasan`), but for those to the stack and of globals.
const CALLS: [&str; 6] = [
    "-Zsanitizer=kernel-address",
    // What is the same for all kernels does without: calls between the two differ in nothing.
    "-Cunsafe-allow-abi-mismatch=sanitizer",
    "-Cllvm-args=-asan-instrumentation-with-call-threshold=0",
    "-Cllvm-args=-asan-stack=0",
    "-Cllvm-args=-asan-globals=0",
    // Without globals there is nothing to set up.
    "-Cllvm-args=-asan-constructor-kind=none",
];

/// rustc's arguments for the kernel of this profile.
pub fn arguments(profile: &Profile) -> Vec<String> {
    arguments_by(|function| profile.export(function).is_some())
}

fn arguments_by(exports: impl Fn(&str) -> bool) -> Vec<String> {
    let known = ["--check-cfg", "cfg(linux_checks, values(\"locks\"))"];
    let locks = exports(LOCKS).then_some(["--cfg", "linux_checks=\"locks\""]);
    let memory = exports(MEMORY).then_some(CALLS);
    let arguments = known.into_iter();
    let arguments = arguments.chain(locks.into_iter().flatten());
    let arguments = arguments.chain(memory.into_iter().flatten());
    arguments.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{CALLS, LOCKS, MEMORY, arguments_by};

    #[test]
    fn only_what_the_kernel_shows_is_set() {
        let known = ["--check-cfg", "cfg(linux_checks, values(\"locks\"))"];
        assert_eq!(arguments_by(|_| false), known);
        let locks = arguments_by(|function| function == LOCKS);
        assert_eq!(locks[..2], known);
        assert_eq!(locks[2..], ["--cfg", "linux_checks=\"locks\""]);
        let memory = arguments_by(|function| function == MEMORY);
        assert_eq!(memory[2..], CALLS);
    }
}
