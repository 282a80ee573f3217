// SPDX-License-Identifier: GPL-2.0-only
//! The kernel log: `pr_info!` and its siblings, in Rust's format syntax.

use crate::Buffer;
use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};

unsafe extern "C" {
    /// Exported by the kernel (`kernel/printk/printk.c`).
    fn _printk(format: *const c_char, ...) -> c_int;
}

/// How grave a message is (`include/linux/kern_levels.h`).
#[derive(Clone, Copy)]
pub enum Level {
    /// `KERN_ERR`.
    Err,
    /// `KERN_WARNING`.
    Warning,
    /// `KERN_NOTICE`.
    Notice,
    /// `KERN_INFO`.
    Info,
}

impl Level {
    /// printk's format for "module: text", behind the level's mark.
    const fn format(self) -> &'static CStr {
        match self {
            Self::Err => c"\x013%.*s: %.*s\n",
            Self::Warning => c"\x014%.*s: %.*s\n",
            Self::Notice => c"\x015%.*s: %.*s\n",
            Self::Info => c"\x016%.*s: %.*s\n",
        }
    }
}

/// Room for one message. Kernel stacks are small; printk itself cuts lines at about 1000 bytes.
const LINE: usize = 256;

/// The message, cut where the room ends, and without a newline that the author put at its end.
fn format<'a>(line: &'a mut Buffer<[u8; LINE]>, message: fmt::Arguments<'_>) -> &'a [u8] {
    // What does not fit is left out.
    let _ = line.write_fmt(message);
    let text = line.text();
    text.strip_suffix(b"\n").unwrap_or(text)
}

/// Prints one line: the only place that calls printk.
pub fn print(level: Level, module: &str, message: fmt::Arguments<'_>) {
    let mut line = Buffer::new([0; LINE]);
    let text = format(&mut line, message);
    // SAFETY: the format asks for a length and a pointer, twice, and printk reads no further than
    // each length says. Lengths of names and lines are far below `c_int::MAX`.
    unsafe {
        _printk(
            level.format().as_ptr(),
            module.len() as c_int,
            module.as_ptr(),
            text.len() as c_int,
            text.as_ptr(),
        )
    };
}

/// Prints at a level, in the name of the crate that it is expanded in.
#[doc(hidden)]
#[macro_export]
macro_rules! __pr {
    ($level:ident, $($arguments:tt)*) => {
        $crate::__private::print(
            $crate::__private::Level::$level,
            $crate::__private::env!("CARGO_CRATE_NAME"),
            $crate::__private::format_args!($($arguments)*),
        )
    };
}

/// Prints an error to the kernel log; as [`pr_info!`](crate::pr_info).
#[macro_export]
macro_rules! pr_err {
    ($($arguments:tt)*) => { $crate::__pr!(Err, $($arguments)*) };
}

/// Prints a warning to the kernel log; as [`pr_info!`](crate::pr_info).
#[macro_export]
macro_rules! pr_warn {
    ($($arguments:tt)*) => { $crate::__pr!(Warning, $($arguments)*) };
}

/// Prints something normal but significant to the kernel log; as [`pr_info!`](crate::pr_info).
#[macro_export]
macro_rules! pr_notice {
    ($($arguments:tt)*) => { $crate::__pr!(Notice, $($arguments)*) };
}

/// Prints a piece of information to the kernel log.
///
/// The arguments are those of `format!`. The module's name goes before the message and a newline
/// after it; a message longer than 256 bytes is cut.
#[macro_export]
macro_rules! pr_info {
    ($($arguments:tt)*) => { $crate::__pr!(Info, $($arguments)*) };
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;

    fn line(message: fmt::Arguments<'_>) -> String {
        let mut line = Buffer::new([0; LINE]);
        String::from_utf8(format(&mut line, message).into()).unwrap()
    }

    #[test]
    fn a_short_message_stays_whole() {
        assert_eq!(line(format_args!("{}: {}", "vmlinux", 7)), "vmlinux: 7");
        assert_eq!(line(format_args!("")), "");
    }

    #[test]
    fn a_newline_at_the_end_is_not_printed_twice() {
        assert_eq!(line(format_args!("a\nb\n")), "a\nb");
    }

    #[test]
    fn a_long_message_is_cut() {
        let long = "x".repeat(LINE + 1);
        assert_eq!(line(format_args!("{long}")), "x".repeat(LINE));
    }

    #[test]
    fn the_cut_is_between_characters() {
        let long = "x".repeat(LINE - 1);
        assert_eq!(line(format_args!("{long}ö and more")), long);
    }
}
