// SPDX-License-Identifier: GPL-2.0-only
//! What there is in a simulated kernel: functions, system calls, modules and patches.

use klp_runtime::{
    Callbacks, Code, Error, FuncSpec, ObjectSpec, OldFunc, PatchSpec, StateSpec, contract::VMLINUX,
};
use std::ffi::{c_int, c_void};

/// What a function does, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Calls the function of this number, unless its module is not loaded.
    Call(usize),
    /// Sleeps until it is woken; in an interrupt it does not.
    Sleep,
    /// Computes something.
    Work,
}

/// A function that can be patched. Old and new versions do the same.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The object that it is in.
    pub object: &'static str,
    /// What it does.
    pub body: &'static [Op],
    /// Whether calls of it can be redirected.
    pub traceable: bool,
}

/// A patch to be made.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Its name.
    pub name: &'static str,
    /// Whether it is cumulative.
    pub replace: bool,
    /// Its objects, with the numbers of the functions that it replaces.
    pub objects: &'static [(&'static str, &'static [usize])],
    /// Its states, with their versions.
    pub states: &'static [(u64, u32)],
}

/// What there is in a simulated kernel.
#[derive(Debug)]
pub struct Catalog {
    /// All functions that can be patched.
    pub functions: &'static [Function],
    /// What tasks enter the kernel for.
    pub syscalls: &'static [&'static [Op]],
    /// What kernel threads do, over and over.
    pub kthread: &'static [Op],
    /// What interrupts do.
    pub interrupt: &'static [Op],
    /// The modules that come and go.
    pub modules: &'static [&'static str],
    /// The patches, in order.
    pub plans: &'static [Plan],
}

/// That of random runs.
pub static STANDARD: Catalog = Catalog {
    functions: &[
        function("f0", VMLINUX, &[Op::Call(1), Op::Sleep, Op::Call(1)]),
        function("f1", VMLINUX, &[Op::Work]),
        function("f2", VMLINUX, &[Op::Sleep]),
        function("m0", "mod_a", &[Op::Call(1)]),
        function("m1", "mod_b", &[Op::Sleep]),
    ],
    syscalls: &[
        &[Op::Call(1), Op::Call(2)],
        &[Op::Call(0)],
        &[Op::Call(1), Op::Sleep, Op::Call(1)],
        &[Op::Call(3), Op::Call(4)],
        &[Op::Call(0), Op::Call(3), Op::Call(2)],
    ],
    kthread: &[Op::Call(0), Op::Sleep, Op::Call(3), Op::Sleep],
    interrupt: &[Op::Call(1)],
    modules: &["mod_a", "mod_b"],
    plans: &[
        plan("p0", false, &[(VMLINUX, &[0, 1])], &[]),
        plan("p1", false, &[(VMLINUX, &[1, 2]), ("mod_a", &[3])], &[]),
        plan(
            "p2",
            false,
            &[(VMLINUX, &[]), ("mod_a", &[3]), ("mod_b", &[4])],
            &[],
        ),
        plan("c0", true, &[(VMLINUX, &[0]), ("mod_a", &[3])], &[(1, 1)]),
        plan("c1", true, &[(VMLINUX, &[1, 2])], &[(1, 2)]),
        plan("c2", true, &[("mod_b", &[4])], &[(1, 1), (2, 1)]),
        plan("p3", false, &[(VMLINUX, &[2, 0])], &[(2, 1)]),
    ],
};

/// That of exhaustive runs: two functions, of which a system call needs both.
pub static SMALL: Catalog = Catalog {
    functions: &[
        function("f0", VMLINUX, &[Op::Call(1), Op::Sleep]),
        function("f1", VMLINUX, &[]),
    ],
    syscalls: &[&[Op::Call(0), Op::Call(1)]],
    kthread: &[Op::Call(0), Op::Sleep],
    interrupt: &[],
    modules: &[],
    plans: &[
        plan("p0", false, &[(VMLINUX, &[0, 1])], &[]),
        plan("c0", true, &[(VMLINUX, &[1])], &[]),
    ],
};

/// The smallest.
pub static TINY: Catalog = Catalog {
    functions: &[function("f0", VMLINUX, &[]), function("f1", VMLINUX, &[])],
    syscalls: &[&[Op::Call(0), Op::Call(1)]],
    kthread: &[Op::Call(0)],
    interrupt: &[],
    modules: &[],
    plans: &[
        plan("p0", false, &[(VMLINUX, &[0, 1])], &[]),
        plan("c0", true, &[(VMLINUX, &[1])], &[]),
    ],
};

const fn function(name: &'static str, object: &'static str, body: &'static [Op]) -> Function {
    Function {
        name,
        object,
        body,
        traceable: true,
    }
}

const fn plan(
    name: &'static str,
    replace: bool,
    objects: &'static [(&'static str, &'static [usize])],
    states: &'static [(u64, u32)],
) -> Plan {
    Plan {
        name,
        replace,
        objects,
        states,
    }
}

