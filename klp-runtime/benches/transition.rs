// SPDX-License-Identifier: GPL-2.0-only
//! A look at ten thousand tasks, all but one of which have yet to switch.
//!
//! The kernel here is as cheap as one can be, so that what is measured is the engine's own work:
//! what it asks of the platform, and the check of each address on each stack. The other side is
//! that check as the built-in core makes it (`klp_check_stack`): every function of the patch for
//! every address, each with a walk through the list of patched functions.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use klp_runtime::{
    Callback, Callbacks, Code, Direct, Engine, Errno, Error, FuncSpec, FuncStack, Line, Memory,
    Nudge, ObjectSpec, OldFunc, Overdue, Patch, PatchSpec, PatchState, Platform, Policy, Stack,
    TaskKind,
};
use std::alloc::{Layout, alloc, dealloc};
use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::ptr::NonNull;
use std::rc::Rc;

const TASKS: usize = 10_000;
/// Calls on each task's stack, as measured on an idle machine.
const DEPTH: usize = 12;
const OLD: usize = 0x10_0000;
const NEW: usize = 0x20_0000;
const SIZE: usize = 0x100;
/// Where nothing is patched.
const ELSEWHERE: usize = 0x90_0000;

/// A kernel with tasks that do nothing.
struct Kernel {
    tasks: RefCell<Vec<(PatchState, bool)>>,
    stacks: Vec<[usize; DEPTH]>,
    target: Cell<PatchState>,
}

#[derive(Clone)]
struct Handle(Rc<Kernel>);

impl Handle {
    /// All tasks are elsewhere, but for one that stays in the first patched function.
    fn new() -> Self {
        let stack =
            |task| std::array::from_fn(|at| ELSEWHERE + (task * DEPTH + at) * 16 % 0x4_0000);
        let mut stacks: Vec<[usize; DEPTH]> = (0..TASKS).map(stack).collect();
        stacks[TASKS - 1][DEPTH / 2] = OLD + 8;
        Self(Rc::new(Kernel {
            tasks: RefCell::new(vec![(PatchState::Undefined, false); TASKS]),
            stacks,
            target: Cell::new(PatchState::Undefined),
        }))
    }

    /// Nobody has switched.
    fn unswitch(&self) {
        self.0
            .tasks
            .borrow_mut()
            .fill((PatchState::Unpatched, true));
    }
}

impl Memory for Handle {
    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: the engine asks for no memory of size 0.
        NonNull::new(unsafe { alloc(layout) })
    }

    unsafe fn free(&self, memory: NonNull<u8>, layout: Layout) {
        // SAFETY: from `allocate`, by the caller.
        unsafe { dealloc(memory.as_ptr(), layout) };
    }
}

impl Platform for Handle {
    type Task = usize;
    type Object = ();
    type Module = ();
    type Hook = ();

    fn find_object(&self, _: &str) -> Option<()> {
        Some(())
    }

    fn resolve(&self, (): (), symbol: &str, _: u64) -> Result<OldFunc, Error> {
        let number: usize = symbol[1..].parse().map_err(|_| Error::NoSymbol)?;
        let start = OLD + number * SIZE;
        Ok(OldFunc {
            code: Code {
                start,
                size: SIZE - 16,
            },
            entry: Code { start, size: 5 },
        })
    }

    fn new_code(&self, start: usize) -> Result<Code, Error> {
        Ok(Code {
            start,
            size: SIZE - 16,
        })
    }

    fn relocate(&self, (): (), (): ()) -> Result<(), Error> {
        Ok(())
    }

    fn unrelocate(&self, (): (), (): ()) {}

    fn acquire(&self, _: &Patch<Self>) -> Result<(), Error> {
        Ok(())
    }

    fn release(&self, _: &Patch<Self>) {}

    fn hook(&self, _: &OldFunc) {}

    fn attach_handler(&self, (): &mut (), _: &FuncStack) -> Result<(), Error> {
        Ok(())
    }

