// SPDX-License-Identifier: GPL-2.0-only
//! Names that the kernel does not have.
klp_kernel::types! {
    struct tsk { state }
    struct task { stat, comm, exitcode, nested }
    union pair { .. }
    struct value;
    enum stat;
    enum state { STATE_LIFE, STATE_GOING }
    const NAME_LENGTH: usize;
}

fn main() {}
