// SPDX-License-Identifier: GPL-2.0-only
//! A simulated machine: the kernel, klp's engine in it, and an administrator.

use crate::catalog::Catalog;
use crate::choice::Choices;
use crate::platform::Sim;
use crate::world::{Act, Config, Module, World};
use crate::worlds::Worlds;
use klp_runtime::{Engine, Error, PatchSpec, Phase, Policy, Target};
use std::sync::OnceLock;

/// Something that an administrator does, or a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Loads the module of a patch, which enables it.
    Enable(usize),
    /// Writes to a patch's `enabled`.
    SetEnabled(usize, bool),
    /// Writes to a patch's `force`.
    Force(usize),
    /// Loads a module.
    Load(&'static str),
    /// Unloads a module that nobody is in.
    Unload(&'static str),
    /// Loads a patch of another core's, which may redirect calls as well.
    Reroute,
    /// The timer that the engine asked for.
    Tick,
}

/// The machine.
pub struct Machine {
    engine: Engine<Sim>,
    sim: Sim,
    specs: &'static [PatchSpec],
}

impl Machine {
    /// A machine that has booted.
    pub fn new(config: Config, choices: Choices, policy: Policy) -> Self {
        Self::with_sim(
            config.catalog,
            Sim::new(World::new(config, choices)),
            policy,
        )
    }

    /// The machine around a kernel.
    pub(crate) fn with_sim(catalog: &'static Catalog, sim: Sim, policy: Policy) -> Self {
        Self {
            engine: Engine::new(sim.clone(), policy),
            sim,
            specs: specs(catalog),
        }
    }

    /// The engine.
    pub const fn engine(&self) -> &Engine<Sim> {
        &self.engine
    }

    /// A handle on the kernel.
    pub fn sim(&self) -> Sim {
        self.sim.clone()
    }

    /// Whether a patch can be tried to be enabled: a module is not loaded twice, unless to see the
    /// engine refuse a patch that is enabled.
    pub fn may_enable(&self, patch: usize) -> bool {
        let enabled = self.engine.patch(self.specs[patch].name).is_some();
        enabled || self.with(|world| world.is_gone(patch))
    }

    /// Looks at the kernel, or changes it.
    pub fn with<R>(&self, f: impl FnOnce(&mut World) -> R) -> R {
        self.sim.with(f)
    }

    /// What can be done now that is not refused out of hand.
    pub fn ops(&self) -> Vec<Op> {
        let mut ops = Vec::new();
        for patch in 0..self.specs.len() {
            let name = self.specs[patch].name;
            match self.engine.patch(name) {
                Some(enabled) => ops.push(Op::SetEnabled(patch, !enabled.enabled())),
                None if self.with(|world| world.is_gone(patch)) => ops.push(Op::Enable(patch)),
                None => {}
            }
        }
        let modules = self.with(|world| world.config.catalog.modules);
        for module in modules {
            let state = self.with(|world| world.modules.get(module).copied());
            match state {
                None => ops.push(Op::Load(module)),
                Some(_) if self.with(|world| world.is_unused(module)) => {
                    ops.push(Op::Unload(module));
                }
                Some(_) => {}
            }
        }
        ops
    }

    /// Does it, and checks what must hold afterwards.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn run(&mut self, op: Op) -> Result<(), Error> {
        let before = self.digest();
        let idle = self.engine.phase() == Phase::Idle;
        let result = match op {
            Op::Enable(patch) => self.enable(patch, idle),
            Op::SetEnabled(patch, enabled) => self.set_enabled(patch, enabled, idle),
            Op::Force(patch) => self.engine.force(self.specs[patch].name),
            Op::Load(module) => self.load(module),
            Op::Unload(module) => self.unload(module),
            Op::Reroute => self.engine.reroute(),
            Op::Tick => self.tick(),
        };
        let is_idle = self.engine.phase() == Phase::Idle;
        self.sim
            .each(|world| world.oracle.operation_over(is_idle, result.is_err()));
        if result.is_err() && self.digest() != before {
            let after = self.digest();
            self.violated(format!(
                "{op:?} was refused and changed {before} to {after}"
            ));
        }
        self.check_settled();
        result
    }

    fn enable(&mut self, patch: usize, idle: bool) -> Result<(), Error> {
        if idle && self.engine.patch(self.specs[patch].name).is_none() {
            self.sim.each(|world| {
                let World { oracle, tasks, .. } = world;
                oracle.enabling(world.config.catalog, patch, tasks);
            });
        }
        let compatible = self.with(|w| w.oracle.is_compatible(w.config.catalog, patch));
        let enabled = self.engine.enable(&self.specs[patch], patch);
        if enabled.is_ok() && !compatible {
            self.violated(format!("patch {patch} does not know the states there are"));
        }
        enabled
    }

    fn set_enabled(&mut self, patch: usize, enabled: bool, idle: bool) -> Result<(), Error> {
        let name = self.specs[patch].name;
        let top = self.engine.patches().last().map(|patch| patch.name());
        if idle && !enabled && top == Some(name) {
            self.sim.each(|world| {
                let World { oracle, tasks, .. } = world;
                oracle.disabling(world.config.catalog, patch, tasks);
            });
        }
        self.engine.set_enabled(name, enabled)
    }

    fn load(&mut self, module: &'static str) -> Result<(), Error> {
        self.sim
            .each(|world| world.modules.insert(module, Module::Coming));
        let loaded = self.engine.module_coming(module, module);
        self.sim.each(|world| match loaded {
            Ok(()) => world.modules.insert(module, Module::Live),
            Err(_) => world.modules.remove(module),
        });
        loaded
    }

    fn unload(&mut self, module: &'static str) -> Result<(), Error> {
        self.sim
            .each(|world| world.modules.insert(module, Module::Going));
        let unloaded = self.engine.module_going(module);
        self.sim.each(|world| world.modules.remove(module));
        unloaded
    }

    fn tick(&mut self) -> Result<(), Error> {
        self.sim.each(|world| {
            if let Some(retry) = world.retry.take() {
                world.now = world.now.max(retry);
            }
        });
        self.engine.retry()
    }

    /// Whether the engine has asked to be called again.
    pub fn wants_tick(&self) -> bool {
        self.with(|world| world.retry.is_some())
    }

    /// One thing happens in the kernel, if anything can.
    pub fn act(&self) {
        self.with(|world| {
            let acts = world.acts();
            if !acts.is_empty() {
                let next = world.choices.pick(acts.len());
                world.act(acts[next]);
            }
        });
    }

    /// This happens in the kernel.
    pub fn do_act(&self, act: Act) {
        self.with(|world| world.act(act));
    }

    /// What did not hold, if anything.
    pub fn violation(&self) -> Option<String> {
        self.sim.worlds(|worlds| worlds.violation())
    }

    fn violated(&self, what: String) {
        self.sim.each(|world| world.oracle.violated(what.clone()));
        self.sim.worlds(|worlds| worlds.check());
    }

    /// All of the state that a refused operation may not change.
    fn digest(&self) -> String {
        let patches: Vec<_> = self
            .engine
            .patches()
            .map(|patch| (patch.name(), patch.enabled()))
            .collect();
        let phase = self.engine.phase();
        self.with(|world| {
            let states = match phase {
                // Tasks come and go while none is in transition.
                Phase::Idle => world.all_undefined().to_string(),
                _ => String::new(),
            };
            format!(
                "{patches:?} {phase:?} {:?} {:?} {:?} {:?} {} {states}",
                world.acquired,
                world.relocated,
                world.modules,
                world.targets(),
                world.oracle.pairs(),
            )
        })
    }

    /// What must hold when there is no transition: all calls go where they should, by no detour,
    /// and nothing of the transition is left.
    fn check_settled(&self) {
        if self.engine.phase() != Phase::Idle {
            return;
        }
        let enabled: Vec<_> = self.engine.patches().map(|patch| patch.module()).collect();
        self.sim.each(|world| {
            let catalog = world.config.catalog;
            if world.oracle.settled() != Some(&enabled[..]) {
                world
                    .oracle
                    .violated(format!("{enabled:?} are enabled, and should not be"));
            }
            if !world.all_undefined() {
                world
                    .oracle
                    .violated("tasks have a state without a transition".into());
            }
            for function in 0..catalog.functions.len() {
                let expected = world.oracle.expected(catalog, function);
                let expected =
                    expected.filter(|_| world.is_live(catalog.functions[function].object));
                let old = catalog.old(function).code.start;
                let redirected = expected.filter(|start| *start != old);
                if world.redirected(function) != redirected {
                    let is = world.redirected(function);
                    let what = format!("calls of {function} go to {is:x?}, not {redirected:x?}");
                    world.oracle.violated(what);
                }
            }
        });
    }

    /// Brings everything to its end: transitions, patches, modules; then nothing may be left.
    pub fn wind_up(mut self) -> Option<String> {
        self.sim.each(|world| {
            world.config.faults = false;
            world.config.lively = false;
        });
        while let (None, Some(patch)) = (self.violation(), self.engine.patches().last()) {
            let (patch, enabled) = (patch.module(), patch.enabled());
            if self.engine.phase() == Phase::Idle || enabled {
                let _ = self.run(Op::SetEnabled(patch, false));
            }
            self.settle();
        }
        for module in self.with(|world| world.modules.clone()).into_keys() {
            self.settle_module(module);
            let _ = self.run(Op::Unload(module));
        }
        let Self { engine, sim, .. } = self;
        drop(engine);
        sim.with(|world| {
            let (live, acquired) = (world.accounts.live(), world.forgotten());
            if live > 0 || acquired > 0 {
                let what = format!("{live} pieces of memory and {acquired} modules are left");
                world.oracle.violated(what);
            }
            world.oracle.violation().map(str::to_owned)
        })
    }

    /// Lets time pass until the transition is over, and the engine wants nothing more.
    pub fn settle(&mut self) {
        for _ in 0..200 {
            let over = self.engine.phase() == Phase::Idle && !self.wants_tick();
            if over || self.violation().is_some() {
                return;
            }
            self.sim.each(World::everybody_goes_on);
            self.sim.worlds(Worlds::merge);
            let _ = self.run(Op::Tick);
        }
        let phase = self.engine.phase();
        self.violated(format!(
            "the transition does not come to its end: {phase:?}"
        ));
    }

    fn settle_module(&self, module: &str) {
        for _ in 0..200 {
            if self.with(|world| world.is_unused(module)) {
                return;
            }
            self.sim.each(World::everybody_goes_on);
        }
        self.violated(format!("{module} stays in use"));
    }

    /// Where the transition leads, if there is one.
    pub const fn target(&self) -> Option<Target> {
        self.engine.phase().target()
    }
}

/// The patches of a catalogue, made once.
fn specs(catalog: &'static Catalog) -> &'static [PatchSpec] {
    /// By the address of the catalogue.
    type Made = Vec<(usize, &'static [PatchSpec])>;
    static SPECS: OnceLock<std::sync::Mutex<Made>> = OnceLock::new();
    let key = std::ptr::from_ref(catalog).addr();
    let mut made = SPECS
        .get_or_init(Default::default)
        .lock()
        .unwrap_or_else(|e| e.into_inner());
    if let Some((_, specs)) = made.iter().find(|(of, _)| *of == key) {
        return specs;
    }
    let specs = catalog.specs();
    made.push((key, specs));
    specs
}
