// SPDX-License-Identifier: GPL-2.0-only
//! Who signs: a key, and the certificate by which kernels know it.

use der::{Decode, DecodePem, Encode};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::{RsaPrivateKey, RsaPublicKey};
use x509_cert::Certificate;

use super::SignError;

/// A key and its certificate.
pub struct Signer {
    pub(super) key: RsaPrivateKey,
    pub(super) certificate: Certificate,
}

impl Signer {
    /// From two files: a key as PEM, which may be among other things such as in the kernel's own
    /// `certs/signing_key.pem`, and a certificate as PEM or DER.
    ///
    /// # Errors
    ///
    /// When one of them is not what it should be, or they do not belong together.
    pub fn new(key: RsaPrivateKey, certificate: Certificate) -> Result<Self, SignError> {
        let ours = RsaPublicKey::from(&key).to_public_key_der();
        let ours = ours.map_err(|error| SignError::Failed(error.to_string()))?;
        let theirs = certificate.tbs_certificate.subject_public_key_info.to_der();
        if theirs.is_ok_and(|theirs| theirs == ours.as_bytes()) {
            Ok(Self { key, certificate })
        } else {
            Err(SignError::OtherKey)
        }
    }
}

/// The private key in a file.
///
/// # Errors
///
/// When there is none that can be used.
pub fn key(file: &[u8]) -> Result<RsaPrivateKey, SignError> {
    let text = String::from_utf8_lossy(file);
    let blocks = blocks(&text);
    let labelled = |label: &str| blocks.iter().find(|(found, _)| *found == label);
    if let Some((_, pem)) = labelled("PRIVATE KEY") {
        let key = RsaPrivateKey::from_pkcs8_pem(pem);
        return key.map_err(|error| SignError::NotRsa(error.to_string()));
    }
    if let Some((_, pem)) = labelled("RSA PRIVATE KEY") {
        let key = RsaPrivateKey::from_pkcs1_pem(pem);
        return key.map_err(|error| SignError::NotRsa(error.to_string()));
    }
    match labelled("ENCRYPTED PRIVATE KEY") {
        Some(_) => Err(SignError::Encrypted),
        None => Err(SignError::NoKey),
    }
}

/// The certificate in a file.
///
/// # Errors
///
/// When there is none.
pub fn certificate(file: &[u8]) -> Result<Certificate, SignError> {
    let text = String::from_utf8_lossy(file);
    let pem = blocks(&text)
        .into_iter()
        .find(|(label, _)| *label == "CERTIFICATE");
    match pem {
        Some((_, pem)) => Certificate::from_pem(pem),
        None => Certificate::from_der(file),
    }
    .map_err(SignError::NoCertificate)
}

/// The labels and texts of what is in a PEM file.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let starts = text.match_indices("-----BEGIN ");
    let found = starts.filter_map(|(start, begin)| {
        let rest = &text[start..];
        let (label, _) = rest[begin.len()..].split_once("-----")?;
        let end = format!("-----END {label}-----");
        let length = rest.find(&end)? + end.len();
        Some((label, &rest[..length]))
    });
    found.collect()
}
