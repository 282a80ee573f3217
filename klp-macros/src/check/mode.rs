// SPDX-License-Identifier: GPL-2.0-only
//! Modes of parameter files: the kernel's VERIFY_OCTAL_PERMISSIONS (`include/linux/kernel.h`).

use crate::messages::{self, Message};

/// Why `mode` cannot be the mode of a parameter's file.
pub fn mode(mode: u64) -> Result<(), Message> {
    let (owner, group, other) = (mode >> 6 & 7, mode >> 3 & 7, mode & 7);
    let wrong = if mode > 0o777 {
        "has more than nine bits; octal numbers start with `0o` in Rust"
    } else if mode & 0o111 != 0 {
        "is executable, which a parameter is not"
    } else if other & 2 != 0 {
        "is writable by everybody"
    } else if owner & 2 < group & 2 {
        "lets its group write what its owner cannot"
    } else if owner & 4 < group & 4 || group & 4 < other & 4 {
        "lets its group or others read what its owner or group cannot"
    } else {
        return Ok(());
    };
    Err(messages::param_mode(mode, wrong))
}

#[cfg(test)]
mod tests {
    use super::mode;

    #[test]
    fn usual_modes_pass() {
        for usual in [0, 0o200, 0o400, 0o440, 0o444, 0o600, 0o640, 0o644, 0o664] {
            assert_eq!(mode(usual), Ok(()), "{usual:o}");
        }
    }

    #[test]
    fn what_the_kernel_refuses_fails() {
        for wrong in [
            0o666,
            0o755,
            0o644 << 3,
            644,
            0o040,
            0o004,
            0o404,
            0o020,
            0o460,
        ] {
            assert!(mode(wrong).is_err(), "{wrong:o}");
        }
    }
}
