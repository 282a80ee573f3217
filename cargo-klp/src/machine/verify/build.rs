// SPDX-License-Identifier: GPL-2.0-only
//! Whether a patch was made for this very kernel and these very modules.

use std::fs;
use std::path::{Path, PathBuf};

use klp_link::inspect::{FoundBy, Object, Report};
use klp_link::profile::{Modinfo, Target, build_id, build_id_in_hex};

use super::{Finding, Machine, MachineError, PatchFile, Refusal, mind, well};
use crate::machine::{attribute, kernel_name};

/// What patches call the kernel itself.
const VMLINUX: &str = "vmlinux";
/// How many digits of a build-id are shown.
const SHOWN: usize = 12;

impl Machine {
    /// The release of the kernel that runs.
    pub fn release(&self) -> Option<String> {
        attribute(&self.path("proc/sys/kernel"), "osrelease")
    }

    pub(super) fn check_release(&self, file: &PatchFile) -> Finding {
        match self.release() {
            Some(running) => {
                file.fits(&running)?;
                well(running)
            }
            None => mind("the kernel's release cannot be read", "mount /proc"),
        }
    }

    /// The release comes first in it; a module of this kernel knows the rest.
    pub(super) fn check_vermagic(&self, report: &Report) -> Finding {
        let wanted = &report.kernel.vermagic;
        match self.vermagic() {
            None => well(format!(
                "the kernel has no module here to compare with: {wanted}"
            )),
            Some(running) if running == *wanted => well(running),
            Some(running) => Err(Refusal::OtherVermagic {
                name: report.name.clone(),
                wanted: wanted.clone(),
                running,
            }
            .into()),
        }
    }

    /// `vermagic` of the first module that was installed with the kernel.
    fn vermagic(&self) -> Option<String> {
        let modules = self.path("lib/modules").join(self.release()?);
        let module = fs::read(first_module(&modules.join("kernel"))?).ok()?;
        let info = Modinfo::of_module(&module).ok()?;
        Some(info.vermagic.trim_end().to_owned())
    }

    pub(super) fn check_build_id(&self, report: &Report) -> Finding {
        let header = report.header.as_ref();
        let exact = header.map(|header| &header.kernel_build_id);
        let Some(wanted) = exact.or(report.kernel.build_id.as_ref()) else {
            return well("the patch does not name one");
        };
        let notes = fs::read(self.path("sys/kernel/notes")).unwrap_or_default();
        let Some(running) = build_id_in_hex(&notes) else {
            return mind(
                "the kernel's build-id cannot be read",
                "mount /sys, and see whether /sys/kernel/notes is there",
            );
        };
        if running == *wanted {
            return well(running);
        }
        let by_distance = |import: &klp_link::inspect::Import| import.by == FoundBy::Distance;
        if exact.is_some() || report.imports.iter().any(by_distance) {
            return Err(Refusal::OtherBuild {
                name: report.name.clone(),
                wanted: wanted.clone(),
                running,
            }
            .into());
        }
        mind(
            format!(
                "the patch was made for another build of this release: {}…, here {}…",
                short(wanted),
                short(&running)
            ),
            "the kernel takes it, but its functions may differ: build it for this kernel, added by \
             `cargo klp kernel add running`",
        )
    }

    /// The modules that it patches, as far as they are loaded.
    pub(super) fn check_modules(&self, report: &Report) -> Vec<Finding> {
        let modules = report.objects.iter();
        let modules = modules.filter(|object| object.name != VMLINUX);
        modules.map(|module| self.check_module(module)).collect()
    }

    fn check_module(&self, module: &Object) -> Finding {
        let (name, wanted) = (&module.name, wanted(module));
        if !self.has_module(name) {
            return well(format!("{name} is not loaded: it is patched when it is"));
        }
        let loaded = self.loaded(name);
        match wanted.difference(&loaded) {
            Some((what, [wanted, loaded])) => Err(MachineError::OtherBuildOfModule {
                module: name.clone(),
                what,
                wanted: wanted.to_owned(),
                loaded: loaded.to_owned(),
            }),
            None if wanted.can_be_compared(&loaded) => {
                well(format!("{name} is loaded, the build that is meant"))
            }
            None => well(format!(
                "{name} is loaded; which build of it is meant is not known"
            )),
        }
    }

    /// The build of a module that is loaded.
    fn loaded(&self, name: &str) -> Target {
        let folder = self.module(name);
        let notes = fs::read(folder.join("notes/.note.gnu.build-id")).unwrap_or_default();
        let srcversion = attribute(&folder, "srcversion");
        Target::new(name, srcversion.as_deref(), build_id(&notes).as_deref())
    }

    pub(super) fn check_name(&self, report: &Report) -> Finding {
        self.check_absent(&report.name)?;
        well(format!("no module {} is loaded", kernel_name(&report.name)))
    }
}

/// The build of a module that a patch is for.
fn wanted(module: &Object) -> Target {
    Target {
        name: module.name.clone(),
        srcversion: module.srcversion.clone().unwrap_or_default(),
        build_id: module.build_id.clone().unwrap_or_default(),
    }
}

fn short(build_id: &str) -> &str {
    build_id.get(..SHOWN).unwrap_or(build_id)
}

/// The first module's file below a folder.
fn first_module(folder: &Path) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    entries.iter().find_map(|entry| {
        let path = entry.path();
        // A link may lead upwards.
        if entry.file_type().ok()?.is_dir() {
            return first_module(&path);
        }
        let name = path.file_name()?.to_str()?;
        (name.ends_with(".ko") || name.contains(".ko.")).then_some(path)
    })
}