/// Each function has as much room.
const ROOM: usize = 0x100;
/// Where a call to the tracer returns to.
const ENTRY: usize = 5;
const OLD: usize = 0x1_0000;
const NEW: usize = 0x10_0000;
/// All code that cannot be patched.
pub const ELSEWHERE: usize = 0x1000;

impl Catalog {
    /// Where an old function is.
    pub const fn old(&self, function: usize) -> OldFunc {
        let start = OLD + function * ROOM;
        OldFunc {
            code: code(start),
            entry: Code { start, size: ENTRY },
        }
    }

    /// Where a patch's new function is.
    pub const fn new_func(&self, patch: usize, function: usize) -> Code {
        code(NEW + (patch * self.functions.len() + function) * ROOM)
    }

    /// The function at the start of which this address is, old or new.
    pub const fn function_at(&self, start: usize) -> Option<usize> {
        match start {
            NEW.. => Some((start - NEW) / ROOM % self.functions.len()),
            OLD.. => Some((start - OLD) / ROOM),
            _ => None,
        }
    }

    /// The patch whose new function starts there.
    pub const fn patch_at(&self, start: usize) -> Option<usize> {
        match start {
            NEW.. => Some((start - NEW) / ROOM / self.functions.len()),
            _ => None,
        }
    }

    /// The function of this name in an object, the only one or that at a position.
    ///
    /// # Errors
    /// Those of [`resolve`](klp_runtime::Platform::resolve).
    pub fn find(&self, object: &str, name: &str, sympos: u64) -> Result<usize, Error> {
        let named: Vec<_> = self.named(object, name).collect();
        let found = match (sympos, &named[..]) {
            (_, []) => return Err(Error::NoSymbol),
            (0, [only]) => *only,
            (0, _) => return Err(Error::AmbiguousSymbol),
            (nth, all) => {
                let at = usize::try_from(nth - 1).map_err(|_| Error::NoSuchPosition)?;
                *all.get(at).ok_or(Error::NoSuchPosition)?
            }
        };
        match self.functions[found].traceable {
            true => Ok(found),
            false => Err(Error::NotTraceable),
        }
    }

    /// The functions of this name in an object.
    fn named(&self, object: &str, name: &str) -> impl Iterator<Item = usize> {
        let all = self.functions.iter().enumerate();
        all.filter(move |(_, function)| function.object == object && function.name == name)
            .map(|(at, _)| at)
    }

    /// What a patch says that means this function: 0 if its name is unique.
    fn sympos(&self, function: usize) -> u64 {
        let Function { name, object, .. } = self.functions[function];
        let named: Vec<_> = self.named(object, name).collect();
        match &named[..] {
            [_] => 0,
            _ => (1..)
                .zip(named)
                .find(|(_, at)| *at == function)
                .map_or(0, |(nth, _)| nth),
        }
    }

    /// The number of the patch of this name.
    pub fn patch(&self, name: &str) -> Option<usize> {
        self.plans.iter().position(|plan| plan.name == name)
    }

    /// What the module of a patch hands over. It lives for ever, as the engine asks of it, so ask
    /// once a process.
    pub fn specs(&self) -> &'static [PatchSpec] {
        let specs = self.plans.iter().enumerate();
        specs
            .map(|(index, plan)| self.spec(index, plan))
            .collect::<Vec<_>>()
            .leak()
    }

    fn spec(&self, index: usize, plan: &Plan) -> PatchSpec {
        let objects = plan.objects.iter().map(|(name, functions)| ObjectSpec {
            name,
            funcs: self.funcs(index, functions),
            callbacks: ALL_CALLBACKS,
        });
        let states = plan
            .states
            .iter()
            .map(|&(id, version)| StateSpec { id, version });
        PatchSpec {
            name: plan.name,
            replace: plan.replace,
            objects: objects.collect::<Vec<_>>().leak(),
            states: states.collect::<Vec<_>>().leak(),
        }
    }

    fn funcs(&self, patch: usize, functions: &[usize]) -> &'static [FuncSpec] {
        let funcs = functions.iter().map(|&function| FuncSpec {
            symbol: self.functions[function].name,
            sympos: self.sympos(function),
            new_func: self.new_func(patch, function).start,
            direct: self.new_func(patch, function).start,
        });
        funcs.collect::<Vec<_>>().leak()
    }
}

const fn code(start: usize) -> Code {
    // What lies between functions belongs to none.
    let size = ROOM / 2;
    Code { start, size }
}

/// Never run: the simulated kernel decides what a callback does.
unsafe extern "C" fn callback(_: *mut c_void) -> c_int {
    0
}

const ALL_CALLBACKS: Callbacks = Callbacks {
    pre_patch: Some(callback),
    post_patch: Some(callback),
    pre_unpatch: Some(callback),
    post_unpatch: Some(callback),
};
