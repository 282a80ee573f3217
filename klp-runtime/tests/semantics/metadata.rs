// SPDX-License-Identifier: GPL-2.0-only
//! Metadata: patch → objects → funcs; sympos 0 (unique) or N; an object may be loaded later or
//! never.

use crate::catalog::{CATALOG, FIRST, IN_A, SECOND, SLEEPER, TWIN, TWIN_1, TWIN_2};
use crate::kernel::Kernel;
use klp_runtime::contract::VMLINUX;
use klp_runtime::{Callbacks, Engine, Error, FuncSpec, ObjectSpec, PatchSpec, Policy};
use klp_sim::choice::Choices;
use klp_sim::{Config, Sim, World};
use std::sync::Mutex;

#[test]
fn a_patch_has_objects_and_objects_have_funcs() {
    let kernel = Kernel::with_patches(&[SECOND]);
    let patch = kernel.engine().patch("second").unwrap();
    let objects: Vec<_> = patch
        .objects()
        .iter()
        .map(|object| {
            let funcs: Vec<_> = object.funcs().iter().map(|func| func.symbol()).collect();
            (object.name(), funcs)
        })
        .collect();
    assert_eq!(objects, [(VMLINUX, vec!["quick"]), ("mod_a", vec!["in_a"])]);
}

#[test]
fn sympos_n_means_the_nth_of_that_name() {
    let kernel = Kernel::with_patches(&[TWIN]);
    assert_eq!(kernel.version(TWIN_1), None);
    assert_eq!(kernel.version(TWIN_2), Some(TWIN));
    let patch = kernel.engine().patch("twin").unwrap();
    assert_eq!(patch.objects()[0].funcs()[0].position(), 2);
}

#[test]
fn sympos_0_means_the_only_one_which_is_also_the_first() {
    for sympos in [0, 1] {
        assert_eq!(enable(one("sleeper", sympos)), Ok(()));
    }
    let kernel = Kernel::with_patches(&[FIRST]);
    let patch = kernel.engine().patch("first").unwrap();
    assert_eq!(patch.objects()[0].funcs()[0].position(), 1);
}

#[test]
fn sympos_0_of_a_name_that_is_not_unique_is_refused() {
    let (refused, lines) = refused(one("twin", 0));
    assert_eq!(refused, Error::AmbiguousSymbol);
    assert_eq!(
        lines,
        ["unresolvable ambiguity for symbol 'twin' in object 'vmlinux'"]
    );
}

#[test]
fn a_sympos_beyond_the_last_is_refused() {
    let (refused, lines) = refused(one("twin", 3));
    assert_eq!(refused, Error::NoSuchPosition);
    assert_eq!(
        lines,
        ["symbol position 3 for symbol 'twin' in object 'vmlinux' not found"]
    );
}

#[test]
fn a_function_that_is_not_there_is_refused() {
    let (refused, lines) = refused(one("nowhere", 0));
    assert_eq!(refused, Error::NoSymbol);
    assert_eq!(lines, ["symbol 'nowhere' not found in symbol table"]);
}

#[test]
fn a_new_function_that_is_nowhere_is_refused() {
    let mut func = func("sleeper", 0);
    func.new_func = 1;
    let (refused, lines) = refused(patch("p", vec![object(VMLINUX, vec![func])]));
    assert_eq!(refused, Error::NoSymbol);
    assert_eq!(lines.len(), 1);
}

#[test]
fn other_failures_to_find_a_function_are_told_with_their_reasons() {
    let kernel = Kernel::new();
    kernel.with(|world| {
        world.fault = Some(klp_sim::Fault {
            what: klp_sim::Fallible::Resolve,
            after: 0,
            error: Error::NoMemory,
        });
    });
    let mut kernel = kernel;
    assert_eq!(kernel.enable(FIRST), Err(Error::NoMemory));
    assert_eq!(
        kernel.lines(),
        ["function 'sleeper' in object 'vmlinux': out of memory"]
    );
}

#[test]
fn an_object_may_be_loaded_later() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    let found = |kernel: &Kernel| kernel.engine().patch("second").unwrap().objects()[1].patched();
    assert!(!found(&kernel));
    kernel.load("mod_a").unwrap();
    assert!(found(&kernel));
    assert_eq!(kernel.version(IN_A), Some(SECOND));
}

#[test]
fn an_object_may_never_be_loaded() {
    let mut kernel = Kernel::with_patches(&[SECOND]);
    kernel.off(SECOND);
    assert_eq!(kernel.engine().patches().len(), 0);
}

