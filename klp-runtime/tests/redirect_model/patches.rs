// SPDX-License-Identifier: GPL-2.0-only
//! Functions of the kernel, and patches for them.

use crate::{Callbacks, FuncSpec, ObjectSpec, PatchSpec};

/// A function of the kernel.
pub struct Function {
    pub symbol: &'static str,
    pub old: usize,
}

pub const F: usize = 0;
pub const G: usize = 1;

/// All functions that there are.
pub const FUNCS: [Function; 2] = [
    Function {
        symbol: "f",
        old: 0x1000,
    },
    Function {
        symbol: "g",
        old: 0x2000,
    },
];

/// Where calls of `f` and `g` go, without a patch and with it.
#[derive(Clone, Copy)]
pub struct Versions {
    pub without: [usize; 2],
    pub with: [usize; 2],
}

pub const FIRST_OVER_NONE: Versions = Versions {
    without: ORIGINAL,
    with: FIRSTS,
};
pub const SECOND_OVER_FIRST: Versions = Versions {
    without: FIRSTS,
    with: SECONDS,
};
pub const CUMULATIVE_OVER_FIRST: Versions = Versions {
    without: FIRSTS,
    with: CUMULATIVES,
};

pub const ORIGINAL: [usize; 2] = [FUNCS[F].old, FUNCS[G].old];
/// `f` and `g` of [`FIRST`].
pub const FIRSTS: [usize; 2] = [0x1100, 0x2100];
/// `f` and `g` of [`SECOND`].
pub const SECONDS: [usize; 2] = [0x1200, 0x2200];
/// `f` of [`CUMULATIVE`], which takes the patch off `g`.
pub const CUMULATIVES: [usize; 2] = [0x1300, ORIGINAL[G]];

pub const FIRST: &PatchSpec = &patch("first", &FIRST_VMLINUX, false);
pub const SECOND: &PatchSpec = &patch("second", &SECOND_VMLINUX, false);
pub const CUMULATIVE: &PatchSpec = &patch("cumulative", &CUMULATIVE_VMLINUX, true);
/// As [`SECOND`], and cumulative.
pub const CUMULATIVE_SECOND: &PatchSpec = &patch("second", &SECOND_VMLINUX, true);
/// As [`FIRST`], for functions of a module.
pub const FIRST_IN_MODULE: &PatchSpec = &patch("first", &FIRST_MODULE, false);
/// As [`SECOND`], for functions of a module.
pub const SECOND_IN_MODULE: &PatchSpec = &patch("second", &SECOND_MODULE, false);

static FIRST_FUNCS: [FuncSpec; 2] = [func(F, FIRSTS), func(G, FIRSTS)];
static SECOND_FUNCS: [FuncSpec; 2] = [func(F, SECONDS), func(G, SECONDS)];
static CUMULATIVE_FUNCS: [FuncSpec; 1] = [func(F, CUMULATIVES)];

static FIRST_VMLINUX: [ObjectSpec; 1] = [object("vmlinux", &FIRST_FUNCS)];
static SECOND_VMLINUX: [ObjectSpec; 1] = [object("vmlinux", &SECOND_FUNCS)];
static CUMULATIVE_VMLINUX: [ObjectSpec; 1] = [object("vmlinux", &CUMULATIVE_FUNCS)];
static FIRST_MODULE: [ObjectSpec; 1] = [object("module", &FIRST_FUNCS)];
static SECOND_MODULE: [ObjectSpec; 1] = [object("module", &SECOND_FUNCS)];

const fn patch(name: &'static str, objects: &'static [ObjectSpec], replace: bool) -> PatchSpec {
    PatchSpec {
        name,
        replace,
        objects,
        states: &[],
    }
}

const fn object(name: &'static str, funcs: &'static [FuncSpec]) -> ObjectSpec {
    ObjectSpec {
        name,
        funcs,
        callbacks: Callbacks {
            pre_patch: None,
            post_patch: None,
            pre_unpatch: None,
            post_unpatch: None,
        },
    }
}

const fn func(func: usize, versions: [usize; 2]) -> FuncSpec {
    FuncSpec {
        symbol: FUNCS[func].symbol,
        sympos: 0,
        new_func: versions[func],
    }
}
