// SPDX-License-Identifier: GPL-2.0-only
//! The PKCS#7 message (RFC 5652) in the form that the kernel reads (`crypto/asymmetric_keys/`):
//! one signer, named by the issuer and number of a certificate that is not in the message, and
//! nothing that is signed besides the content.

use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Encode};
use rsa::pkcs1v15::SigningKey;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::{SignatureEncoding, Signer as _};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{SignError, Signer};

/// `id-data` and `id-signedData` (RFC 5652), `rsaEncryption` (RFC 8017).
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// What is signed of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Digest {
    /// SHA-256, which Debian's kernels use.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// Its number in NIST's list of hash functions.
    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        }
    }

    fn sign(self, content: &[u8], signer: &Signer) -> Result<Box<[u8]>, rsa::signature::Error> {
        let key = signer.key.clone();
        let signature = match self {
            Self::Sha256 => SigningKey::<Sha256>::new(key).try_sign(content),
            Self::Sha384 => SigningKey::<Sha384>::new(key).try_sign(content),
            Self::Sha512 => SigningKey::<Sha512>::new(key).try_sign(content),
        };
        Ok(signature?.to_bytes())
    }
}

/// The message, in DER.
pub(super) fn sign(content: &[u8], signer: &Signer, digest: Digest) -> Result<Vec<u8>, SignError> {
    let signature = digest.sign(content, signer);
    let signature = signature.map_err(|error| SignError::Failed(error.to_string()))?;
    let message = message(signer, digest, &signature);
    message.map_err(|error| SignError::Failed(error.to_string()))
}

fn message(signer: &Signer, digest: Digest, signature: &[u8]) -> der::Result<Vec<u8>> {
    let certificate = &signer.certificate.tbs_certificate;
    let digest = AlgorithmIdentifierOwned {
        oid: digest.oid(),
        parameters: None,
    };
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.issuer.clone(),
            serial_number: certificate.serial_number.clone(),
        }),
        digest_alg: digest.clone(),
        signed_attrs: None,
        signature_algorithm: AlgorithmIdentifierOwned {
            oid: RSA,
            parameters: Some(Any::null()),
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![digest])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: None,
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![info])?),
    };
    let message = ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&signed)?,
    };
    message.to_der()
}
