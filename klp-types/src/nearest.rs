// SPDX-License-Identifier: GPL-2.0-only
//! "Did you mean": names close to a mistyped one.

/// Up to `n` of `candidates` that look like `name`, best first, each once.
pub fn nearest<'a>(
    name: &str,
    n: usize,
    candidates: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut scored: Vec<(usize, &str)> = candidates
        .filter_map(|candidate| Some((distance(name, candidate)?, candidate)))
        .collect();
    scored.sort_unstable();
    scored.dedup_by_key(|(_, candidate)| *candidate);
    scored.truncate(n);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// How far `candidate` is from `name`; `None` when too far to be a typing mistake.
fn distance(name: &str, candidate: &str) -> Option<usize> {
    if candidate == name {
        return Some(0);
    }
    if candidate
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with('.'))
    {
        return Some(0);
    }
    let limit = name.len() / 3 + 1;
    if candidate.len().abs_diff(name.len()) > limit {
        return None;
    }
    let distance = strsim::damerau_levenshtein(name, candidate);
    (distance <= limit).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn best_first_and_each_once() {
        let names = [
            "cmdline_proc_shaw",
            "cmdline_proc_open",
            "x",
            "cmdline_proc_show.isra.0",
        ];
        let twice = names.iter().chain(&names).copied();
        let found = nearest("cmdline_proc_show", 3, twice);
        assert_eq!(
            found,
            [
                "cmdline_proc_show.isra.0",
                "cmdline_proc_shaw",
                "cmdline_proc_open"
            ]
        );
    }

    #[test]
    fn nothing_close_gives_nothing() {
        assert!(nearest("abc", 3, ["completely_different"].into_iter()).is_empty());
        assert!(nearest("", 3, std::iter::empty()).is_empty());
    }
}