    fn detach_handler(&self, (): &mut ()) {}

    fn attach_direct(&self, (): &mut (), _: Direct) -> Result<(), Error> {
        Ok(())
    }

    fn detach_direct(&self, (): &mut ()) -> Result<(), Error> {
        Ok(())
    }

    fn set_target(&self, target: PatchState) -> Result<(), Error> {
        self.0.target.set(target);
        Ok(())
    }

    fn for_each_task(&self, visit: &mut dyn FnMut(usize)) {
        (0..TASKS).for_each(visit);
    }

    fn for_each_idle_task(&self, _: &mut dyn FnMut(usize, bool)) {}

    fn kind(&self, _: usize) -> TaskKind {
        TaskKind::User
    }

    fn state(&self, task: usize) -> PatchState {
        self.0.tasks.borrow()[task].0
    }

    fn set_state(&self, task: usize, state: PatchState) {
        self.0.tasks.borrow_mut()[task].0 = state;
    }

    fn pending(&self, task: usize) -> bool {
        self.0.tasks.borrow()[task].1
    }

    fn set_pending(&self, task: usize, pending: bool) {
        self.0.tasks.borrow_mut()[task].1 = pending;
    }

    fn with_stack(&self, task: usize, look: &mut dyn FnMut(Stack<'_>)) {
        look(Stack::Addresses(&self.0.stacks[task]));
    }

    fn nudge(&self, _: usize, _: Nudge) {}

    fn synchronize(&self) {}

    fn call(&self, _: &Callback<'_, Self>) -> Result<(), Errno> {
        Ok(())
    }

    fn now(&self) -> u64 {
        0
    }

    fn retry_after(&self, _: u64) {}

    fn log(&self, _: &Line<'_>) {}
}

/// A patch of as many functions of the kernel. It lives for ever, as the engine asks.
fn patch(functions: usize) -> &'static PatchSpec {
    let func = |number: usize| FuncSpec {
        symbol: format!("f{number}").leak(),
        sympos: 0,
        new_func: NEW + number * SIZE,
        direct: NEW + number * SIZE,
    };
    let object = ObjectSpec {
        name: "vmlinux",
        funcs: (0..functions).map(func).collect::<Vec<_>>().leak(),
        callbacks: Callbacks::default(),
    };
    Box::leak(Box::new(PatchSpec {
        name: "patch",
        replace: false,
        objects: vec![object].leak(),
        states: &[],
    }))
}

const PATIENT: Policy = Policy {
    first_retry: 1,
    longest_retry: 1,
    deadline: None,
    overdue: Overdue::Report,
};

/// The built-in core's check of one stack.
fn built_in(stack: &[usize], functions: &[usize]) -> bool {
    functions.iter().any(|&function| {
        stack.iter().any(|&address| {
            // `klp_find_ops`: the patched functions are on a list.
            let found = functions
                .iter()
                .find(|other| **other == black_box(function));
            found.is_some_and(|&start| address >= start && address < start + SIZE)
        })
    })
}

fn pass(c: &mut Criterion) {
    let mut group = c.benchmark_group("pass over 10k tasks");
    group.sample_size(20);
    for functions in [1, 10, 50] {
        let kernel = Handle::new();
        let mut engine = Engine::new(kernel.clone(), PATIENT);
        assert_eq!(engine.enable(patch(functions), ()), Ok(()));
        assert!(engine.in_transition().is_some(), "one task holds it up");
        group.bench_function(BenchmarkId::new("engine", functions), |b| {
            b.iter(|| {
                kernel.unswitch();
                engine.retry()
            });
        });
        let starts: Vec<usize> = (0..functions).map(|number| OLD + number * SIZE).collect();
        group.bench_function(BenchmarkId::new("check as built in", functions), |b| {
            b.iter(|| {
                let stacks = kernel.0.stacks.iter();
                stacks.filter(|stack| built_in(&stack[..], &starts)).count()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pass);
criterion_main!(benches);
