// SPDX-License-Identifier: GPL-2.0-only
//! What the examples' target modules do and print (`examples/targets`).

use crate::catalog::{BUSY_MODULE, EXAMPLES, WORK};
use crate::guest::Guest;
use klp_sim::task::{Kind, Mode};

const SECOND: u64 = 1_000_000_000;

impl Guest {
    /// A module's init.
    pub fn init(&mut self, module: &str, seconds: u64) {
        self.kernel(format!("{module}: livepatch_callbacks_mod_init"));
        if module == BUSY_MODULE {
            self.start_work(seconds);
            if seconds == 0 {
                self.end_work();
            }
        }
    }

    /// A module's exit.
    pub fn exit(&mut self, module: &str) {
        if let (BUSY_MODULE, Some(end)) = (module, self.work_ends) {
            self.advance(end);
        }
        self.kernel(format!("{module}: livepatch_callbacks_mod_exit"));
    }

    /// The worker takes up its work, and sleeps in it unless it runs the patched function.
    fn start_work(&mut self, seconds: u64) {
        self.let_worker_go_on();
        let start = self.machine.with(|world| {
            let worker = &world.tasks[worker(world)];
            worker.functions().next()
        });
        if start == Some(EXAMPLES.old(WORK).code.start) {
            self.kernel(format!(
                "{BUSY_MODULE}: busymod_work_func, sleeping {seconds} seconds ..."
            ));
            self.work_ends = Some(self.now() + seconds * SECOND);
        }
    }

    /// The time is over for which the worker sleeps in its work.
    pub fn end_work(&mut self) {
        self.work_ends = None;
        self.let_worker_go_on();
        self.kernel(format!("{BUSY_MODULE}: busymod_work_func exit"));
    }

    /// The worker wakes up, and goes on until it sleeps again. Only time wakes it from its work:
    /// `msleep` goes back to sleep when anything else does.
    pub fn let_worker_go_on(&mut self) {
        self.machine.with(|world| {
            let at = worker(world);
            world.tasks[at].mode = Mode::Kernel;
            while world.tasks[at].mode == Mode::Kernel {
                world.act(klp_sim::Act::Step(at));
            }
        });
    }
}

/// The kernel thread.
fn worker(world: &klp_sim::World) -> usize {
    let mut tasks = world.tasks.iter();
    let found = tasks.position(|task| task.kind == Kind::Kthread);
    found.expect("the guest has a worker")
}
