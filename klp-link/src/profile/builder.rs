// SPDX-License-Identifier: GPL-2.0-only
//! Assembling a profile: a kernel, then modules, then done.

use super::data::{ExportRecord, ObjectRecord, ProfileData};
use super::error::{BuildError, ProfileError};
use super::exports::RawExport;
use super::image::extract_vmlinux;
use super::open::Profile;
use super::strings::Strings;
use super::{module, same_module, vmlinux};

/// Where the kernel itself is among the objects.
const VMLINUX: usize = 0;

/// Collects what a profile needs, from bytes only.
pub struct ProfileBuilder {
    /// The profile so far; its names live in `strings`.
    data: ProfileData,
    strings: Strings,
}

impl ProfileBuilder {
    /// Starts from a kernel image: a `vmlinuz` or an uncompressed `vmlinux`.
    pub fn from_vmlinux(image: &[u8]) -> Result<Self, BuildError> {
        let mut strings = Strings::default();
        let facts = vmlinux::read(&extract_vmlinux(image)?, &mut strings)?;
        let data = ProfileData {
            release: facts.release,
            vermagic: facts.vermagic,
            banner: facts.banner,
            mitigations: facts.mitigations,
            patch_pending: facts.patch_pending,
            orc_registers: facts.orc_registers,
            init_ranges: facts.init_ranges,
            names: String::new(),
            objects: vec![facts.object],
            exports: Vec::new(),
            btf: facts.btf,
            orc_header: facts.orc_header,
        };
        let mut builder = Self { data, strings };
        builder.add_exports(vmlinux::NAME, 0, &facts.exports)?;
        Ok(builder)
    }

    /// Starts from an existing profile, to add modules to it.
    pub fn from_profile(profile: &Profile) -> Result<Self, ProfileError> {
        let mut data = profile.to_data()?;
        let strings = Strings::continued(std::mem::take(&mut data.names));
        Ok(Self { data, strings })
    }

    /// Adds a module file (`.ko`, or compressed with gzip, xz or zstd) built for this kernel.
    /// Returns the module's name. A module of that name that is there already is replaced.
    pub fn add_module(&mut self, file: &[u8]) -> Result<String, BuildError> {
        let facts = module::read(file, &self.data.release, &mut self.strings)?;
        let name = facts.object.name.clone();
        let mut objects = self.data.objects.iter();
        let provider = match objects.position(|object| same_module(&object.name, &name)) {
            Some(VMLINUX) => return Err(BuildError::NamedVmlinux),
            Some(old) => self.replace(old, facts.object),
            None => {
                self.data.objects.push(facts.object);
                self.data.objects.len() - 1
            }
        };
        self.add_exports(&name, provider, &facts.exports)?;
        Ok(name)
    }

    /// The finished profile.
    pub fn build(self) -> ProfileData {
        let Self { mut data, strings } = self;
        data.exports.sort_by(|a, b| {
            (strings.get(a.name), a.provider).cmp(&(strings.get(b.name), b.provider))
        });
        data.names = strings.into_blob();
        data
    }

    fn replace(&mut self, index: usize, object: ObjectRecord) -> usize {
        self.data
            .exports
            .retain(|export| export.provider as usize != index);
        if let Some(old) = self.data.objects.get_mut(index) {
            *old = object;
        }
        index
    }

    fn add_exports(
        &mut self,
        what: &str,
        provider: usize,
        exports: &[RawExport],
    ) -> Result<(), BuildError> {
        let provider = u32::try_from(provider).map_err(|_| BuildError::TooLarge {
            what: what.to_owned(),
            item: "the object list",
        })?;
        for export in exports {
            let record = ExportRecord {
                name: self.strings.add(what, &export.name)?,
                namespace: self.strings.add(what, &export.namespace)?,
                crc: export.crc,
                provider,
                gpl: export.gpl,
            };
            self.data.exports.push(record);
        }
        Ok(())
    }
}
