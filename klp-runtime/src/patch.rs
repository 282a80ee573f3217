// SPDX-License-Identifier: GPL-2.0-only
//! A patch that is enabled or in transition: its objects and functions, and how far they are.

use crate::memory::{Boxed, List};
use crate::redirect::Node;
use crate::spec::{Callbacks, FuncSpec, ObjectSpec, PatchSpec, is_module};
use crate::{Error, OldFunc, Platform};

/// A patch (`struct klp_patch`).
pub struct Patch<P: Platform> {
    spec: &'static PatchSpec,
    module: P::Module,
    pub(crate) objects: List<Object<P>, P>,
    pub(crate) enabled: bool,
    pub(crate) forced: bool,
}

/// An object of a patch (`struct klp_object`).
pub struct Object<P: Platform> {
    name: &'static str,
    pub(crate) callbacks: Callbacks,
    pub(crate) funcs: List<Func<P>, P>,
    /// The object itself, if it is loaded.
    pub(crate) loaded: Option<P::Object>,
    pub(crate) patched: bool,
    /// Whether pre_patch ran, or there is none, so that post_unpatch is due.
    pub(crate) prepared: bool,
    /// Whether it has no-op functions only, and is here to take a replaced patch's place.
    dynamic: bool,
}

/// A function of an object (`struct klp_func`).
pub struct Func<P: Platform> {
    symbol: &'static str,
    sympos: u64,
    /// The new function; `None` makes it a no-op function.
    new_func: Option<New>,
    /// Where old and new function are, if the object is loaded.
    pub(crate) live: Option<Live<P>>,
}

/// Where a new function is.
#[derive(Clone, Copy)]
struct New {
    func: usize,
    /// Where calls go that take the direct route.
    direct: usize,
}

/// The functions themselves.
pub(crate) struct Live<P: Platform> {
    pub old: OldFunc,
    pub node: Boxed<Node, P>,
    /// Whether the node is on its function's stack.
    pub patched: bool,
}

impl<P: Platform> Patch<P> {
    pub(crate) fn new(
        platform: &P,
        spec: &'static PatchSpec,
        module: P::Module,
    ) -> Result<Self, Error> {
        let mut objects = List::new(platform.clone());
        for object in spec.objects {
            objects.push(Object::new(platform, object)?)?;
        }
        Ok(Self {
            spec,
            module,
            objects,
            enabled: false,
            forced: false,
        })
    }

    /// What the patch's module handed over.
    pub const fn spec(&self) -> &'static PatchSpec {
        self.spec
    }

    /// The name of the patch.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    /// The module that the patch is in.
    pub const fn module(&self) -> P::Module {
        self.module
    }

    /// Its objects, those included that only have no-op functions.
    pub fn objects(&self) -> &[Object<P>] {
        &self.objects
    }

    /// Whether it is enabled, or is to be when its transition is over (sysfs `enabled`).
    pub const fn enabled(&self) -> bool {
        self.enabled
    }

    /// Whether a transition away from it was forced, so that tasks may be in its code for ever.
    pub const fn forced(&self) -> bool {
        self.forced
    }

    pub(crate) fn object_mut(&mut self, name: &str) -> Option<&mut Object<P>> {
        self.objects.iter_mut().find(|object| object.name == name)
    }

    pub(crate) fn lives(&self) -> impl Iterator<Item = (&Func<P>, &Live<P>)> {
        let funcs = self.objects.iter().flat_map(|object| object.funcs.iter());
        funcs.filter_map(|func| Some((func, func.live.as_ref()?)))
    }
}

impl<P: Platform> Object<P> {
    fn new(platform: &P, spec: &ObjectSpec) -> Result<Self, Error> {
        let mut object = Self::empty(platform, spec.name, spec.callbacks, false);
        for func in spec.funcs {
            object.funcs.push(Func::new(func))?;
        }
        Ok(object)
    }

    /// An object for no-op functions.
    pub(crate) fn dynamic(platform: &P, name: &'static str) -> Self {
        Self::empty(platform, name, Callbacks::default(), true)
    }

    fn empty(platform: &P, name: &'static str, callbacks: Callbacks, dynamic: bool) -> Self {
        Self {
            name,
            callbacks,
            funcs: List::new(platform.clone()),
            loaded: None,
            patched: false,
            prepared: false,
            dynamic,
        }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether its functions are redirected (sysfs `patched`).
    pub const fn patched(&self) -> bool {
        self.patched
    }

    /// Its functions, no-op functions included.
    pub fn funcs(&self) -> &[Func<P>] {
        &self.funcs
    }

    pub(crate) const fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    pub(crate) fn is_module(&self) -> bool {
        is_module(self.name)
    }
}

impl<P: Platform> Func<P> {
    fn new(spec: &FuncSpec) -> Self {
        Self {
            symbol: spec.symbol,
            sympos: spec.sympos,
            new_func: Some(New {
                func: spec.new_func,
                direct: spec.direct,
            }),
            live: None,
        }
    }

    /// A no-op function, which takes the replacement `other` off.
    pub(crate) fn nop(other: &Self) -> Self {
        Self {
            symbol: other.symbol,
            sympos: other.sympos,
            new_func: None,
            live: None,
        }
    }

    /// The old function's name.
    pub const fn symbol(&self) -> &'static str {
        self.symbol
    }

    /// Its position among the object's symbols of that name, from 1. A name that is unique is the
    /// first of its kind, so 0 and 1 mean the same symbol.
    pub const fn position(&self) -> u64 {
        if self.sympos == 0 { 1 } else { self.sympos }
    }

    /// Whether it only takes an older patch's replacement off.
    pub const fn is_nop(&self) -> bool {
        self.new_func.is_none()
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.symbol == other.symbol && self.position() == other.position()
    }

    /// Finds the functions, when the object is loaded.
    pub(crate) fn find(
        &mut self,
        platform: &P,
        object: P::Object,
        in_transition: bool,
    ) -> Result<(), Error> {
        let old = platform.resolve(object, self.symbol, self.sympos)?;
        let node = match self.new_func {
            Some(New { func, direct }) => {
                Node::new(platform.new_code(func)?, false, in_transition).with_stub(direct)
            }
            None => Node::new(old.code, true, in_transition),
        };
        self.live = Some(Live {
            old,
            node: Boxed::new(node, platform.clone())?,
            patched: false,
        });
        Ok(())
    }

    pub(crate) const fn sympos(&self) -> u64 {
        self.sympos
    }
}
