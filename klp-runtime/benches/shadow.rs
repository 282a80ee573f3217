// SPDX-License-Identifier: GPL-2.0-only
//! The table's speed.
fn main() {}
