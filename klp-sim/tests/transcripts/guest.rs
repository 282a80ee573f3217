// SPDX-License-Identifier: GPL-2.0-only
//! The guest of a transcript: the steps that it runs, the time that passes in it, and what it prints.

use crate::catalog::EXAMPLES;
use crate::effects::Effects;
use crate::shell::Output;
use cargo_klp::vm::{Source, Step, StepLine, StepResult};
use klp_runtime::{Phase, Policy};
use klp_sim::choice::Choices;
use klp_sim::{Act, Config, Event, Machine, Op};
use std::collections::BTreeSet;

/// A running guest.
pub struct Guest {
    pub machine: Machine,
    /// When the busy module's work is over, if it is under way.
    pub work_ends: Option<u64>,
    /// The patches whose modules are loaded.
    pub loaded: BTreeSet<&'static str>,
    pub effects: Effects,
    lines: Vec<StepLine>,
    /// Whether the engine's lines for debugging are shown.
    debug: bool,
}

impl Guest {
    /// A guest that has booted: nothing happens in it by chance.
    pub fn boot(debug: bool) -> Self {
        let config = Config {
            catalog: &EXAMPLES,
            cpus: 2,
            users: 2,
            kthreads: 1,
            most_tasks: 8,
            faults: false,
            lively: false,
        };
        let machine = Machine::new(config, Choices::replay(Vec::new()), Policy::default());
        let mut guest = Self {
            machine,
            work_ends: None,
            loaded: BTreeSet::new(),
            effects: Effects::none(),
            lines: Vec::new(),
            debug,
        };
        guest.let_worker_go_on();
        guest
    }

    /// Runs a step.
    pub fn step(&mut self, step: &Step) -> StepResult {
        let output = self.command(&step.command);
        self.show();
        let status = Some(i32::from(output.is_err()));
        for text in output.unwrap_or_else(|error| vec![error]) {
            self.print(Source::Command, text);
        }
        StepResult {
            command: step.command.clone(),
            quiet: step.quiet,
            status,
            lines: std::mem::take(&mut self.lines),
        }
    }
}

/// Time.
impl Guest {
    /// Nanoseconds since boot.
    pub fn now(&self) -> u64 {
        self.machine.with(|world| world.now)
    }

    /// Waits until no patch is in transition.
    pub fn settle(&mut self) -> Output {
        // By far longer than any work.
        let deadline = self.now() + 60_000_000_000;
        while self.machine.engine().phase() != Phase::Idle {
            match self.next_moment() {
                Some(next) if next <= deadline => self.advance(next),
                _ => return Err("the transition does not come to its end".into()),
            }
        }
        Ok(Vec::new())
    }

    /// When something happens by itself next: the engine's timer, or the end of the work.
    fn next_moment(&self) -> Option<u64> {
        let retry = self.machine.with(|world| world.retry);
        retry.into_iter().chain(self.work_ends).min()
    }

    /// Lets time pass until then.
    pub fn advance(&mut self, end: u64) {
        while let Some(next) = self.next_moment().filter(|next| *next <= end) {
            self.machine.with(|world| world.now = next);
            if self.work_ends == Some(next) {
                self.end_work();
            } else {
                self.let_cpus_go_on();
                // Nobody is told what a timer comes to.
                let _ = self.machine.run(Op::Tick);
            }
        }
        self.machine.with(|world| world.now = world.now.max(end));
    }

    /// Lets the idle tasks, which alone are on CPUs, do what they have to.
    fn let_cpus_go_on(&self) {
        self.machine.with(|world| {
            let step = |act: &Act| matches!(act, Act::Step(_));
            while let Some(step) = world.acts().into_iter().find(step) {
                world.act(step);
            }
        });
    }
}

/// What is printed.
impl Guest {
    /// The kernel or a module prints a line.
    pub fn kernel(&mut self, text: String) {
        self.show();
        self.print(Source::Kernel, text);
    }

    /// Prints what the engine and the callbacks have to say.
    pub fn show(&mut self) {
        for event in self.machine.with(|world| world.take_events()) {
            let text = match event {
                Event::Line { debug, .. } if debug && !self.debug => None,
                Event::Line { text, .. } => Some(format!("livepatch: {text}")),
                Event::Callback(called) => self.effects.called(&called),
            };
            if let Some(text) = text {
                self.print(Source::Kernel, text);
            }
        }
    }

    fn print(&mut self, source: Source, text: String) {
        let time = None;
        self.lines.push(StepLine { source, time, text });
    }

    /// What did not hold, or is left.
    pub fn shut_down(self) -> Option<String> {
        self.machine.wind_up()
    }
}
