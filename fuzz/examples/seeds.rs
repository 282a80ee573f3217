// SPDX-License-Identifier: GPL-2.0-only
//! `seeds PROFILE FILE…`: seeds for all targets, from a kernel's profile, patches as the linker
//! gives them to the link step (`.o`), and built patches and modules (`.ko`).
//!
//! `cargo xtask fuzz` calls it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use klp_fuzz::kernel::{self, Images};
use klp_fuzz::{PROFILE, vmlinuz};
use klp_link::profile::{Modinfo, Profile, ProfileBuilder};

/// Larger ones take too long to try.
const MOST: usize = 384 << 10;

/// The kernel in miniature, which has types of all kinds.
const MINIATURE: &[u8] = include_bytes!("../../ui-tests/kernels/6.1-ui/btf/vmlinux");

/// The files that seeds are made of.
#[derive(Default)]
struct Files {
    objects: Vec<Vec<u8>>,
    patches: Vec<Vec<u8>>,
    modules: Vec<Vec<u8>>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let profile = arguments.next().context("usage: seeds PROFILE FILE…")?;
    let profile = Profile::open(&profile)?;
    let files = Files::read(arguments)?;
    let words = files.words();
    let words: BTreeSet<&str> = words.iter().map(String::as_str).collect();
    let images = kernel::cut(&profile, &words)?;
    small_profile(&images, &files.modules)?;
    let compressed = vmlinuz::all(&images.vmlinux)?;
    keep("image", &[&[images.vmlinux], &*compressed].concat())?;
    keep("kallsyms", &images.rodata)?;
    keep("btf", &[MINIATURE.to_vec()])?;
    keep("profile", &[fs::read(PROFILE)?])?;
    keep("diff", &pairs(&files.patches))?;
    keep("object", &files.objects)?;
    keep("inspect", &files.patches)?;
    keep("module", &files.modules)
}

impl Files {
    fn read(paths: impl Iterator<Item = PathBuf>) -> Result<Self> {
        let mut files = Self::default();
        for path in paths {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            let list = match path.extension().and_then(OsStr::to_str) {
                Some("o") => &mut files.objects,
                _ if Modinfo::of_module(&bytes)?.livepatch => &mut files.patches,
                _ => &mut files.modules,
            };
            list.push(bytes);
        }
        Ok(files)
    }

    /// Everything in them that may be a name.
    fn words(&self) -> BTreeSet<String> {
        let all = [&self.objects, &self.patches, &self.modules];
        let bytes = all.into_iter().flatten().flatten();
        let mut words = BTreeSet::new();
        let mut word = String::new();
        for byte in bytes {
            match byte.is_ascii_alphanumeric() || *byte == b'_' {
                true => word.push(char::from(*byte)),
                false => drop(words.insert(std::mem::take(&mut word))),
            }
        }
        words
    }
}

/// Each patch beside the next one.
fn pairs(patches: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let next = patches.iter().cycle().skip(1);
    let pairs = patches.iter().zip(next);
    pairs
        .map(|(old, new)| [&(old.len() as u32).to_le_bytes(), &**old, new].concat())
        .collect()
}

/// The profile of the small kernel, with these modules.
fn small_profile(images: &Images, modules: &[Vec<u8>]) -> Result<()> {
    let mut builder = ProfileBuilder::from_vmlinux(&images.vmlinux)?;
    for module in modules {
        builder.add_module(module)?;
    }
    let path = Path::new(PROFILE);
    fs::create_dir_all(path.parent().context("it lies in a folder")?)?;
    Ok(builder.build().write(path)?)
}

/// Writes the seeds of a target.
fn keep(target: &str, seeds: &[Vec<u8>]) -> Result<()> {
    let folder = Path::new(PROFILE).with_file_name(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let small = seeds.iter().filter(|seed| seed.len() <= MOST);
    for (number, seed) in small.enumerate() {
        fs::write(folder.join(number.to_string()), seed)?;
    }
    Ok(())
}
