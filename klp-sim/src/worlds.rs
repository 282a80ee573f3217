// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that one run of the engine goes through: one in a run by chance; in a search, all
//! those at once that the engine has not told apart so far.
//!
//! A kernel has parts: CPUs, with the tasks that keep to them. All that a part sees of another is
//! what the engine makes of it. So the kernels that there can be are all combinations of what each
//! part can be, and each part is kept by itself.

use crate::digest::{self, Order};
use crate::memory::Accounts;
use crate::search::{Event, Search, Step};
use crate::task::Task;
use crate::world::World;
use foldhash::{HashMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;

/// How a part came to be what it is, the last step first.
pub(crate) type Path = Option<Rc<Step>>;

/// All that a part can be.
#[derive(Clone)]
pub(crate) struct Part {
    pub worlds: Vec<World>,
    /// Whether what others can do in it has been gone through.
    pub closed: bool,
    /// Their digest, if it has.
    pub digest: u64,
}

/// The kernels, and the memory that the engine has in all of them.
pub(crate) struct Worlds {
    parts: Vec<Rc<Part>>,
    pub accounts: Accounts,
    pub search: Option<Search>,
}

impl Worlds {
    /// A run by chance.
    pub fn one(world: World) -> Self {
        Self::new(vec![world], None)
    }

    /// A run of a search.
    pub fn search(parts: Vec<World>, search: Search) -> Self {
        Self::new(parts, Some(search))
    }

    fn new(parts: Vec<World>, search: Option<Search>) -> Self {
        let parts = parts.into_iter().map(|part| Part::new(vec![part]));
        Self {
            parts: parts.collect(),
            accounts: Accounts::default(),
            search,
        }
    }

    /// What is the same in all.
    pub fn first(&mut self) -> &mut World {
        &mut Rc::make_mut(&mut self.parts[0]).worlds[0]
    }

    /// The same happens in all. What is answered is the same in all, too.
    pub fn each<R>(&mut self, mut f: impl FnMut(&mut World) -> R) -> R {
        let parts = self.parts.iter_mut().rev();
        let worlds = parts.flat_map(|part| Part::change(part).iter_mut().rev());
        let answers = worlds.map(|world| f(world));
        answers.last().expect("there is always one")
    }

    /// The same happens to a task in all.
    pub fn around<R>(&mut self, pid: usize, f: impl FnMut(&mut World) -> R) -> R {
        let part = self.part_of(pid);
        let worlds = Part::change(&mut self.parts[part]).iter_mut().rev();
        let answers = worlds.map(f);
        answers.last().expect("there is always one")
    }

    /// The engine is told something of a task that need not be the same in all. The run goes on with
    /// those where it is; others will with the rest.
    pub fn ask<R: Hash + Eq>(&mut self, pid: usize, f: impl Fn(&Task) -> R) -> R {
        let at = self.part_of(pid);
        let answer = f(self.parts[at].worlds[0].task(pid));
        let Some(search) = &mut self.search else {
            return answer;
        };
        search.told(&answer);
        search.forks += 1;
        if search.is_replaying() {
            search.splice(&mut self.parts);
            return answer;
        }
        let mut groups: HashMap<R, Vec<World>> = HashMap::default();
        for world in &self.parts[at].worlds {
            let group = groups.entry(f(world.task(pid))).or_default();
            group.push(world.clone());
        }
        if groups.len() > 1 {
            self.parts[at] = Part::new(groups.remove(&answer).unwrap_or_default());
            search.add(groups.into_values().map(|group| {
                let mut parts = self.parts.clone();
                parts[at] = Part::new(group);
                parts
            }));
        }
        answer
    }

    /// The engine visits a task next, or none.
    pub fn visits(&mut self, pid: Option<usize>) {
        let Some(search) = &mut self.search else { return };
        search.visits(pid);
        if !search.calm {
            search.wait(&mut self.parts);
        }
    }

    /// Keeps tasks from coming and going, which they do in a run by chance only.
    pub fn lock_tasks(&mut self, locked: bool) {
        if self.search.is_none() {
            self.first().tasks_locked = locked;
        }
    }

    /// The tasks of some kind, in order.
    pub fn pids(&self, wanted: impl Fn(&Task) -> bool) -> Vec<usize> {
        let tasks = self.parts.iter().flat_map(|part| &part.worlds[0].tasks);
        let wanted = tasks.filter(|task| wanted(task));
        let mut pids: Vec<_> = wanted.map(|task| task.pid).collect();
        pids.sort_unstable();
        pids
    }

    /// An operation may begin here; all that the engine knows is this.
    pub fn at(&mut self, known: &impl Hash) {
        if let Some(search) = &mut self.search {
            search.forget_all_but(known);
        }
        self.others(&|_| false);
        if let Some(search) = &mut self.search {
            search.wait(&mut self.parts);
        }
    }

    /// From now on others do not go on by themselves.
    pub fn calm(&mut self) {
        if let Some(search) = &mut self.search {
            search.calm = true;
        }
    }

    /// Whether a search goes all ways that others can go.
    pub fn goes_all_ways(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.calm)
    }

    /// Others may go on now. In a search, all that they can do is gone through; who `waits` has to
    /// be done with that before the engine goes on.
    pub fn others(&mut self, waits: &dyn Fn(&Task) -> bool) {
        let Some(search) = self.search.as_mut().filter(|search| !search.calm) else {
            return;
        };
        if search.reach_point(digest::sites(&self.parts[0].worlds[0])) {
            for part in &mut self.parts {
                Rc::make_mut(part).closed = false;
            }
        }
        match search.is_replaying() {
            true => search.replay(&mut self.parts),
            false => search.close(&mut self.parts, waits),
        }
    }

    /// One of several things is to be done; other runs do the others.
    pub fn choose(&mut self, events: &[Event]) -> Option<Event> {
        let search = self.search.as_mut()?;
        search.forks += 1;
        if search.is_replaying() {
            let event = search.next_event();
            search.splice(&mut self.parts);
            return event;
        }
        let (first, others) = events.split_first()?;
        let with = |event: &Event| {
            let parts = self.parts.iter();
            let parts = parts.map(|part| {
                let mut part = part.clone();
                let worlds = Part::change(&mut part).iter_mut();
                worlds.for_each(|world| world.goes(search.points, *event));
                part
            });
            parts.collect::<Vec<_>>()
        };
        search.add(others.iter().map(with));
        self.parts = with(first);
        Some(*first)
    }

    /// What has become the same is one from now on.
    pub fn merge(&mut self) {
        let Some(search) = &self.search else { return };
        for part in &mut self.parts {
            let mut seen = HashSet::default();
            Rc::make_mut(part)
                .worlds
                .retain(|world| seen.insert(search.digest(world)));
        }
    }

    /// Ends a search at the first kernel in which something does not hold.
    pub fn check(&self) {
        if let Some(search) = &self.search {
            search.check(&self.parts);
        }
    }

    fn part_of(&self, pid: usize) -> usize {
        let mut parts = self.parts.iter();
        let part = parts.position(|part| part.worlds[0].index(pid).is_some());
        part.expect("tasks stay while the list is locked")
    }
}

