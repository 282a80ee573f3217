// SPDX-License-Identifier: GPL-2.0-only
//! Modules that come and go in a transition.

use loom::thread;

use crate::explore::{Race, explore};
use crate::kernel::{Kernel, Shape};
use crate::machine::Machine;
use crate::patches::{F, FIRST_IN_MODULE, SECOND_IN_MODULE};
use crate::single::{ENABLING, enable_second};
use crate::{Engine, Policy};

/// What is in transition stays so when a module comes and the routes of calls are looked at.
#[test]
fn module_coming() {
    let race = Race {
        preemptions: Some(4),
        shape: Shape {
            tasks: 1,
            direct: true,
        },
        change: |engine| {
            enable_second(engine);
            engine.module_coming("other", ()).unwrap();
            true
        },
        ..ENABLING
    };
    race.explore("module_coming");
}

/// Somebody may still be on the way to a function of a module that goes.
#[test]
fn module_going() {
    explore("module_going", None, || {
        let shape = Shape {
            tasks: 1,
            direct: false,
        };
        let kernel = Kernel::new(shape);
        let mut engine = Engine::new(Machine(kernel.clone()), Policy::default());
        engine.enable(FIRST_IN_MODULE, ()).unwrap();
        kernel.tasks[0].start();
        engine.enable(SECOND_IN_MODULE, ()).unwrap();
        let caller = kernel.clone();
        let task = thread::spawn(move || caller.call(0, F));
        engine.module_going("module").unwrap();
        task.join().unwrap();
    });
}
