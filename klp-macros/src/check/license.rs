// SPDX-License-Identifier: GPL-2.0-only
//! License strings that the kernel knows.

use crate::messages::{self, Message};
use klp_runtime::contract::{GPL_COMPATIBLE, PROPRIETARY};

/// Why `license` cannot be a module's license.
pub fn license(license: &str) -> Result<(), Message> {
    if GPL_COMPATIBLE.contains(&license) || license == PROPRIETARY {
        return Ok(());
    }
    let known = format!("\"{}\", \"{PROPRIETARY}\"", GPL_COMPATIBLE.join("\", \""));
    Err(messages::unknown_license(license, &known))
}

#[cfg(test)]
mod tests {
    use super::license;

    #[test]
    fn spelling_matters() {
        assert_eq!(license("GPL"), Ok(()));
        assert_eq!(license("Proprietary"), Ok(()));
        assert!(license("GPLv2").is_err());
        assert!(license("gpl").is_err());
    }
}
