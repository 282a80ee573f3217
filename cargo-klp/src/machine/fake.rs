// SPDX-License-Identifier: GPL-2.0-only
//! A machine made of files, for tests.

use std::fs;

use tempfile::TempDir;

use super::Machine;

/// A folder that looks like a machine.
pub struct Fake {
    pub machine: Machine,
    root: TempDir,
}

impl Fake {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::at(root.path());
        Self { machine, root }
    }

    pub fn folder(&self, path: &str) {
        fs::create_dir_all(self.root.path().join(path)).unwrap();
    }

    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.path().join(path)).unwrap()
    }

    /// A patch `CORE/NAME`, its attributes in order as far as its core has them.
    pub fn patch(&self, name: &str, attributes: &str) {
        let names = ["enabled", "transition", "replace", "stack_order"];
        for (file, value) in names.iter().zip(attributes.split(' ')) {
            self.file(&format!("sys/kernel/{name}/{file}"), format!("{value}\n"));
        }
    }

    /// A thread `PROCESS/THREAD` with this patch state.
    pub fn task(&self, id: &str, comm: &str, state: &str, stack: &str) {
        let (process, thread) = id.split_once('/').unwrap();
        let folder = format!("proc/{process}/task/{thread}");
        self.file(&format!("{folder}/comm"), format!("{comm}\n"));
        self.file(&format!("{folder}/patch_state"), format!("{state}\n"));
        self.file(&format!("{folder}/stack"), stack);
    }
}
