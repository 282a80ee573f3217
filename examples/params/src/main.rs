// SPDX-License-Identifier: GPL-2.0-only
//! A module parameter of every type that the kernel has, said again by a callback.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "A module parameter of every type",
}

/// Whether to say anything.
#[param(mode = 0o644)]
static VERBOSE: Param<bool> = Param::new(true);

/// 8 bits.
#[param(mode = 0o644)]
static A_BYTE: Param<u8> = Param::new(1);

/// 16 bits.
#[param(mode = 0o644)]
static A_SHORT: Param<c_short> = Param::new(-2);

/// 16 bits, not negative.
#[param(mode = 0o640)]
static A_USHORT: Param<c_ushort> = Param::new(2);

/// 32 bits.
#[param(mode = 0o600)]
static AN_INT: Param<c_int> = Param::new(-3);

/// 32 bits, not negative; without a file.
#[param(mode = 0)]
static A_UINT: Param<c_uint> = Param::new(3);

/// 64 bits.
#[param(mode = 0o644)]
static A_LONG: Param<c_long> = Param::new(-4);

/// 64 bits, not negative.
#[param(mode = 0o644)]
static A_ULONG: Param<c_ulong> = Param::new(4);

/// A string, which only loading sets.
#[param(mode = 0o444, name = "text")]
static A_STRING: Param<Charp> = Param::new(Charp::new(c"none"));

#[pre_patch(object = "vmlinux", no_undo = "it only says what there is")]
fn say(_vmlinux: &Object) -> Result {
    if VERBOSE.get() {
        pr_info!(
            "byte {}, short {}, ushort {}",
            A_BYTE.get(),
            A_SHORT.get(),
            A_USHORT.get()
        );
        pr_info!("int {}, uint {}", AN_INT.get(), A_UINT.get());
        pr_info!("long {}, ulong {}", A_LONG.get(), A_ULONG.get());
        pr_info!("text {:?}", A_STRING.get().as_c_str());
    }
    Ok(())
}
