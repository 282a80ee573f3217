// SPDX-License-Identifier: GPL-2.0-only
//! Kernel profiles and the link step of klp: bytes in, bytes out.

pub mod link;
pub mod profile;
