// SPDX-License-Identifier: GPL-2.0-only
//! One of the kernels that are compared.

use klp_codes::codes;
use klp_runtime::contract::VMLINUX;

use super::Answer;
use crate::profile::{Layout, LayoutError, Profile};

/// A kernel, with the types of all its objects.
pub(super) struct Side<'p> {
    pub(super) profile: &'p Profile,
    kernel: Layout,
    /// Those of the modules that have any, by name.
    modules: Vec<(&'p str, Layout)>,
}

impl<'p> Side<'p> {
    pub(super) fn new(profile: &'p Profile) -> Result<Self, LayoutError> {
        let kernel = Layout::new(profile.release(), profile.btf())?;
        let modules = profile.objects().skip(1);
        let modules = modules.filter(|module| !module.btf().is_empty());
        let modules = modules
            .map(|module| Ok((module.name(), Layout::with_split(&kernel, module.btf())?)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            profile,
            kernel,
            modules,
        })
    }

    /// The types of an object; `None` for a module that came without.
    pub(super) fn types(&self, object: &str) -> Option<&Layout> {
        if object == VMLINUX {
            return Some(&self.kernel);
        }
        let found = self.modules.iter().find(|(name, _)| *name == object)?;
        Some(&found.1)
    }

    /// What is said of a module that the profile lacks, or lacks the types of.
    pub(super) fn no_module(&self, module: &str) -> Answer {
        let release = self.release();
        let message =
            format!("the profile of kernel {release} has no module `{module}` with types");
        Answer::refused(codes::MODULE_NOT_KNOWN, "module not known", message).help(format!(
            "run `cargo klp kernel add-module PATH/{module}.ko --kernel {release}` with the \
             module's file of that kernel"
        ))
    }

    pub(super) fn release(&self) -> &'p str {
        self.profile.release()
    }
}
