// SPDX-License-Identifier: GPL-2.0-only
//! Each error has the number that the kernel's own core returns, and words of its own. That each
//! comes when it should is in the tests of the rules.

use klp_runtime::{Errno, Error};
use std::collections::BTreeSet;

const ALL: [(Error, Errno); 18] = [
    (Error::NoMemory, Errno::ENOMEM),
    (Error::InTransition, Errno::EBUSY),
    (Error::NotInTransition, Errno::EINVAL),
    (Error::AlreadyEnabled, Errno::EEXIST),
    (Error::NothingToDo, Errno::EINVAL),
    (Error::NotEnabled, Errno::EINVAL),
    (Error::NotOnTop, Errno::EBUSY),
    (Error::Malformed, Errno::EINVAL),
    (Error::Duplicate, Errno::EINVAL),
    (Error::Incompatible, Errno::EINVAL),
    (Error::ModuleGone, Errno::ENODEV),
    (Error::NoSymbol, Errno::EINVAL),
    (Error::AmbiguousSymbol, Errno::EINVAL),
    (Error::NoSuchPosition, Errno::EINVAL),
    (Error::NotTraceable, Errno::EINVAL),
    (Error::Taken, Errno::EBUSY),
    (Error::Refused(Errno::EPERM), Errno::EPERM),
    (Error::Kernel(Errno::EIO), Errno::EIO),
];

#[test]
fn each_error_has_its_number() {
    for (error, errno) in ALL {
        assert_eq!(error.errno(), errno, "{error:?}");
    }
}

#[test]
fn each_error_has_words_of_its_own() {
    let words: BTreeSet<_> = ALL.iter().map(|(error, _)| error.to_string()).collect();
    assert_eq!(words.len(), ALL.len());
    assert!(words.contains("a callback refused (-1)"));
    assert!(words.contains("the kernel refused (-5)"));
}
