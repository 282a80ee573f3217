// SPDX-License-Identifier: GPL-2.0-only
//! The shared libraries a program of the host needs to run somewhere else.

use std::{
    collections::{BTreeSet, VecDeque},
    fs,
    path::{Path, PathBuf},
};

use object::{
    Endianness, elf,
    read::elf::{ElfFile64, ProgramHeader},
};

use super::VmError;

/// Where libraries are looked for: what the dynamic linkers of common distributions search.
const DIRECTORIES: &[&str] = &[
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
];

/// What one ELF file asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Needs {
    interpreter: Option<PathBuf>,
    libraries: Vec<String>,
}

/// All the files that `program` needs beside itself, at the paths where its linker finds them.
pub fn of_program(program: &Path) -> Result<BTreeSet<PathBuf>, VmError> {
    let mut found = BTreeSet::new();
    let mut queue = VecDeque::from([program.to_owned()]);
    while let Some(file) = queue.pop_front() {
        let needs = read(&file)?;
        let libraries = needs.libraries.iter().map(|name| locate(name, &file));
        for path in needs.interpreter.into_iter().map(Ok).chain(libraries) {
            let path = path?;
            if found.insert(path.clone()) {
                queue.push_back(path);
            }
        }
    }
    Ok(found)
}

/// Whether `program` runs without any other file.
pub fn is_static(program: &Path) -> bool {
    read(program).is_ok_and(|needs| needs == Needs::default())
}

fn locate(name: &str, needed_by: &Path) -> Result<PathBuf, VmError> {
    let candidates = DIRECTORIES.iter().map(|dir| Path::new(dir).join(name));
    candidates
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| VmError::Program {
            path: needed_by.to_owned(),
            reason: format!(
                "its library {name} is in none of {}",
                DIRECTORIES.join(", ")
            ),
        })
}

fn read(file: &Path) -> Result<Needs, VmError> {
    let path = file.to_owned();
    let data = fs::read(file).map_err(|source| VmError::File {
        path: path.clone(),
        source,
    })?;
    parse(&data).map_err(|reason| VmError::Program {
        path,
        reason: reason.to_string(),
    })
}

fn parse(data: &[u8]) -> object::read::Result<Needs> {
    let file = ElfFile64::<Endianness>::parse(data)?;
    let mut needs = Needs::default();
    for segment in file.elf_program_headers() {
        if let Some(path) = segment.interpreter(file.endian(), data)? {
            needs.interpreter = Some(PathBuf::from(text(path)));
        }
    }
    let table = file.elf_dynamic_table()?;
    for entry in table.iter().filter(|entry| entry.tag == elf::DT_NEEDED) {
        needs.libraries.push(text(table.string(entry)?));
    }
    Ok(needs)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_needs_a_loader_and_a_libc() {
        let files = of_program(&std::env::current_exe().unwrap()).unwrap();
        let has = |part: &str| {
            files
                .iter()
                .any(|path| path.to_string_lossy().contains(part))
        };
        assert!(has("ld-linux") && has("libc.so"), "{files:?}");
        assert!(!is_static(&std::env::current_exe().unwrap()));
    }

    #[test]
    fn a_text_file_is_refused_by_name() {
        let error = of_program(Path::new("Cargo.toml")).unwrap_err().to_string();
        assert!(error.contains("Cargo.toml"), "{error}");
    }
}
