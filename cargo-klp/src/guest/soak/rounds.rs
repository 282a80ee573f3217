// SPDX-License-Identifier: GPL-2.0-only
//! What is done to the patches: in each round two of them, in three ways.

use std::{fs, io::ErrorKind, sync::atomic::Ordering};

use super::{
    Soak,
    versions::{self, Set},
};
use crate::guest::{files, modules, step::Print, transition};

/// The patches, on the versions that they leave to be active.
const FIRST: &str = "first";
const SECOND: &str = "second";
const ALL: &str = "all";

/// A round.
pub struct Rounds<'a, 'p> {
    soak: &'a Soak,
    print: Print<'p>,
    /// What was enabled before, the last one last.
    enabled: Vec<&'static str>,
}

impl<'a, 'p> Rounds<'a, 'p> {
    pub fn new(soak: &'a Soak, print: Print<'p>) -> Self {
        Self {
            soak,
            print,
            enabled: vec!["original"],
        }
    }

    /// One of each way.
    pub fn one(&mut self) -> Result<(), String> {
        self.stacked()?;
        self.replaced()?;
        self.turned_round()
    }

    /// One on top of the other, disabled from the top.
    fn stacked(&mut self) -> Result<(), String> {
        self.enable(FIRST)?;
        self.enable(SECOND)?;
        self.refuse_to_switch_ftrace_off();
        self.disable(SECOND)?;
        self.disable(FIRST)
    }

    /// One in place of the other.
    fn replaced(&mut self) -> Result<(), String> {
        self.enable(FIRST)?;
        self.enable(ALL)?;
        self.enabled.retain(|name| *name != FIRST);
        self.unload(FIRST)?;
        self.disable(ALL)
    }

    /// One disabled before, or just after, it was wholly enabled.
    fn turned_round(&mut self) -> Result<(), String> {
        self.enable(FIRST)?;
        self.load(SECOND)?;
        self.disable(SECOND)?;
        self.disable(FIRST)
    }

    fn enable(&mut self, name: &'static str) -> Result<(), String> {
        self.load(name)?;
        transition::wait_transition(&module(name), self.print)?;
        self.soak.versions.set(self.top());
        Ok(())
    }

    fn load(&mut self, name: &'static str) -> Result<(), String> {
        let before = self.top();
        self.enabled.push(name);
        self.soak.versions.set(before | self.top());
        modules::insmod(&format!("{}.ko", module(name)), "")
    }

    /// Disables and unloads the patch on top.
    fn disable(&mut self, name: &'static str) -> Result<(), String> {
        let before = self.top();
        self.enabled.retain(|other| *other != name);
        self.soak.versions.set(before | self.top());
        files::echo("0", &format!("/sys/kernel/klp/{}/enabled", module(name)))?;
        self.unload(name)?;
        self.soak.versions.set(self.top());
        Ok(())
    }

    fn unload(&self, name: &str) -> Result<(), String> {
        transition::wait_gone(&module(name))?;
        modules::rmmod(&module(name))?;
        self.soak.tally.cycles.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Without ftrace there would be no patches any more.
    fn refuse_to_switch_ftrace_off(&self) {
        match fs::write("/proc/sys/kernel/ftrace_enabled", "0") {
            Err(error) if error.kind() == ErrorKind::ResourceBusy => {
                self.soak.tally.refused.fetch_add(1, Ordering::Relaxed);
            }
            other => self
                .soak
                .complain(format!("switching ftrace off gave {other:?}")),
        }
    }

    /// The version that is active when no transition is under way.
    fn top(&self) -> Set {
        let top = self.enabled.last().and_then(|name| versions::named(name));
        top.unwrap_or_default()
    }
}

fn module(name: &str) -> String {
    format!("soak_{name}")
}
