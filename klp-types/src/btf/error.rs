// SPDX-License-Identifier: GPL-2.0-only
//! What can go wrong with a question about a layout.

use klp_codes::{Code, codes};

/// No answer from BTF.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// There is no BTF.
    #[error(
        "kernel {kernel} has no type information (BTF), which klp takes all layouts and prototypes \
         from: build for a kernel with CONFIG_DEBUG_INFO_BTF"
    )]
    NoBtf {
        /// The kernel's release.
        kernel: String,
    },
    /// The BTF data cannot be read.
    #[error("cannot read the kernel's BTF ({reason}); make the profile again from the vmlinuz")]
    Broken {
        /// What the reader found.
        reason: String,
    },
    /// Nothing of this name and kind.
    #[error("kernel {kernel} has no {what} `{name}`{}", suggestion(nearest))]
    NotFound {
        /// The kernel's release.
        kernel: String,
        /// `struct or union`, `enumerator`, `function`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// Names that look like it, best first.
        nearest: Vec<String>,
    },
    /// A struct without this member.
    #[error(
        "`{owner}` has no member `{name}` in kernel {kernel}{}",
        other_member(nearest)
    )]
    NoMember {
        /// The kernel's release.
        kernel: String,
        /// The struct and the part of the path before the member.
        owner: String,
        /// The member asked for.
        name: String,
        /// Members that look like it, best first.
        nearest: Vec<String>,
    },
    /// A path that goes through something without members.
    #[error(
        "`{owner}` is not a struct or union, so it has no member `{name}`; a path cannot follow pointers"
    )]
    NotAStruct {
        /// The path up to the member without members.
        owner: String,
        /// The rest of the path.
        name: String,
    },
}

impl LayoutError {
    /// The message's code.
    pub fn code(&self) -> Code {
        match self {
            Self::NoBtf { .. } | Self::Broken { .. } => codes::NO_TYPES,
            Self::NotFound { .. } | Self::NoMember { .. } | Self::NotAStruct { .. } => {
                codes::UNKNOWN_TYPE
            }
        }
    }

    /// Data that does not parse.
    pub(super) fn broken(reason: impl ToString) -> Self {
        Self::Broken {
            reason: reason.to_string(),
        }
    }
}

fn suggestion(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!("; did you mean `{}`?", names.join("`, `")),
    }
}

fn other_member(nearest: &[String]) -> String {
    match nearest {
        [] => ", nor one with a name like it".to_owned(),
        names => suggestion(names),
    }
}
