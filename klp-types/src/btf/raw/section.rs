// SPDX-License-Identifier: GPL-2.0-only
//! One BTF section: header, types, strings.

use std::ops::Range;

use super::RawType;
use super::types::u32_at;
use crate::btf::LayoutError;

/// `BTF_MAGIC`, little endian.
const MAGIC: [u8; 2] = [0x9f, 0xeb];
/// Size of `struct btf_header`.
const HEADER: usize = 24;
/// The longest name, with its NUL (`KSYM_NAME_LEN`); the kernel's own reader takes no longer one.
const NAME: usize = 512;

/// The types and strings of a kernel or of a module.
pub struct Section {
    types: Vec<u8>,
    strings: Vec<u8>,
    /// Where each type starts in `types`.
    starts: Vec<u32>,
    first_id: u32,
    first_string: u32,
}

impl Section {
    /// Reads the header and finds the types; `first` are the first type number and string offset.
    pub fn new(bytes: &[u8], first: (u32, u32)) -> Result<Self, LayoutError> {
        let [types, strings] = parts(bytes)?;
        let (first_id, first_string) = first;
        Ok(Self {
            starts: starts(types)?,
            types: types.to_vec(),
            strings: strings.to_vec(),
            first_id,
            first_string,
        })
    }

    /// The numbers of its types.
    pub fn ids(&self) -> Range<u32> {
        self.first_id..self.end().0
    }

    /// What a section on top of this one starts with.
    pub fn end(&self) -> (u32, u32) {
        // Counts and lengths came from 32-bit fields.
        let count = self.starts.len() as u32;
        let length = self.strings.len() as u32;
        (
            self.first_id.saturating_add(count),
            self.first_string.saturating_add(length),
        )
    }

    pub fn by_id(&self, id: u32) -> Option<RawType<'_>> {
        let index = id.checked_sub(self.first_id)?;
        let start = *self.starts.get(index as usize)?;
        RawType::read(self.types.get(start as usize..)?)
    }

    pub fn string(&self, offset: u32) -> Option<&str> {
        let text = self.text(offset)?;
        let end = text.iter().take(NAME).position(|byte| *byte == 0)?;
        std::str::from_utf8(text.get(..end)?).ok()
    }

    pub fn is_string(&self, offset: u32, text: &[u8]) -> bool {
        let found = self.text(offset);
        found.is_some_and(|found| found.starts_with(text) && found.get(text.len()) == Some(&0))
    }

    fn text(&self, offset: u32) -> Option<&[u8]> {
        let offset = offset.checked_sub(self.first_string)?;
        self.strings.get(offset as usize..)
    }
}

/// The type and string parts that the header points to.
fn parts(bytes: &[u8]) -> Result<[&[u8]; 2], LayoutError> {
    if !bytes.starts_with(&MAGIC) || bytes.len() < HEADER {
        return Err(LayoutError::broken("no BTF header of this byte order"));
    }
    let header = u32_at(bytes, 4).filter(|length| *length as usize >= HEADER);
    let part = |field: usize| {
        let (offset, length) = (u32_at(bytes, field)?, u32_at(bytes, field + 4)?);
        let start = header?.checked_add(offset)? as usize;
        bytes.get(start..start.checked_add(length as usize)?)
    };
    match (part(8), part(16)) {
        (Some(types), Some(strings)) if !strings.is_empty() => Ok([types, strings]),
        (Some(_), Some(_)) => Err(LayoutError::broken("it has no strings")),
        _ => Err(LayoutError::broken("its header points outside of the data")),
    }
}

fn starts(types: &[u8]) -> Result<Vec<u32>, LayoutError> {
    let mut starts = Vec::with_capacity(types.len() / 24);
    let mut start = 0;
    while start < types.len() {
        let length = types.get(start..).and_then(RawType::length);
        let end = length.map(|length| start + length);
        let Some(end) = end.filter(|end| *end <= types.len()) else {
            return Err(LayoutError::broken(
                "a type is cut off or of an unknown kind",
            ));
        };
        // The part's length is a 32-bit field.
        starts.push(start as u32);
        start = end;
    }
    Ok(starts)
}
