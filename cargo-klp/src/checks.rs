// SPDX-License-Identifier: GPL-2.0-only
//! `#[cfg(linux_checks = "locks")]`: kernels that are built to check themselves, where some
//! functions are macros around others and some structures are larger.

use klp_link::profile::Profile;

/// What a kernel can check, and a function that only such kernels export.
const CHECKS: [(&str, &str); 1] = [
    // CONFIG_DEBUG_LOCK_ALLOC, which lockdep is built with.
    ("locks", "lock_acquire"),
];

/// rustc's arguments that answer the question for the kernel of this profile.
pub fn arguments(profile: &Profile) -> Vec<String> {
    arguments_by(|function| profile.export(function).is_some())
}

fn arguments_by(exports: impl Fn(&str) -> bool) -> Vec<String> {
    let names = CHECKS.map(|(check, _)| format!("\"{check}\"")).join(", ");
    let known = format!("cfg(linux_checks, values({names}))");
    let done = CHECKS.iter().filter(|(_, function)| exports(function));
    let set = done.flat_map(|(check, _)| ["--cfg".to_owned(), format!("linux_checks=\"{check}\"")]);
    ["--check-cfg".to_owned(), known]
        .into_iter()
        .chain(set)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::arguments_by;

    #[test]
    fn only_what_the_kernel_shows_is_set() {
        let known = ["--check-cfg", "cfg(linux_checks, values(\"locks\"))"];
        assert_eq!(arguments_by(|_| false), known);
        let set = arguments_by(|function| function == "lock_acquire");
        assert_eq!(set[..2], known);
        assert_eq!(set[2..], ["--cfg", "linux_checks=\"locks\""]);
    }
}
