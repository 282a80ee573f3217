// SPDX-License-Identifier: GPL-2.0-only
//! The functions of the kernel whose calls are redirected, and by which route each is.

use crate::memory::{Boxed, List};
use crate::patch::{Live, Patch};
use crate::redirect::{FuncStack, Node};
use crate::{Error, OldFunc, Platform};
use core::ptr::NonNull;

/// How calls of a function are redirected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// A handler chooses for each call.
    Handler,
    /// They go straight to the new function on top.
    Direct,
}

/// One function with replacements (`struct klp_ops`).
struct Site<P: Platform> {
    old: OldFunc,
    stack: FuncStack,
    hook: P::Hook,
    route: Route,
    /// Whether tasks may have been made to switch while they were in the old function.
    forced: bool,
}

/// All functions with replacements.
///
/// # Invariants
/// A site has at least one node on its stack, and one route attached. While any of its nodes is in
/// transition that is the handler.
pub(crate) struct Sites<P: Platform> {
    list: List<Boxed<Site<P>, P>, P>,
}

impl<P: Platform> Sites<P> {
    pub const fn new(platform: P) -> Self {
        Self {
            list: List::new(platform),
        }
    }

    /// Makes handlers choose for each call of a patch's functions, before a transition.
    pub fn open_all(&mut self, platform: &P, patch: &Patch<P>) -> Result<(), Error> {
        for (_, live) in patch.lives() {
            if let Some(site) = self.find(&live.old) {
                site.open(platform)?;
            }
        }
        Ok(())
    }

    /// Makes handlers choose for each call of all functions.
    pub fn open_every(&mut self, platform: &P) -> Result<(), Error> {
        self.list
            .iter_mut()
            .try_for_each(|site| site.open(platform))
    }

    /// Notes that tasks were made to switch which may be in a patch's functions, old or new.
    pub fn force(&mut self, patch: &Patch<P>) {
        for (_, live) in patch.lives() {
            if let Some(site) = self.find(&live.old) {
                site.forced = true;
            }
        }
    }

    /// Lets calls of one more function go the cheapest way, when none is in transition. Where that
    /// cannot be had, the handler stays. False if there was no such function.
    pub fn settle(&mut self, platform: &P) -> bool {
        self.list.iter_mut().any(|site| site.settle(platform))
    }

    /// Redirects calls of a function to its replacement, by a handler.
    pub fn patch(&mut self, platform: &P, live: &mut Live<P>) -> Result<(), Error> {
        match self.find(&live.old) {
            Some(site) => {
                site.open(platform)?;
                site.push(&live.node);
            }
            None => self.add(platform, live)?,
        }
        live.patched = true;
        Ok(())
    }

    fn add(&mut self, platform: &P, live: &Live<P>) -> Result<(), Error> {
        self.list.reserve(1)?;
        let site = Site {
            old: live.old,
            stack: FuncStack::default(),
            hook: platform.hook(&live.old),
            route: Route::Handler,
            forced: false,
        };
        let mut site = Boxed::new(site, platform.clone())?;
        site.push(&live.node);
        // The handler sees a node from the first call on.
        let Site { hook, stack, .. } = &mut *site;
        platform.attach_handler(hook, stack)?;
        self.list.push(site)
    }

    /// Takes a replacement off its function. Handlers may see it until the next synchronize.
    pub fn unpatch(&mut self, platform: &P, live: &mut Live<P>) {
        live.patched = false;
        let Some(index) = self.position(&live.old) else {
            return;
        };
        if self.list[index].stack.is_only(&live.node) {
            // Calls go to the old function before the node goes.
            self.list[index].detach(platform);
            self.list.remove(index);
        } else {
            self.list[index].stack.remove(&live.node);
        }
    }

    /// The replacements below that of `live`, from the one that tasks run which are not patched by
    /// it to the oldest.
    pub fn below<'a>(&'a self, live: &'a Live<P>) -> impl Iterator<Item = &'a Node> {
        let site = self.position(&live.old).map(|at| &self.list[at]);
        let under = move |node: &&'a Node| site.and_then(|site| site.stack.under(node));
        core::iter::successors(under(&&*live.node), under)
    }

    fn position(&self, old: &OldFunc) -> Option<usize> {
        self.list.iter().position(|site| site.old == *old)
    }

    fn find(&mut self, old: &OldFunc) -> Option<&mut Boxed<Site<P>, P>> {
        self.list.iter_mut().find(|site| site.old == *old)
    }
}

impl<P: Platform> Site<P> {
    fn push(&self, node: &Boxed<Node, P>) {
        // SAFETY: a function that is not patched is on no stack. It stays in its box until it was
        // taken off by `unpatch` and handlers were waited for.
        unsafe { self.stack.push(NonNull::from(&**node)) };
    }

    fn open(&mut self, platform: &P) -> Result<(), Error> {
        if self.route == Route::Direct {
            // Both routes lead to the top, and there is one at any time.
            platform.attach_handler(&mut self.hook, &self.stack)?;
            if let Err(error) = platform.detach_direct(&mut self.hook) {
                platform.detach_handler(&mut self.hook);
                return Err(error);
            }
            self.route = Route::Handler;
        }
        Ok(())
    }

    fn settle(&mut self, platform: &P) -> bool {
        let top = self.stack.first();
        let direct = top.and_then(|node| node.settled(!self.forced));
        let Some(direct) = direct.filter(|_| self.route == Route::Handler) else {
            return false;
        };
        if platform.attach_direct(&mut self.hook, direct).is_err() {
            return false;
        }
        platform.detach_handler(&mut self.hook);
        self.route = Route::Direct;
        true
    }

    fn detach(&mut self, platform: &P) {
        match self.route {
            Route::Handler => platform.detach_handler(&mut self.hook),
            Route::Direct => {
                // Only the functions of a module that goes have one by now, which nobody calls.
                let _ = platform.detach_direct(&mut self.hook);
            }
        }
    }
}
