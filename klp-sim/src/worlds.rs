// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that one run of the engine goes through: one in a run by chance; in a search, all
//! those at once that the engine has not told apart so far.

use crate::digest;
use crate::memory::Accounts;
use crate::search::{Event, Job, Search, Step};
use crate::task::Task;
use crate::world::World;
use foldhash::HashMap;
use std::hash::Hash;
use std::mem;
use std::rc::Rc;

/// How a kernel came to be, the last step first.
pub(crate) type Path = Option<Rc<Step>>;

/// The kernels, and what the engine has in all of them.
pub(crate) struct Worlds {
    here: Vec<World>,
    pub accounts: Accounts,
    pub search: Option<Search>,
}

impl Worlds {
    /// A run by chance.
    pub fn one(world: World) -> Self {
        Self::new(world, None)
    }

    /// A part of a search.
    pub fn search(world: World, search: Search) -> Self {
        Self::new(world, Some(search))
    }

    fn new(world: World, search: Option<Search>) -> Self {
        Self {
            here: vec![world],
            accounts: Accounts::default(),
            search,
        }
    }

    /// The same happens in all. What is answered is the same in all, too.
    pub fn each<R>(&mut self, mut f: impl FnMut(&mut World) -> R) -> R {
        if let Some(search) = &mut self.search {
            search.changed = true;
        }
        let (first, others) = self.here.split_at_mut(1);
        for world in others {
            f(world);
        }
        f(&mut first[0])
    }

    /// The same happens in all, and nobody can tell.
    pub fn each_unnoticed<R>(&mut self, f: impl FnMut(&mut World) -> R) -> R {
        let changed = self.search.as_ref().is_some_and(|search| search.changed);
        let answer = self.each(f);
        if let Some(search) = &mut self.search {
            search.changed = changed;
        }
        answer
    }

    /// The engine learns something that need not be the same in all. The run goes on with those
    /// where it is; others will with the rest.
    pub fn learn<R: Hash + Eq>(&mut self, f: impl Fn(&World) -> R) -> R {
        let first = f(&self.here[0]);
        let Some(search) = &mut self.search else {
            return first;
        };
        search.told(&first);
        search.forks += 1;
        if search.is_replaying() {
            search.splice(&mut self.here);
            return first;
        }
        let mut groups: HashMap<R, Vec<World>> = HashMap::default();
        for world in mem::take(&mut self.here) {
            groups.entry(f(&world)).or_default().push(world);
        }
        self.here = groups.remove(&first).unwrap_or_default();
        search.changed |= !groups.is_empty();
        let fork = search.forks;
        search.add(groups.into_values().map(|worlds| Job { worlds, fork }));
        first
    }

    /// An operation may begin here; all that the engine knows is this.
    pub fn at(&mut self, known: &impl Hash) {
        if let Some(search) = &mut self.search {
            search.forget_all_but(known);
        }
        self.others(&|_| false);
    }

    /// From now on others do not go on by themselves.
    pub fn calm(&mut self) {
        if let Some(search) = &mut self.search {
            search.calm = true;
        }
    }

    /// Whether a handler may look at a task's state, or a task be about to set its own.
    pub fn in_transition(&self) -> bool {
        let leaving = |task: &Task| matches!(task.mode, crate::task::Mode::Leaving(_));
        let tasks = |world: &World| world.tasks.iter().any(|task| task.pending || leaving(task));
        digest::in_transition(&self.here[0]) || self.here.iter().any(tasks)
    }

    /// Whether they do not.
    pub fn is_calm(&self) -> bool {
        self.search.as_ref().is_some_and(|search| search.calm)
    }

    /// Others may go on now. In a search, all that they can do is gone through; who `waits` has to
    /// be done with that before the engine goes on.
    pub fn others(&mut self, waits: &dyn Fn(&Task) -> bool) {
        let Some(search) = self.search.as_mut().filter(|search| !search.calm) else {
            return;
        };
        search.points += 1;
        let sites = digest::sites(&self.here[0]);
        search.does(&sites);
        let changed = mem::take(&mut search.changed) || sites != search.sites;
        search.sites = sites;
        match search.is_replaying() {
            true => search.replay(&mut self.here[0]),
            false if changed => search.close(&mut self.here, waits),
            false => {}
        }
    }

    /// One of several things is to be done; other runs do the others.
    pub fn choose(&mut self, events: &[Event]) -> Option<Event> {
        let search = self.search.as_mut()?;
        search.forks += 1;
        if search.is_replaying() {
            let event = search.next_event();
            search.splice(&mut self.here);
            return event;
        }
        let (first, others) = events.split_first()?;
        let (fork, point) = (search.forks, search.points);
        let jobs = others.iter().map(|event| {
            let mut worlds = self.here.clone();
            worlds.iter_mut().for_each(|world| world.goes(point, *event));
            Job { worlds, fork }
        });
        search.add(jobs);
        let here = &mut self.here;
        here.iter_mut().for_each(|world| world.goes(point, *first));
        Some(*first)
    }

    /// Kernels that have become the same are one from now on.
    pub fn merge(&mut self) {
        let Some(search) = &self.search else { return };
        let mut seen = foldhash::HashSet::default();
        self.here
            .retain(|world| seen.insert(search.digest(world)));
    }

    /// Ends a search at the first kernel in which something does not hold.
    pub fn check(&self) {
        if let Some(search) = &self.search {
            self.here.iter().for_each(|world| search.check(world));
        }
    }
}

impl World {
    pub(crate) fn goes(&mut self, point: u32, event: Event) {
        let before = self.path.take();
        self.path = Some(Rc::new(Step {
            before,
            point,
            event,
        }));
    }
}
