// SPDX-License-Identifier: GPL-2.0-only
//! Kernel profiles, the link step of klp, and the reader of what it makes: bytes in, bytes out.

pub mod code;
pub mod fit;
mod hex;
pub mod info;
pub mod inspect;
pub mod link;
pub mod profile;
mod shared;
