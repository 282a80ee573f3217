// SPDX-License-Identifier: GPL-2.0-only
//! Why a patch is not loaded, unloaded or waited for.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use klp_codes::{Code, codes};
use klp_link::profile::BuildError;
use thiserror::Error;

use super::{Blocking, Refusal};

/// What this machine, or klp in its place, refuses.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MachineError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no kernel module.
    #[error("{}: {source}\nname the NAME.ko that `cargo build` leaves", path.display())]
    NotAModule {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: BuildError,
    },
    /// A module is no live patch.
    #[error(
        "{} is not a live patch: its .modinfo does not say livepatch=Y\n\
         other modules are loaded by `insmod`, and unloaded by `rmmod`",
        path.display()
    )]
    NotAPatch {
        /// The module.
        path: PathBuf,
    },
    /// `--core` does not name klp's core.
    #[error(
        "{} is not klp's core: it is the module `{name}`\nname the klp.ko that `cargo build` in klp-kernel/core leaves",
        path.display()
    )]
    NotTheCore {
        /// The file.
        path: PathBuf,
        /// The module in it.
        name: String,
    },
    /// A module is for another kernel.
    #[error(
        "{} is for kernel {wanted}, and this machine runs {running}\n\
         build it for this one: `cargo klp kernel add running` once, then `KLP_KERNEL={running} cargo build`",
        path.display()
    )]
    OtherKernel {
        /// The module.
        path: PathBuf,
        /// Its kernel.
        wanted: String,
        /// The one that runs.
        running: String,
    },
    /// A module is loaded in another build than the patch is for.
    #[error(
        "{module} is loaded, but not in the build that the patch is for: its {what} is {loaded}, \
         and the patch is for {wanted}\n\
         run `cargo klp kernel add-module` with the file of the module that is loaded (`modinfo -n \
         {module}`), then build the patch again"
    )]
    OtherBuildOfModule {
        /// The module.
        module: String,
        /// What differs.
        what: &'static str,
        /// What the patch has.
        wanted: String,
        /// What the module has.
        loaded: String,
    },
    /// Only root may.
    #[error("cannot {verb} {name}: only root may\nrun the command as root, for example by `sudo`")]
    NotRoot {
        /// What was asked for.
        verb: &'static str,
        /// Of which patch.
        name: String,
    },
    /// It is there already.
    #[error(
        "{name} is loaded already, and the kernel loads one module of a name\n\
         `cargo klp status` says how it is; `cargo klp unload {name}` takes it away; a new release of a \
         patch that is in use, or was replaced, needs a name of its own: `name` of `[package]` in \
         Cargo.toml"
    )]
    Loaded {
        /// The module.
        name: String,
    },
    /// klp's core is needed and not there.
    #[error(
        "{name} runs on klp's core, which is not loaded{}\n\
         name its file with `--core PATH/klp.ko`, or klp's folder with KLP_HOME",
        searched.as_ref().map(|path| format!(", and there is no {}", path.display())).unwrap_or_default()
    )]
    NoCore {
        /// The patch.
        name: String,
        /// Where the core's file was looked for.
        searched: Option<PathBuf>,
    },
    /// The kernel said no.
    #[error("cannot {verb} {name}: {}{}\n{}", refusal.why(), quoted(&refusal.log), refusal.next(name))]
    Refused {
        /// What was tried.
        verb: &'static str,
        /// On which module.
        name: String,
        /// What it said.
        refusal: Refusal,
    },
    /// Another patch is in transition.
    #[error(
        "cannot {verb} {name}: {patch} is in transition, and only one patch can be\n\
         `cargo klp wait {patch}` waits for it, `cargo klp status` says who holds it up"
    )]
    Busy {
        /// What was to be done.
        verb: &'static str,
        /// To which module.
        name: String,
        /// The patch in transition.
        patch: String,
    },
    /// Something on this machine speaks against a patch.
    #[error(transparent)]
    Verify(#[from] super::verify::Refusal),
    /// There is no such patch.
    #[error("no patch {name} is enabled{}", others(enabled))]
    NotEnabled {
        /// The name that was asked for.
        name: String,
        /// Those that are.
        enabled: Vec<String>,
    },
    /// A module that is none of klp's business.
    #[error("{name} is not a live patch\nother modules are unloaded by `rmmod {name}`")]
    OtherModule {
        /// The module.
        name: String,
    },
    /// Later patches are in the way.
    #[error(
        "{name} is not the last patch: {} was enabled after it, and is to go first\nrun `cargo klp unload {}`",
        above.join(", "), above.join("`, then `cargo klp unload ")
    )]
    NotOnTop {
        /// The patch.
        name: String,
        /// Those to unload first, the last one first.
        above: Vec<String>,
    },
    /// The time was up.
    #[error("{name} is still in transition after {} s{}\n{next}", after.as_secs(), held_up(blocking))]
    Stuck {
        /// The patch.
        name: String,
        /// How long was waited.
        after: Duration,
        /// Who holds it up.
        blocking: Blocking,
        /// What to do.
        next: String,
    },
    /// A patch does not leave.
    #[error(
        "{name} has switched, but is still in sysfs after {} s\nrun `cargo klp unload {name}` again", after.as_secs()
    )]
    StillThere {
        /// The patch.
        name: String,
        /// How long was waited.
        after: Duration,
    },
    /// A patch that was to be enabled is on its way out, or gone.
    #[error("{name} was disabled while it was waited for\n`cargo klp status` says how it is now")]
    Disabled {
        /// The patch.
        name: String,
    },
}

