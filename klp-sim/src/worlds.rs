// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that one run of the engine goes through: one in a run by chance; in a
//! [search](crate::search), all those at once that the engine has not told apart so far.
//!
//! A kernel has parts: CPUs, with the tasks that keep to them. All that a part sees of another is
//! what the engine makes of it. So the kernels that there can be are all combinations of what each
//! part can be, and each part is kept by itself.

use crate::digest::{self, Map, Set};
use crate::path::{Event, Path};
use crate::search::Search;
use crate::task::Task;
use crate::world::World;
use klp_runtime::Line;
use std::hash::Hash;
use std::rc::Rc;

/// The kernels.
pub(crate) struct Worlds {
    parts: Vec<Rc<Part>>,
    pub search: Option<Search>,
}

/// All that a part can be.
#[derive(Clone)]
pub(crate) struct Part {
    /// Never none.
    pub worlds: Vec<World>,
    /// Whether all that can happen in it is in it.
    pub closed: bool,
    /// Their digests, if so.
    pub digests: Vec<u64>,
    /// The digest of all of them, if so.
    pub digest: u64,
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
        let parts = parts.into_iter().map(|part| Part::open(vec![part]));
        Self {
            parts: parts.collect(),
            search,
        }
    }

    /// One of them, for what is the same in all.
    pub fn first(&mut self) -> &mut World {
        &mut Rc::make_mut(&mut self.parts[0]).worlds[0]
    }

    /// One of them, for what is the same in all of a task.
    pub fn one_with(&self, pid: usize) -> &World {
        &self.parts[self.part_of(pid)].worlds[0]
    }

    /// The same happens in all. What is answered is the same in all, too.
    pub fn each<R>(&mut self, f: impl FnMut(&mut World) -> R) -> R {
        let parts = self.parts.iter_mut().rev();
        let worlds = parts.flat_map(|part| Part::change(part).iter_mut().rev());
        let answers = worlds.map(f);
        answers.last().expect("there is always one")
    }

    /// The same happens to a task in all.
    pub fn around<R>(&mut self, pid: usize, f: impl FnMut(&mut World) -> R) -> R {
        let at = self.part_of(pid);
        let worlds = Part::change(&mut self.parts[at]).iter_mut().rev();
        worlds.map(f).last().expect("there is always one")
    }

    /// The engine is told something of a task that need not be the same in all. The run goes on with
    /// those where it is; others will with the rest.
    pub fn ask<R>(&mut self, pid: usize, f: impl Fn(&Task) -> R) -> R
    where
        R: Clone + Hash + Eq + 'static,
    {
        let at = self.part_of(pid);
        let answer = f(self.parts[at].worlds[0].task(pid));
        let Some(search) = &mut self.search else {
            return answer;
        };
        if let Some(answer) = search.replay::<R>(&mut self.parts) {
            search.told(&answer);
            return answer;
        }
        let mut groups: Map<R, Vec<World>> = Map::default();
        for world in &self.parts[at].worlds {
            let group = groups.entry(f(world.task(pid))).or_default();
            group.push(world.clone());
        }
        if groups.len() > 1 {
            self.parts[at] = Part::open(groups.remove(&answer).unwrap_or_default());
            for (answer, group) in groups {
                let mut parts = self.parts.clone();
                parts[at] = Part::open(group);
                search.leave(parts, answer);
            }
        }
        search.told(&answer);
        search.answered(answer.clone());
        answer
    }

    /// The engine visits a task next, or none.
    pub fn visits(&mut self, pid: Option<usize>) {
        if let Some(search) = &mut self.search {
            search.visits(pid);
        }
        self.meet();
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
    pub fn begin(&mut self, known: &impl Hash) {
        if let Some(search) = &mut self.search {
            search.forget_all_but(known);
        }
        self.meet();
    }

    /// Others go on, and runs meet.
    fn meet(&mut self) {
        self.others(&|_| false);
        if let Some(search) = &mut self.search {
            search.meet(&mut self.parts);
        }
    }

    /// One of several things is to be done; other runs do the others.
    pub fn choose(&mut self, events: Vec<Event>) -> Option<Event> {
        let search = self.search.as_mut()?;
        if let Some(event) = search.replay(&mut self.parts) {
            return Some(event);
        }
        let parts = self.parts.clone();
        let mut all = events.into_iter().map(|event| {
            let mut parts = parts.clone();
            let worlds = parts.iter_mut().flat_map(Part::change);
            worlds.for_each(|world| world.goes(event.clone()));
            (parts, event)
        });
        let (parts, event) = all.next()?;
        all.for_each(|(parts, event)| search.leave(parts, event));
        self.parts = parts;
        search.answered(event.clone());
        Some(event)
    }

    /// Others may go on now. In a search, all that they can do is gone through; who `waits` has to
    /// be done with that before the engine goes on.
    pub fn others(&mut self, waits: &dyn Fn(&Task) -> bool) {
        let Some(search) = self.search.as_mut().filter(|search| !search.calm) else {
            return;
        };
        if search.reach(digest::sites(&self.parts[0].worlds[0])) {
            for part in &mut self.parts {
                Rc::make_mut(part).closed = false;
            }
        }
        if !search.is_replaying() {
            search.close(&mut self.parts, waits);
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

    /// What has become the same is one from now on.
    pub fn merge(&mut self) {
        if self.search.is_some() {
            for part in &mut self.parts {
                let mut seen = Set::default();
                let worlds = &mut Rc::make_mut(part).worlds;
                worlds.retain(|world| seen.insert(digest::world(world)));
            }
        }
    }

    /// The engine prints a line.
    pub fn say(&mut self, line: &Line<'_>) {
        if self.search.is_some() {
            let line: Rc<str> = line.to_string().into();
            self.each(|world| world.goes(Event::Line(line.clone())));
        }
    }

    /// What does not hold. A search ends by itself where that is.
    pub fn violation(&mut self) -> Option<String> {
        match self.search {
            Some(_) => None,
            None => self.first().oracle.violation().map(str::to_owned),
        }
    }

    /// Ends a search at a kernel in which something does not hold.
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
    /// This, and what can still happen.
    pub fn open(worlds: Vec<World>) -> Rc<Self> {
        Rc::new(Self {
            worlds,
            closed: false,
            digests: Vec::new(),
            digest: 0,
        })
    }

    /// This, with digests, and nothing can happen that is not in it.
    pub fn closed(worlds: impl Iterator<Item = (u64, World)>) -> Rc<Self> {
        let (digests, worlds): (Vec<_>, _) = worlds.unzip();
        Rc::new(Self {
            digest: digests.iter().copied().fold(0, u64::wrapping_add),
            digests,
            worlds,
            closed: true,
        })
    }

    /// What it can be here, or there.
    pub fn join(this: &mut Rc<Self>, other: &Self) {
        if this.digest == other.digest {
            return;
        }
        let mut seen = Set::default();
        let all = [this, other].into_iter().flat_map(|part| {
            let digests = part.digests.iter().copied();
            digests.zip(&part.worlds)
        });
        let all = all.filter(|(digest, _)| seen.insert(*digest));
        *this = Self::closed(all.map(|(digest, world)| (digest, world.clone())));
    }

    /// What is about to change.
    fn change(part: &mut Rc<Self>) -> &mut Vec<World> {
        let part = Rc::make_mut(part);
        part.closed = false;
        &mut part.worlds
    }
}

impl World {
    /// Takes down what happens.
    pub(crate) fn goes(&mut self, event: Event) {
        self.path.get_or_insert_with(Path::default).push(event);
    }
}