impl Part {
    fn new(worlds: Vec<World>) -> Rc<Self> {
        Rc::new(Self {
            worlds,
            closed: false,
            digest: 0,
        })
    }

    /// What it can be there and here.
    pub fn join(this: &mut Rc<Self>, other: &Self) {
        if this.digest == other.digest {
            return;
        }
        let mut seen: HashSet<_> = this.digests().collect();
        let this = Rc::make_mut(this);
        for world in &other.worlds {
            let digest = digest::world(world, Order::Kept);
            if seen.insert(digest) {
                this.digest = this.digest.wrapping_add(digest);
                this.worlds.push(world.clone());
            }
        }
    }

    pub fn digests(&self) -> impl Iterator<Item = u64> {
        let worlds = self.worlds.iter();
        worlds.map(|world| digest::world(world, Order::Kept))
    }

    /// What is about to change.
    fn change(part: &mut Rc<Self>) -> &mut Vec<World> {
        let part = Rc::make_mut(part);
        part.closed = false;
        &mut part.worlds
    }
}

impl World {
    /// Takes down what happens at a point.
    pub(crate) fn goes(&mut self, point: u32, event: Event) {
        let before = self.path.take();
        self.path = Some(Rc::new(Step {
            before,
            point,
            event,
        }));
    }

    pub(crate) fn task(&self, pid: usize) -> &Task {
        let at = self.index(pid);
        &self.tasks[at.expect("tasks stay while the list is locked")]
    }

    pub(crate) fn task_mut(&mut self, pid: usize) -> &mut Task {
        let at = self.index(pid);
        &mut self.tasks[at.expect("tasks stay while the list is locked")]
    }
}
