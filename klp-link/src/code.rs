// SPDX-License-Identifier: GPL-2.0-only
//! The code of a message, for programs: a text such as `KLP117`, or `null`.

use klp_codes::Code;
use serde::Serializer;

/// For `serialize_with`.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer>(code: &Option<Code>, serializer: S) -> Result<S::Ok, S::Error> {
    match code {
        Some(code) => serializer.collect_str(code),
        None => serializer.serialize_none(),
    }
}
