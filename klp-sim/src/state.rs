// SPDX-License-Identifier: GPL-2.0-only
//! What a simulated kernel is asked when nothing is happening in it.

use crate::task::{Kind, Mode};
use crate::world::{Module, World};
use klp_runtime::PatchState;

impl World {
    /// Whether no task has a patch state or a pending flag.
    pub(crate) fn all_undefined(&self) -> bool {
        let undefined = PatchState::Undefined.into();
        let mut tasks = self.tasks.iter();
        tasks.all(|task| task.state == undefined && !task.pending)
    }

    /// Where calls of a function go; `None` when nothing redirects them.
    pub fn redirected(&self, function: usize) -> Option<usize> {
        let site = self.sites[function];
        let old = self.config.catalog.old(function).code.start;
        site.direct.or_else(|| {
            // SAFETY: the stack stays where it is while its handler is attached.
            let stack = unsafe { &*site.handler? };
            Some(stack.choose(|| PatchState::Undefined).unwrap_or(old))
        })
    }

    /// Where calls of all functions go.
    pub(crate) fn targets(&self) -> Vec<Option<usize>> {
        (0..self.sites.len())
            .map(|function| self.redirected(function))
            .collect()
    }

    /// Whether a patch's module is not loaded.
    pub(crate) fn is_gone(&self, patch: usize) -> bool {
        !self.acquired.contains(&patch) && !self.oracle.is_forced(patch)
    }

    /// How many modules of patches are held that need not be.
    pub(crate) fn forgotten(&self) -> usize {
        let forced = |patch: &&usize| self.oracle.is_forced(**patch);
        self.acquired.iter().filter(|patch| !forced(patch)).count()
    }

    /// Whether a module is loaded and no task is in its functions, or in what replaces them.
    pub(crate) fn is_unused(&self, module: &str) -> bool {
        let catalog = self.config.catalog;
        let of_module = |function: usize| catalog.functions[function].object == module;
        let uses = |task: &crate::task::Task| task.calls(catalog).any(of_module);
        self.modules.get(module) == Some(&Module::Live) && !self.tasks.iter().any(uses)
    }

    /// Lets each task go on for a while, in turn, on one CPU.
    pub fn everybody_goes_on(&mut self) {
        for pid in self.tasks.iter().map(|task| task.pid).collect::<Vec<_>>() {
            let Some(at) = self.index(pid) else { continue };
            self.goes_on(at);
        }
    }

    fn goes_on(&mut self, at: usize) {
        let idle = matches!(self.tasks[at].kind, Kind::Idle(_));
        if idle && !self.tasks[at].running {
            // Its CPU is offline, or has something else to do.
            return;
        }
        self.tasks[at].unreliable = false;
        if self.tasks[at].mode == Mode::Asleep {
            self.wake(at);
        }
        let mut steps = 0;
        while steps < 100 && self.tasks[at].mode != Mode::Asleep {
            self.step(at);
            steps += 1;
            let task = &self.tasks[at];
            if task.mode == Mode::Outside && (idle || steps > 1) {
                break;
            }
        }
        if !idle {
            self.take_off(at);
        }
    }
}
