// SPDX-License-Identifier: GPL-2.0-only
//! What can go wrong with a profile, one type a stage: image, build, file.

use std::io;
use std::path::PathBuf;

/// A kernel image or compressed module that cannot be unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// Neither an x86 boot image nor an ELF file.
    #[error(
        "not a kernel image: no \"HdrS\" boot header at offset 0x202 and no ELF magic; \
         give the target kernel's vmlinuz (or an uncompressed vmlinux)"
    )]
    NotAnImage,
    /// The boot header points outside of the file.
    #[error(
        "the boot header places the kernel payload at {offset:#x}, {length} bytes, but the file \
         has only {file_length} bytes; the file is truncated, copy it again"
    )]
    PayloadOutside {
        /// File offset of the payload, in bytes.
        offset: u64,
        /// Length of the payload, in bytes.
        length: u64,
        /// Length of the file, in bytes.
        file_length: usize,
    },
    /// The payload starts with a magic we do not know.
    #[error(
        "unknown compression of the kernel payload or module (first bytes {magic:02x?}); \
         gzip, xz, zstd, LZ4 and plain ELF are known: unpack it yourself and give the ELF file"
    )]
    UnknownCompression {
        /// The first bytes, at most six.
        magic: Vec<u8>,
    },
    /// The decompressor refused the data.
    #[error("cannot decompress the {format} data: {reason}; the file is damaged, copy it again")]
    Decompress {
        /// Compression format.
        format: &'static str,
        /// What the decompressor said.
        reason: String,
    },
    /// The unpacked data would exceed what any kernel has.
    #[error("the {format} data unpacks to more than {limit} bytes; this is not a kernel or module")]
    TooLarge {
        /// Compression format.
        format: &'static str,
        /// The limit, in bytes.
        limit: usize,
    },
}

/// A vmlinux or module that cannot be read into a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The file could not be unpacked.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The ELF structure is broken or not that of an x86-64 kernel.
    #[error("{what}: not a readable x86-64 ELF file: {reason}")]
    Elf {
        /// `vmlinux` or the module.
        what: String,
        /// What the reader found.
        reason: String,
    },
    /// No kallsyms table was recognised.
    #[error(
        "no kallsyms table found in vmlinux ({reason}); the kernel needs CONFIG_KALLSYMS=y and \
         CONFIG_KALLSYMS_ALL=y, as live patching does"
    )]
    Kallsyms {
        /// How far the search came.
        reason: String,
    },
    /// Something that every kernel or module has is missing.
    #[error("{what}: {item} is missing or malformed ({reason})")]
    Missing {
        /// `vmlinux` or the module.
        what: String,
        /// What was looked for.
        item: &'static str,
        /// Why it is needed or how it was looked for.
        reason: String,
    },
    /// The kernel has no type information.
    #[error(
        "the kernel was built without type information (vmlinux has no section .BTF), which klp \
         takes all layouts and prototypes from; no patch can be built for it: give the image of a \
         kernel with CONFIG_DEBUG_INFO_BTF=y, such as distributions ship"
    )]
    NoBtf,
    /// The module belongs to another kernel.
    #[error(
        "module {module} was built for kernel {found} (vermagic \"{vermagic}\"), but this profile \
         is of kernel {expected}; give the module file of kernel {expected}"
    )]
    OtherKernel {
        /// Module name.
        module: String,
        /// Release in the module's vermagic.
        found: String,
        /// The module's whole vermagic.
        vermagic: String,
        /// Release of the profile.
        expected: String,
    },
    /// A module with the kernel's own name.
    #[error("the module is named vmlinux, which is what patches call the kernel itself")]
    NamedVmlinux,
    /// Counts or lengths beyond the format's 32-bit fields.
    #[error("{what}: {item} is too large for a profile")]
    TooLarge {
        /// `vmlinux` or the module.
        what: String,
        /// What was too large.
        item: &'static str,
    },
}

/// A profile file that cannot be opened or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The operating system refused.
    #[error("cannot {verb} the kernel profile {}: {source}", path.display())]
    Io {
        /// `open`, `map` or `write`.
        verb: &'static str,
        /// The profile's path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file does not start with the profile magic.
    #[error(
        "not a kernel profile (the file does not start with its magic); make one from a vmlinuz"
    )]
    NotAProfile,
    /// Written by another version of klp.
    #[error(
        "the kernel profile has format version {found}, this klp reads version {expected}; \
         make the profile again from the vmlinuz"
    )]
    OtherVersion {
        /// Version in the file.
        found: u32,
        /// Version this library reads and writes.
        expected: u32,
    },
    /// The file is shorter than its header says.
    #[error("the kernel profile is truncated: {found} bytes of {expected}; make it again")]
    Truncated {
        /// Bytes present.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// Checksum or structure do not hold.
    #[error("the kernel profile is corrupt ({reason}); make it again from the vmlinuz")]
    Corrupt {
        /// What did not hold.
        reason: String,
    },
    /// The data could not be serialised.
    #[error("cannot serialise the kernel profile: {reason}")]
    Serialise {
        /// What the serialiser said.
        reason: String,
    },
}
