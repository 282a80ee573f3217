// SPDX-License-Identifier: GPL-2.0-only
//! Offsets and enumerators, as symbols whose address is the number.

core::arch::global_asm!(
    ".macro number name, value",
    ".globl \"\\name\"",
    ".set \"\\name\", \\value",
    ".endm",
    "number .klp.field.klp_object.name, 0",
    "number .klp.field.klp_object.mod, 8",
    "number .klp.field.module.state, 16",
    "number .klp.field.klp_state.version, 8",
    "number .klp.field.klp_state.data, 16",
    "number .klp.field.task.tasks, 8",
    "number .klp.size.spinlock.4, 4",
    "number .klp.enum.MODULE_STATE_LIVE, 0",
    "number .klp.enum.MODULE_STATE_COMING, 1",
    "number .klp.enum.MODULE_STATE_GOING, 2",
    "number .klp.enum.MODULE_STATE_UNFORMED, 3",
    ".purgem number",
);
