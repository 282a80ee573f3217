// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp sign`: a module's signature, for kernels that want one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::kernels::write_atomically;
use crate::sign::{self, Digest, SignError, Signer};

/// Sign a patch, or any other module, for kernels that load signed modules only.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The module. A signature that it has is replaced.
    #[arg(value_name = "PATCH.ko")]
    module: PathBuf,
    /// The private key: RSA, in PEM form.
    #[arg(long, value_name = "KEY.pem")]
    key: PathBuf,
    /// The key's certificate, which the kernel has to know: X.509, in PEM or DER form.
    #[arg(long, value_name = "CERT")]
    cert: PathBuf,
    /// What is signed of the module.
    #[arg(long, value_enum, default_value_t)]
    digest: Digest,
    /// Where to write the signed module; without it, in place.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written, or is not what it should be.
    pub fn run(&self) -> Result {
        let key = read(&self.key, sign::key)?;
        let certificate = read(&self.cert, sign::certificate)?;
        let signer = Signer::new(key, certificate).map_err(about(&self.cert))?;
        let signed = read(&self.module, |module| {
            sign::sign(module, &signer, self.digest)
        })?;
        write_atomically(self.output.as_ref().unwrap_or(&self.module), &signed)
    }
}

/// Makes something of a file.
fn read<T>(path: &Path, make: impl FnOnce(&[u8]) -> Result<T, SignError>) -> Result<T> {
    let file = fs::read(path).map_err(Error::io("read", path))?;
    make(&file).map_err(about(path))
}

fn about(path: &Path) -> impl FnOnce(SignError) -> Error {
    |source| Error::Sign {
        path: path.to_owned(),
        source,
    }
}
