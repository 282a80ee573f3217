// SPDX-License-Identifier: GPL-2.0-only
//! What tasks do, and which versions of functions they must run meanwhile.

use std::rc::Rc;

use crate::PatchState;
use crate::kernel::Kernel;
use crate::patches::Versions;

/// A task at work: calls of patched functions, and kernel exits between system calls.
pub struct Syscalls {
    kernel: Rc<Kernel>,
    task: usize,
    versions: Versions,
    /// Which functions the task must run; unknown when it may be forced.
    patched: Option<bool>,
}

impl Syscalls {
    /// Those of a task that does not run the functions of the next patch, or does already.
    pub fn new(kernel: &Rc<Kernel>, task: usize, versions: Versions, patched: bool) -> Self {
        Self {
            kernel: kernel.clone(),
            task,
            versions,
            patched: Some(patched),
        }
    }

    /// The task may be forced to switch at any time.
    pub fn forced(&mut self) {
        self.patched = None;
    }

    /// Calls a function.
    pub fn call(&self, func: usize) {
        let got = self.kernel.call(self.task, func);
        self.kernel.text.run(got);
        let Versions { without, with } = self.versions;
        match self.patched {
            Some(patched) => {
                let expected = if patched { with } else { without };
                assert_eq!(got, expected[func], "another version: {patched} {func}");
            }
            None => assert!(
                got == without[func] || got == with[func],
                "neither version: {got:#x}"
            ),
        }
    }

    /// Leaves the kernel.
    pub fn exit(&mut self) {
        let switched = self.kernel.exit(self.task);
        if let (Some(state), Some(patched)) = (switched, &mut self.patched) {
            *patched = state == PatchState::Patched;
        }
    }

    /// The transition is over, so there is no doubt any more.
    pub fn settle(&mut self, patched: bool) {
        let before = self.patched.replace(patched);
        assert!(
            before.is_none_or(|before| before == patched),
            "a task is left"
        );
    }
}
