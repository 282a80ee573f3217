// SPDX-License-Identifier: GPL-2.0-only
//! An opened profile: validated once, then read in place.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;
use rkyv::rancor;
use rkyv::util::AlignedVec;

use super::data::{ArchivedProfileData, ProfileData};
use super::error::ProfileError;
use super::facts::{AddressRange, Mitigations, OrcRegisters};
use super::file::{HEADER, archive, corrupt};
use super::object::{Object, Text};
use super::{Export, same_module, vmlinux};

/// A kernel profile, memory-mapped or in memory.
///
/// # Invariants
/// The bytes after the file header are a valid archive of [`ProfileData`], and stay so.
pub struct Profile {
    bytes: Bytes,
}

enum Bytes {
    Mapped(Mmap),
    Owned(AlignedVec),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Profile {
    /// Maps the profile file at `path` and checks all of it.
    pub fn open(path: &Path) -> Result<Self, ProfileError> {
        let io = |verb| {
            move |source| ProfileError::Io {
                verb,
                path: path.to_owned(),
                source,
            }
        };
        let file = File::open(path).map_err(io("open"))?;
        if file.metadata().map_err(io("open"))?.len() == 0 {
            return Err(ProfileError::NotAProfile);
        }
        // SAFETY: the map is private to this process, and profiles are replaced by renaming
        // (`ProfileData::write`), never written in place, so the bytes do not change under us.
        let map = unsafe { Mmap::map(&file) }.map_err(io("map"))?;
        Self::checked(Bytes::Mapped(map))
    }

    /// A profile from a file's bytes, which are copied.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProfileError> {
        let mut owned = AlignedVec::with_capacity(bytes.len());
        owned.extend_from_slice(bytes);
        Self::checked(Bytes::Owned(owned))
    }

    fn checked(bytes: Bytes) -> Result<Self, ProfileError> {
        rkyv::access::<ArchivedProfileData, rancor::Error>(archive(&bytes)?).map_err(corrupt)?;
        // INVARIANT: `access` just validated the archive.
        Ok(Self { bytes })
    }

    fn data(&self) -> &ArchivedProfileData {
        let archive = self.bytes.get(HEADER..).unwrap_or_default();
        // SAFETY: the type's invariant says that these bytes are a valid archive.
        unsafe { rkyv::access_unchecked(archive) }
    }

    /// A copy of everything, for [`super::ProfileBuilder::from_profile`].
    pub(crate) fn to_data(&self) -> Result<ProfileData, ProfileError> {
        rkyv::deserialize::<_, rancor::Error>(self.data()).map_err(corrupt)
    }

    /// Kernel release, e.g. `6.1.0-56-cloud-amd64` (`uname -r`).
    pub fn release(&self) -> &str {
        &self.data().release
    }

    /// What a module's `.modinfo` must say as `vermagic`, trailing space included.
    pub fn vermagic(&self) -> &str {
        &self.data().vermagic
    }

    /// The kernel's banner line, `Linux version …` (`/proc/version`).
    pub fn banner(&self) -> &str {
        &self.data().banner
    }

    /// What `uname -v` says: the banner from its last ` #` on. The compiler's name before it may
    /// have one as well.
    pub fn version(&self) -> &str {
        let banner = self.banner();
        let start = banner.rfind(" #").map_or(banner.len(), |space| space + 1);
        banner.get(start..).unwrap_or_default()
    }

    /// The bit of `TIF_PATCH_PENDING` in `thread_info::flags`; none where the kernel's code does not
    /// show it.
    pub fn patch_pending(&self) -> Option<u8> {
        self.data().patch_pending.as_ref().copied()
    }

    /// What the kernel was built with that loaded code must follow.
    pub fn mitigations(&self) -> Mitigations {
        let archived = &self.data().mitigations;
        Mitigations {
            return_thunk: archived.return_thunk,
            retpoline: archived.retpoline,
            ibt: archived.ibt,
            modversions: archived.modversions,
        }
    }

    /// The kernel's memory that is freed after boot, link-time addresses.
    pub fn init_ranges(&self) -> impl Iterator<Item = AddressRange> {
        self.data().init_ranges.iter().map(|range| AddressRange {
            start: range.start.to_native(),
            end: range.end.to_native(),
        })
    }

    /// `vmlinux`, or the module of this name; `-` and `_` are the same in module names.
    pub fn object(&self, name: &str) -> Option<Object<'_>> {
        self.objects()
            .find(|object| same_module(object.name(), name))
    }

    /// `vmlinux`, then the modules in the order they were added.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        let data = self.data();
        data.objects.iter().map(|record| Object {
            record,
            text: Text(&data.names),
        })
    }

    /// The exported symbol of this name, from `vmlinux` or else from the first module that has it.
    pub fn export(&self, name: &str) -> Option<Export<'_>> {
        let (data, text) = (self.data(), Text(&self.data().names));
        let first = data
            .exports
            .partition_point(|record| text.get(&record.name) < name);
        let record = data
            .exports
            .get(first)
            .filter(|record| text.get(&record.name) == name)?;
        let provider = data.objects.get(record.provider.to_native() as usize);
        Some(Export {
            name: text.get(&record.name),
            crc: record.crc.as_ref().map(|crc| crc.to_native()),
            gpl: record.gpl,
            namespace: Some(text.get(&record.namespace)).filter(|text| !text.is_empty()),
            provider: provider.map_or(vmlinux::NAME, |object| &object.name),
        })
    }

    /// Names of all exports, sorted.
    pub fn export_names(&self) -> impl Iterator<Item = &str> {
        let (data, text) = (self.data(), Text(&self.data().names));
        data.exports
            .iter()
            .map(move |record| text.get(&record.name))
    }

    /// What a module's `.orc_header` must be: it names the format of ORC. Empty before 6.4, where
    /// modules have none (`arch/x86/include/asm/orc_header.h`).
    pub fn orc_header(&self) -> &[u8] {
        &self.data().orc_header
    }

    /// The kernel's numbers for registers in ORC unwind data; none where its own table leaves doubt.
    pub fn orc_registers(&self) -> Option<OrcRegisters> {
        let registers = self.data().orc_registers.as_ref()?;
        Some(OrcRegisters {
            sp: registers.sp,
            bp: registers.bp,
            saved_bp: registers.saved_bp,
        })
    }

    /// The kernel's raw BTF, the same bytes as `/sys/kernel/btf/vmlinux`.
    pub fn btf(&self) -> &[u8] {
        &self.data().btf
    }
}
