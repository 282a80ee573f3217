// SPDX-License-Identifier: GPL-2.0-only
//! The slices in which a patch's records meet, whatever source file each comes from.

use klp_runtime::contract::{
    CallbackRecord, ExportRecord, FuncRecord, ParamRecord, ShadowRecord, StateRecord, TypeRecord,
};
use linkme::distributed_slice;

/// All `#[livepatch]` functions.
#[distributed_slice]
pub static KLP_FUNCS: [FuncRecord];

/// All callbacks of all kinds and objects.
#[distributed_slice]
pub static KLP_CALLBACKS: [CallbackRecord];

/// All `#[param]` statics.
#[distributed_slice]
pub static KLP_PARAMS: [ParamRecord];

/// All `#[shadow]` statics.
#[distributed_slice]
pub static KLP_SHADOWS: [ShadowRecord];

/// All `#[state]` statics.
#[distributed_slice]
pub static KLP_STATES: [StateRecord];

/// All `#[export]` functions.
#[distributed_slice]
pub static KLP_EXPORTS: [ExportRecord];

/// The kernel's types that `types!` was asked for.
#[distributed_slice]
pub static KLP_TYPES: [TypeRecord];
