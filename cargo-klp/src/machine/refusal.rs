// SPDX-License-Identifier: GPL-2.0-only
//! What it means when the kernel refuses: by its error number, and by what the live-patching cores
//! say in the log.

use std::io;

use klp_codes::{Code, codes};
use rustix::io::Errno;

use super::reason;

/// What the kernel said.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The error number.
    pub(super) errno: Errno,
    /// The kernel's lines about it.
    pub(super) log: Vec<String>,
}

/// What a core says.
struct Said {
    /// Parts of lines that it logs (`kernel/livepatch/core.c` and `patch.c`, klp's `Line`).
    parts: &'static [&'static str],
    /// What they mean.
    code: Code,
    /// What to do; none where the lines say it, or the error number.
    next: Option<&'static str>,
}

const SAID: [Said; 4] = [
    Said {
        parts: &["is not compatible with the already installed livepatches"],
        code: codes::INCOMPATIBLE_STATES,
        next: Some(
            "give the patch the states of those that are enabled, in versions no lower, or unload \
             those first; `cargo klp diff OLD.ko NEW.ko` says which states",
        ),
    },
    Said {
        parts: &[
            "not found in symbol table",
            "unresolvable ambiguity for symbol",
            "symbol position ",
            "failed to find location for function",
        ],
        code: codes::UNRESOLVED_SYMBOL,
        next: None,
    },
    Said {
        parts: &["pre-patch callback failed for object"],
        code: codes::CALLBACK_REFUSED,
        next: None,
    },
    Said {
        parts: &[
            "failed to register ftrace handler",
            "failed to set ftrace filter",
            "somebody else redirects the function",
        ],
        code: codes::FUNCTION_IS_TAKEN,
        next: Some(
            "take away what redirects it: /sys/kernel/tracing/enabled_functions marks such \
             functions with `I`, and `cargo klp status` shows the patches",
        ),
    },
];

impl Refusal {
    /// Which kind of refusal it is: by the log where a core has said it, else by the number.
    pub(super) fn code(&self) -> Code {
        self.said()
            .map_or_else(|| self.code_of_errno(), |said| said.code)
    }