#[test]
fn what_lacks_a_part_is_malformed() {
    let nameless = object("", vec![func("sleeper", 0)]);
    let mut without_new = func("sleeper", 0);
    without_new.new_func = 0;
    let malformed = [
        patch("", vec![object(VMLINUX, Vec::new())]),
        patch("no objects", Vec::new()),
        patch("object without a name", vec![nameless]),
        one("", 0),
        patch("no new function", vec![object(VMLINUX, vec![without_new])]),
    ];
    for patch in malformed {
        assert_eq!(enable(patch), Err(Error::Malformed), "{}", patch.name);
    }
}

#[test]
fn nothing_is_named_twice() {
    let twice = |first, second| {
        let funcs = vec![func("sleeper", first), func("sleeper", second)];
        patch("functions", vec![object(VMLINUX, funcs)])
    };
    let objects = vec![object(VMLINUX, Vec::new()), object(VMLINUX, Vec::new())];
    // 0 and 1 are the same.
    for patch in [
        patch("objects", objects),
        twice(0, 0),
        twice(0, 1),
        twice(2, 2),
    ] {
        assert_eq!(enable(patch), Err(Error::Duplicate), "{}", patch.name);
    }
}

#[test]
fn one_name_at_two_positions_is_two_functions() {
    let funcs = vec![func("twin", 1), func("twin", 2)];
    let both = patch("both", vec![object(VMLINUX, funcs)]);
    assert_eq!(enable(both), Ok(()));
}

#[test]
fn an_object_may_have_no_callbacks() {
    let (sim, enabled) = enabled(one("sleeper", 0));
    assert_eq!(enabled, Ok(()));
    let called = |event: &klp_sim::Event| matches!(event, klp_sim::Event::Callback(_));
    assert!(!sim.with(World::take_events).iter().any(called));
}

fn func(symbol: &'static str, sympos: u64) -> FuncSpec {
    FuncSpec {
        symbol,
        sympos,
        new_func: CATALOG.new_func(FIRST, SLEEPER).start,
        direct: CATALOG.new_func(FIRST, SLEEPER).start,
    }
}

fn object(name: &'static str, funcs: Vec<FuncSpec>) -> ObjectSpec {
    ObjectSpec {
        name,
        funcs: funcs.leak(),
        callbacks: Callbacks::default(),
    }
}

/// A patch, which lives for ever as the engine asks of it.
fn patch(name: &'static str, objects: Vec<ObjectSpec>) -> &'static PatchSpec {
    /// So that leak checkers see who has them.
    static ALL: Mutex<Vec<&PatchSpec>> = Mutex::new(Vec::new());
    let patch: &'static PatchSpec = Box::leak(Box::new(PatchSpec {
        name,
        replace: false,
        objects: objects.leak(),
        states: &[],
    }));
    ALL.lock().unwrap().push(patch);
    patch
}

/// A patch of one function.
fn one(symbol: &'static str, sympos: u64) -> &'static PatchSpec {
    patch("one", vec![object(VMLINUX, vec![func(symbol, sympos)])])
}

fn enable(patch: &'static PatchSpec) -> Result<(), Error> {
    enabled(patch).1
}

/// The error that a patch is refused with, and what is printed.
fn refused(patch: &'static PatchSpec) -> (Error, Vec<String>) {
    let (sim, result) = enabled(patch);
    let seen = sim.with(World::take_events);
    let lines = seen.into_iter().map(|event| match event {
        klp_sim::Event::Line { text, .. } => text,
        klp_sim::Event::Callback(called) => panic!("{called:?}"),
    });
    let (error, lines) = (result.unwrap_err(), lines.collect::<Vec<_>>());
    assert!(!error.is_logged() || !lines.is_empty(), "{error:?}");
    (error, lines)
}

/// Enables a patch that no catalogue has.
fn enabled(patch: &'static PatchSpec) -> (Sim, Result<(), Error>) {
    let config = Config {
        catalog: &CATALOG,
        cpus: 1,
        users: 1,
        kthreads: 0,
        most_tasks: 1,
        faults: false,
        lively: false,
    };
    let sim = Sim::new(World::new(config, Choices::replay(Vec::new())));
    let mut engine = Engine::new(sim.clone(), Policy::default());
    let enabled = engine.enable(patch, 0);
    assert_eq!(engine.patches().len(), usize::from(enabled.is_ok()));
    if enabled.is_err() {
        // But for the list of patches, which keeps its room.
        assert!(sim.with(|world| world.accounts.live()) <= 1);
        assert!(sim.with(|world| world.acquired.is_empty()));
    }
    (sim, enabled)
}
