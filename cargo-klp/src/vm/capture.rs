// SPDX-License-Identifier: GPL-2.0-only
//! Files that the guest sent out over its second serial line.

use std::collections::BTreeMap;

use super::{
    VmError,
    protocol::{CAPTURE_MAGIC, checksum},
};

/// One file, framed for the line.
pub fn encode(name: &str, content: &[u8]) -> Vec<u8> {
    let sum = checksum(content);
    let mut bytes = format!("{CAPTURE_MAGIC} {name} {} {sum:016x}\n", content.len()).into_bytes();
    bytes.extend_from_slice(content);
    bytes
}

/// All files in what came over the line, each checked.
pub fn decode(mut bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, VmError> {
    let mut captures = BTreeMap::new();
    while !bytes.is_empty() {
        let (name, content, rest) = next(bytes)?;
        captures.insert(name, content);
        bytes = rest;
    }
    Ok(captures)
}

fn next(bytes: &[u8]) -> Result<(String, Vec<u8>, &[u8]), VmError> {
    let end = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(bytes.len());
    let (header, rest) = bytes.split_at(end);
    let header = String::from_utf8_lossy(header);
    let words: Vec<_> = header.split(' ').collect();
    let (name, length, sum) = match words[..] {
        [CAPTURE_MAGIC, name, length, sum] => (name, length.parse::<usize>(), sum),
        _ => {
            return Err(damaged(
                "?",
                format!("its header is `{}`", header.escape_debug()),
            ));
        }
    };
    let length = length.map_err(|error| damaged(name, format!("its length is odd: {error}")))?;
    let rest = rest.get(1..).unwrap_or_default();
    let Some((content, rest)) = rest.split_at_checked(length) else {
        return Err(damaged(
            name,
            format!("{} of {length} bytes came", rest.len()),
        ));
    };
    if format!("{:016x}", checksum(content)) != sum {
        return Err(damaged(name, "its checksum differs".into()));
    }
    Ok((name.to_owned(), content.to_vec(), rest))
}

fn damaged(name: &str, reason: String) -> VmError {
    VmError::Capture {
        name: name.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_out_as_they_went_in() {
        let all: Vec<u8> = (0..=255).collect();
        let sent = [
            encode("a", &all),
            encode("empty", b""),
            encode("b", b"\nx\n"),
        ]
        .concat();
        let files = decode(&sent).unwrap();
        assert_eq!(files["a"], all);
        assert_eq!(files["empty"], b"");
        assert_eq!(files["b"], b"\nx\n");
    }

    #[test]
    fn damage_is_noticed() {
        let sent = encode("a", b"content");
        assert!(
            decode(&sent[..sent.len() - 1])
                .unwrap_err()
                .to_string()
                .contains("6 of 7")
        );
        let mut flipped = sent.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert!(
            decode(&flipped)
                .unwrap_err()
                .to_string()
                .contains("checksum")
        );
        assert!(decode(b"noise").is_err());
    }
}