    /// What a core has said, of what is known.
    fn said(&self) -> Option<&'static Said> {
        let logged = |part: &&str| self.log.iter().any(|line| line.contains(part));
        SAID.iter().find(|said| said.parts.iter().any(logged))
    }

    fn code_of_errno(&self) -> Code {
        match self.errno {
            Errno::BUSY | Errno::AGAIN => codes::IN_USE,
            Errno::EXIST => codes::TAKEN_NAME,
            Errno::NOEXEC => codes::REFUSED_FORM,
            Errno::INVAL => codes::REFUSED_PATCH,
            Errno::NOENT => codes::MISSING_SYMBOL,
            Errno::NOMEM => codes::NO_MEMORY,
            Errno::PERM => codes::NOT_PERMITTED,
            Errno::KEYREJECTED | Errno::NOKEY => codes::UNSIGNED,
            _ => codes::REFUSED,
        }
    }

    /// The error number's meaning for a patch, and the system's own words.
    pub(super) fn why(&self) -> String {
        let means = match self.errno {
            Errno::BUSY => "something that it needs is in use",
            Errno::EXIST => "a module or patch of this name is there already",
            Errno::NOEXEC => "the kernel does not take a module of this form",
            Errno::INVAL => "the live-patching core does not take it, or a parameter's value",
            Errno::NOENT => "it uses a symbol or a parameter that is not there",
            Errno::NOMEM => "the kernel has no memory for it",
            Errno::PERM => "nobody may do that on this machine now",
            Errno::KEYREJECTED | Errno::NOKEY => "the kernel takes signed modules only",
            Errno::AGAIN => "it is in use",
            _ => "the kernel, or a callback of the patch, refuses",
        };
        format!("{means} ({})", reason(&io::Error::from(self.errno)))
    }

    /// What to do.
    pub(super) fn next(&self, name: &str) -> String {
        if let Some(next) = self.said().and_then(|said| said.next) {
            return next.to_owned();
        }
        match self.errno {
            Errno::EXIST => format!("`cargo klp unload {name}` takes it away"),
            Errno::PERM => "see `sysctl kernel.modules_disabled` and \
                /sys/kernel/security/lockdown"
                .to_owned(),
            Errno::KEYREJECTED | Errno::NOKEY => {
                "`cargo klp sign` signs it; the key must be one that the kernel trusts, which \
                `keyctl list %:.secondary_trusted_keys` lists"
                    .to_owned()
            }
            Errno::AGAIN => "`lsmod` shows what needs it; a patch that was forced stays until the \
                machine is booted again"
                .to_owned(),
            _ if self.log.is_empty() => "the kernel's log may say more: `dmesg`".to_owned(),
            _ => "the lines above are the kernel's own about it".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(errno: Errno, log: &[&str]) -> String {
        let refusal = Refusal {
            errno,
            log: log.iter().map(|line| (*line).to_owned()).collect(),
        };
        refusal.code().to_string()
    }

    #[test]
    fn each_number_has_its_code() {
        for (errno, expected) in [
            (Errno::BUSY, "KLP216"),
            (Errno::AGAIN, "KLP216"),
            (Errno::EXIST, "KLP217"),
            (Errno::NOEXEC, "KLP218"),
            (Errno::INVAL, "KLP219"),
            (Errno::NOENT, "KLP220"),
            (Errno::PERM, "KLP221"),
            (Errno::KEYREJECTED, "KLP222"),
            (Errno::NODEV, "KLP223"),
            (Errno::NOMEM, "KLP228"),
        ] {
            assert_eq!(code(errno, &["klp: odd"]), expected, "{errno}");
        }
    }

    #[test]
    fn what_a_core_has_said_goes_before_the_number() {
        for (line, expected) in [
            (
                "livepatch: Livepatch patch (fix) is not compatible with the already installed livepatches.",
                "KLP224",
            ),
            (
                "livepatch: symbol 'foo' not found in symbol table",
                "KLP225",
            ),
            (
                "klp: pre-patch callback failed for object 'vmlinux'",
                "KLP226",
            ),
            (
                "livepatch: failed to register ftrace handler for function 'foo' (-16)",
                "KLP227",
            ),
        ] {
            assert_eq!(code(Errno::INVAL, &["said before", line]), expected);
        }
    }

    #[test]
    fn what_to_do_follows_from_what_a_core_has_said() {
        let next = |errno, line: &str| {
            let log = vec![line.to_owned()];
            let refusal = Refusal { errno, log };
            refusal.next("fix")
        };
        let taken = "livepatch: failed to register ftrace handler for function 'foo' (-16)";
        assert!(next(Errno::BUSY, taken).contains("enabled_functions"));
        let states = "livepatch: Livepatch patch (fix) is not compatible with the already installed livepatches.";
        assert!(next(Errno::INVAL, states).contains("cargo klp diff"));
        assert!(next(Errno::KEYREJECTED, "").contains("cargo klp sign"));
    }

    /// klp's core has these lines from the engine, whose words are its own.
    #[test]
    fn the_engines_words_are_known() {
        use klp_runtime::{Error, Line};
        let unresolved = |error| Line::Unresolved {
            object: "vmlinux",
            symbol: "foo",
            sympos: 1,
            error,
        };
        for (line, expected) in [
            (Line::Incompatible("fix"), "KLP224"),
            (unresolved(Error::NoSymbol), "KLP225"),
            (unresolved(Error::AmbiguousSymbol), "KLP225"),
            (unresolved(Error::NoSuchPosition), "KLP225"),
            (unresolved(Error::NotTraceable), "KLP225"),
            (unresolved(Error::Taken), "KLP227"),
            (Line::CallbackRefused("vmlinux"), "KLP226"),
        ] {
            let line = format!("klp: {line}");
            assert_eq!(code(Errno::INVAL, &[&line]), expected, "{line}");
        }
    }
}
