// SPDX-License-Identifier: GPL-2.0-only
//! Modes that the kernel refuses.
use klp_kernel::prelude::*;

#[param(mode = 0o666)]
static WORLD: Param<c_int> = Param::new(0);

#[param(mode = 0o755)]
static EXECUTABLE: Param<c_int> = Param::new(0);

#[param(mode = 0o460)]
static GROUP: Param<c_int> = Param::new(0);

#[param(mode = 0o044)]
static READ: Param<c_int> = Param::new(0);

#[param(mode = 644)]
static DECIMAL: Param<c_int> = Param::new(0);

#[param(mode = 0o10644)]
static WITH_FILE_TYPE: Param<c_int> = Param::new(0);

#[param(mode = 0o200000000000000000000000)]
static HUGE: Param<c_int> = Param::new(0);

#[param(mode = 0644)]
static AS_IN_C: Param<c_int> = Param::new(0);

#[param(mode = "0644")]
static TEXT: Param<c_int> = Param::new(0);

fn main() {}
