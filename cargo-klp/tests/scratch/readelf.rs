// SPDX-License-Identifier: GPL-2.0-only
//! A module as binutils show it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What `readelf` prints.
#[derive(Debug, Default)]
pub struct Readelf {
    /// All symbols.
    pub symbols: Vec<Symbol>,
    /// Relocations by section.
    pub relocations: BTreeMap<String, Vec<Relocation>>,
    /// Letters of each section's flags.
    pub flags: BTreeMap<String, String>,
    /// `.rodata.klp`, by offset.
    pub strings: BTreeMap<u64, String>,
    /// The build-id.
    pub build_id: Option<String>,
}

/// A symbol.
#[derive(Debug)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// `FUNC`, `OBJECT`, …
    pub kind: String,
    /// The section's number, `UND`, or `OS` for those of livepatch.
    pub section: String,
    /// Its place in the section.
    pub value: u64,
    /// Its size.
    pub size: u64,
}

/// A relocation.
#[derive(Debug)]
pub struct Relocation {
    /// Where.
    pub offset: u64,
    /// The symbol's name.
    pub symbol: String,
    /// The addend, of those that have a positive one.
    pub addend: u64,
}

impl Readelf {
    /// Asks readelf.
    pub fn read(file: &Path) -> Self {
        let mut elf = Self::default();
        let lines = |option: &str| tool("readelf", &[option, "-W"], file);
        elf.symbols = lines("-s").lines().filter_map(symbol).collect();
        let mut section = String::new();
        for line in lines("-r").lines() {
            match line.strip_prefix("Relocation section '") {
                Some(rest) => rest.split_once('\'').unwrap().0.clone_into(&mut section),
                None => {
                    let of_section = elf.relocations.entry(section.clone()).or_default();
                    of_section.extend(relocation(line));
                }
            }
        }
        elf.flags = lines("-S").lines().filter_map(flags).collect();
        let strings = tool("readelf", &["-p", ".rodata.klp"], file);
        elf.strings = strings.lines().filter_map(string).collect();
        let notes = lines("-n");
        let id = notes.split("Build ID: ").nth(1);
        let id = id.and_then(|rest| rest.lines().next());
        elf.build_id = id.map(str::to_owned);
        elf
    }

    /// The symbol of that name.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|symbol| symbol.name == name)
    }
}

/// What a program prints of a file, without complaint.
pub fn tool(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// `Num: Value Size Type Bind Vis Ndx Name`.
fn symbol(line: &str) -> Option<Symbol> {
    let words: Vec<_> = line.split_whitespace().collect();
    words.first()?.strip_suffix(':')?.parse::<u64>().ok()?;
    let size = words[2];
    let size = size.strip_prefix("0x").map(hex).or(size.parse().ok());
    Some(Symbol {
        value: hex(words[1]),
        size: size?,
        kind: words[3].to_owned(),
        section: words[6].to_owned(),
        // Of livepatch's own, the number stands behind `OS`.
        name: words
            .get(if words[6] == "OS" { 8 } else { 7 })
            .map_or("", |name| *name)
            .to_owned(),
    })
}

/// `Offset Info Type Value Name + Addend`.
fn relocation(line: &str) -> Option<Relocation> {
    let words: Vec<_> = line.split_whitespace().collect();
    words.get(2)?.strip_prefix("R_X86_64_")?;
    Some(Relocation {
        offset: hex(words[0]),
        symbol: words.get(4)?.to_string(),
        addend: hex(words.get(6)?),
    })
}

/// `[Nr] Name Type Address Off Size ES Flg Lk Inf Al`, where the flags may be missing.
fn flags(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.trim().strip_prefix('[')?.split_once(']')?;
    let words: Vec<_> = rest.split_whitespace().collect();
    let has_flags = words.len() == 10;
    let flags = if has_flags { *words.get(6)? } else { "" };
    Some((words.first()?.to_string(), flags.to_owned()))
}

/// `[  offset]  text`.
fn string(line: &str) -> Option<(u64, String)> {
    let (offset, text) = line.trim().strip_prefix('[')?.split_once(']')?;
    Some((hex(offset.trim()), text.trim().to_owned()))
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap()
}
