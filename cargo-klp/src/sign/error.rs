// SPDX-License-Identifier: GPL-2.0-only
//! Why a module could not be signed.

/// Why a module could not be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The module ends like a signed one, and the signature does not fit into it.
    #[error(
        "its signature is damaged: sign the file that `cargo build` left, or take the signature off \
         with `strip --strip-debug` first"
    )]
    Damaged,
    /// No private key in the file.
    #[error(
        "there is no private key in it: it has to be an RSA key in PEM form, as \
         `openssl req -new -x509 -newkey rsa:4096 -nodes -keyout KEY.pem -out CERT.pem` makes one"
    )]
    NoKey,
    /// The key has a passphrase.
    #[error("the key has a passphrase: take it off with `openssl pkey -in KEY.pem -out PLAIN.pem`")]
    Encrypted,
    /// A key that is not of RSA.
    #[error("the key is not one for RSA, which is all that can be used here: {0}")]
    NotRsa(String),
    /// No certificate in the file.
    #[error("there is no X.509 certificate in it, in PEM or DER form: {0}")]
    NoCertificate(der::Error),
    /// The certificate is not the key's.
    #[error(
        "the certificate is that of another key: the kernel would not find the signature good; give \
         the two that were made together"
    )]
    OtherKey,
    /// The signature could not be made.
    #[error("signing failed: {0}")]
    Failed(String),
    /// The signature does not fit.
    #[error("the signature is too long")]
    TooLong,
}