impl MachineError {
    /// The message's code.
    pub fn code(&self) -> Code {
        match self {
            Self::File { .. } => codes::FILE,
            Self::NotAModule { .. } => codes::NOT_A_MODULE,
            Self::NotAPatch { .. } => codes::NOT_A_PATCH,
            Self::NotTheCore { .. } => codes::NOT_THE_CORE,
            Self::OtherKernel { .. } => codes::OTHER_KERNEL,
            Self::OtherBuildOfModule { .. } => codes::OTHER_BUILD_OF_MODULE,
            Self::NotRoot { .. } => codes::NOT_ROOT,
            Self::Loaded { .. } => codes::LOADED,
            Self::NoCore { .. } => codes::NO_CORE,
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Busy { .. } => codes::IN_TRANSITION,
            Self::Verify(refusal) => refusal.code(),
            Self::NotEnabled { .. } => codes::NOT_ENABLED,
            Self::OtherModule { .. } => codes::OTHER_MODULE,
            Self::NotOnTop { .. } => codes::NOT_ON_TOP,
            Self::Stuck { .. } => codes::STUCK,
            Self::StillThere { .. } => codes::STILL_THERE,
            Self::Disabled { .. } => codes::DISABLED,
        }
    }
}

/// The kernel's lines, told apart from klp's.
fn quoted(log: &[String]) -> String {
    log.iter().map(|line| format!("\n  | {line}")).collect()
}

fn others(enabled: &[String]) -> String {
    match enabled {
        [] => "\nno other is, either: load one with `cargo klp load PATCH.ko`".to_owned(),
        names => format!("\nthere is: {}", names.join(", ")),
    }
}

fn held_up(blocking: &Blocking) -> String {
    match blocking.to_string() {
        nobody if nobody.is_empty() => ", and no task is seen to hold it up".to_owned(),
        tasks => format!(", held up by{tasks}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn path() -> PathBuf {
        "fix.ko".into()
    }

    fn name() -> String {
        "fix".into()
    }

    /// All that is refused before or after the kernel is asked; its own refusals are in `refusal`.
    #[test]
    fn each_error_has_its_code_and_says_what_next() {
        let bytes = klp_link::profile::Modinfo::of_module(b"no module");
        let errors = [
            (
                "KLP201",
                MachineError::File {
                    path: path(),
                    source: io::ErrorKind::NotFound.into(),
                },
            ),
            (
                "KLP202",
                MachineError::NotAModule {
                    path: path(),
                    source: bytes.unwrap_err(),
                },
            ),
            ("KLP203", MachineError::NotAPatch { path: path() }),
            (
                "KLP204",
                MachineError::NotTheCore {
                    path: path(),
                    name: name(),
                },
            ),
            (
                "KLP205",
                MachineError::OtherKernel {
                    path: path(),
                    wanted: "6.1".into(),
                    running: "6.12".into(),
                },
            ),
            (
                "KLP206",
                MachineError::NotRoot {
                    verb: "load",
                    name: name(),
                },
            ),
            ("KLP207", MachineError::Loaded { name: name() }),
            (
                "KLP208",
                MachineError::NoCore {
                    name: name(),
                    searched: None,
                },
            ),
            (
                "KLP209",
                MachineError::NotEnabled {
                    name: name(),
                    enabled: Vec::new(),
                },
            ),
            ("KLP210", MachineError::OtherModule { name: name() }),
            (
                "KLP211",
                MachineError::NotOnTop {
                    name: name(),
                    above: vec!["other".into()],
                },
            ),
            (
                "KLP212",
                MachineError::Stuck {
                    name: name(),
                    after: Duration::from_secs(1),
                    blocking: Blocking::default(),
                    next: "`cargo klp wait fix` waits on".into(),
                },
            ),
            (
                "KLP213",
                MachineError::StillThere {
                    name: name(),
                    after: Duration::from_secs(1),
                },
            ),
            ("KLP214", MachineError::Disabled { name: name() }),
            (
                "KLP215",
                MachineError::Busy {
                    verb: "load",
                    name: name(),
                    patch: "other".into(),
                },
            ),
        ];
        for (code, error) in errors {
            let text = Error::from(error).report();
            assert!(text.starts_with(&format!("error[{code}]: ")), "{text}");
            let explain = format!("`cargo klp explain {code}` says more");
            assert!(
                text.lines().count() >= 2 && text.ends_with(&explain),
                "{text}"
            );
        }
    }
}
