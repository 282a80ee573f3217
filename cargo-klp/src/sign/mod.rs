// SPDX-License-Identifier: GPL-2.0-only
//! Signing modules as the kernel's `scripts/sign-file` does: a PKCS#7 message without the content
//! that it signs, and a trailer, behind the module's bytes (`include/linux/module_signature.h`).

mod error;
mod keys;
mod message;

pub use error::SignError;
pub use keys::{Signer, certificate, key};
pub use message::Digest;

/// What ends a signed module (`MODULE_SIG_STRING`).
const MAGIC: &[u8] = b"~Module signature appended~\n";
/// The trailer before that: `struct module_signature`.
const TRAILER: usize = 12;
/// `PKEY_ID_PKCS7`: the message says all the rest.
const PKCS7: u8 = 2;

/// The module with a signature, in place of the one that it may have.
///
/// # Errors
///
/// When the module's own signature is damaged, or signing fails.
pub fn sign(module: &[u8], signer: &Signer, digest: Digest) -> Result<Vec<u8>, SignError> {
    let content = content(module)?;
    let message = message::sign(content, signer, digest)?;
    let length = u32::try_from(message.len()).map_err(|_| SignError::TooLong)?;
    let mut trailer = [0; TRAILER];
    trailer[2] = PKCS7;
    trailer[8..].copy_from_slice(&length.to_be_bytes());
    Ok([content, &message, &trailer, MAGIC].concat())
}

/// Whether a module ends like a signed one.
pub fn is_signed(module: &[u8]) -> bool {
    module.ends_with(MAGIC)
}

/// What is signed: the module without a signature.
///
/// # Errors
///
/// When its signature is damaged.
pub fn content(module: &[u8]) -> Result<&[u8], SignError> {
    let Some(rest) = module.strip_suffix(MAGIC) else {
        return Ok(module);
    };
    let parts = rest
        .split_last_chunk::<TRAILER>()
        .and_then(|(rest, trailer)| {
            let (_, length) = trailer.split_last_chunk::<4>()?;
            let length = u32::from_be_bytes(*length) as usize;
            rest.split_at_checked(rest.len().checked_sub(length)?)
        });
    parts.map(|(content, _)| content).ok_or(SignError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_signature_is_no_content() {
        let trailer = |length: u32| [[0; 8].as_slice(), &length.to_be_bytes(), MAGIC].concat();
        let module = |length| [b"module+sig".as_slice(), &trailer(length)].concat();
        assert_eq!(content(&module(4)).unwrap(), b"module");
        assert_eq!(content(b"module").unwrap(), b"module");
        assert!(matches!(content(&module(11)), Err(SignError::Damaged)));
        assert!(matches!(content(MAGIC), Err(SignError::Damaged)));
    }
}
