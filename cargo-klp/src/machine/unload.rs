// SPDX-License-Identifier: GPL-2.0-only
//! Disabling a patch and unloading its module.

use std::fs::OpenOptions;
use std::io::{self, Write};

use rustix::io::Errno;

use super::log::KernelLog;
use super::{CORE_MODULE, Core, Machine, MachineError, Patch, attribute, modules};

/// In a module's `taint`: it is a live patch (`TAINT_LIVEPATCH`).
const LIVE_PATCH: char = 'K';

impl Machine {
    /// The error for a patch that there is not.
    pub fn not_enabled(&self, name: &str) -> MachineError {
        let patches = self.patches().into_iter();
        MachineError::NotEnabled {
            name: name.to_owned(),
            enabled: patches.map(|patch| patch.name).collect(),
        }
    }

    /// Begins to disable a patch. One that is on its way out is left alone.
    ///
    /// # Errors
    ///
    /// When later patches are enabled, or the kernel refuses.
    pub fn disable(&self, patch: &Patch) -> Result<(), MachineError> {
        let above = self.above(patch);
        if !above.is_empty() {
            let name = patch.name.clone();
            return Err(MachineError::NotOnTop { name, above });
        }
        if !patch.enabled {
            return Ok(());
        }
        let log = KernelLog::from_now(self);
        write_zero(patch).map_err(|error| {
            let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
            self.refused("disable", &patch.name, errno, log)
        })
    }

    /// The patches that must go before this one, the last one first. Only klp's core keeps the
    /// order: on the kernel's own, any patch can go.
    fn above(&self, patch: &Patch) -> Vec<String> {
        if patch.core == Core::Builtin {
            return Vec::new();
        }
        let later = |other: &Patch| other.core == patch.core && other.order > patch.order;
        let patches = self.patches().into_iter().rev();
        patches.filter(later).map(|other| other.name).collect()
    }

    /// Refuses to unload a module that is neither a live patch nor klp's core.
    ///
    /// # Errors
    ///
    /// When it is another module, or none.
    pub fn check_ours(&self, name: &str) -> Result<(), MachineError> {
        if !self.has_module(name) {
            return Err(self.not_enabled(name));
        }
        let taint = attribute(&self.module(name), "taint").unwrap_or_default();
        match name == CORE_MODULE || taint.contains(LIVE_PATCH) {
            true => Ok(()),
            false => Err(MachineError::OtherModule {
                name: name.to_owned(),
            }),
        }
    }

    /// Unloads the module of a patch that is disabled; that it is gone already is as good.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn remove(&self, name: &str) -> Result<(), MachineError> {
        let log = KernelLog::from_now(self);
        match modules::unload(name) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(self.refused("unload", name, errno, log)),
        }
    }
}

fn write_zero(patch: &Patch) -> io::Result<()> {
    let mut switch = OpenOptions::new().write(true).open(patch.switch())?;
    switch.write_all(b"0\n")
}

#[cfg(test)]
mod tests {
    use crate::machine::fake::Fake;

    #[test]
    fn klps_patches_go_in_reverse_order() {
        let fake = Fake::new();
        for (name, attributes) in [("a", "1 0 0 1"), ("b", "1 0 0 2"), ("c", "1 0 0 3")] {
            fake.patch(&format!("klp/{name}"), attributes);
        }
        let disable = |name| fake.machine.disable(&fake.machine.patch(name).unwrap());
        let error = disable("a").unwrap_err().to_string();
        assert!(error.contains("c, b was enabled after it"), "{error}");
        assert!(
            error.ends_with("run `cargo klp unload c`, then `cargo klp unload b`"),
            "{error}"
        );
        disable("c").unwrap();
        assert!(fake.read("sys/kernel/klp/c/enabled").starts_with('0'));
    }

    #[test]
    fn the_kernels_patches_go_in_any_order() {
        let fake = Fake::new();
        fake.patch("livepatch/a", "1 0 0 1");
        fake.patch("livepatch/b", "1 0 0 2");
        fake.machine
            .disable(&fake.machine.patch("a").unwrap())
            .unwrap();
        assert!(fake.read("sys/kernel/livepatch/a/enabled").starts_with('0'));
    }

    #[test]
    fn other_modules_are_left_alone() {
        let fake = Fake::new();
        for (module, taint) in [("fix", "OEK"), ("veth", ""), ("klp", "OE")] {
            fake.file(&format!("sys/module/{module}/initstate"), "live\n");
            fake.file(&format!("sys/module/{module}/taint"), taint);
        }
        assert!(fake.machine.check_ours("fix").is_ok());
        assert!(fake.machine.check_ours("klp").is_ok());
        let said = |name| fake.machine.check_ours(name).unwrap_err().to_string();
        assert!(said("veth").contains("`rmmod veth`"));
        assert!(said("none").starts_with("no patch none is enabled"));
    }
}
