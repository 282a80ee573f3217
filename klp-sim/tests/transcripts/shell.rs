// SPDX-License-Identifier: GPL-2.0-only
//! The commands of transcripts.

use crate::catalog::{CMDLINE, DEMO, EXAMPLES};
use crate::guest::Guest;
use klp_runtime::Errno;
use klp_runtime::contract::VMLINUX;
use klp_sim::Op;

/// What a command prints, and whether it succeeds.
pub type Output = Result<Vec<String>, String>;

impl Guest {
    /// Runs a command line.
    pub fn command(&mut self, command: &str) -> Output {
        let words: Vec<_> = command.split_whitespace().collect();
        match words[..] {
            ["settle"] => self.settle(),
            ["insmod", file, ref parameters @ ..] => self.insmod(file, parameters),
            ["rmmod", name] => self.rmmod(name),
            ["echo", value, ">", path] => self.write(path, number(value)?),
            ["sleep", seconds] => {
                let end = self.now() + seconds.parse::<u64>().map_err(text)? * 1_000_000_000;
                self.advance(end);
                Ok(Vec::new())
            }
            ["ls", "-d", "/sys/kernel/livepatch/*/"] => {
                let patches = self.machine.engine().patches();
                let folder = |name| format!("/sys/kernel/livepatch/{name}/");
                Ok(patches.map(|patch| folder(patch.name())).collect())
            }
            ["cat", "/proc/sys/vm/max_map_count"] => {
                Ok(vec![self.effects.max_map_count.to_string()])
            }
            ["grep", "-c", "klp=fix2", "/proc/cmdline"] => Ok(vec![self.fixed_command_lines()]),
            _ => Err(format!("{command}: not found")),
        }
    }

    fn insmod(&mut self, file: &str, parameters: &[&str]) -> Output {
        let name = file.trim_end_matches(".ko");
        let value = parameters.iter().find_map(|word| word.split_once('='));
        let value = value.map_or(Ok(0), |(_, value)| number(value))?;
        let loaded = match EXAMPLES.patch(name) {
            Some(patch) => {
                self.set_pre_patch_ret(value);
                self.loaded.insert(EXAMPLES.plans[patch].name);
                self.machine.run(Op::Enable(patch))
            }
            None => self.machine.run(Op::Load(module(name)?)),
        };
        self.show();
        if let Err(error) = loaded {
            self.loaded.remove(name);
            let why = reason(error.errno());
            return Err(format!(
                "insmod: ERROR: could not insert module {file}: {why}"
            ));
        }
        if let Ok(module) = module(name) {
            self.init(module, u64::from(value.unsigned_abs()));
        }
        Ok(Vec::new())
    }

    fn rmmod(&mut self, name: &str) -> Output {
        if let Some(patch) = EXAMPLES.patch(name) {
            let used = self.machine.with(|world| world.acquired.contains(&patch));
            if used || !self.loaded.remove(name) {
                return Err(format!(
                    "rmmod: could not remove module {name}: Module is in use"
                ));
            }
        } else {
            let module = module(name)?;
            self.exit(module);
            self.machine.run(Op::Unload(module)).map_err(text)?;
        }
        Ok(Vec::new())
    }

    /// A write to a file of sysfs.
    fn write(&mut self, path: &str, value: i32) -> Output {
        if path == format!("/sys/module/{DEMO}/parameters/pre_patch_ret") {
            self.set_pre_patch_ret(value);
            return Ok(Vec::new());
        }
        let attribute = path.strip_prefix("/sys/kernel/livepatch/");
        let patch = attribute.and_then(|path| path.strip_suffix("/enabled"));
        let patch = patch.and_then(|name| EXAMPLES.patch(name));
        let patch = patch.ok_or_else(|| format!("{path}: No such file or directory"))?;
        let written = self.machine.run(Op::SetEnabled(patch, value != 0));
        written.map(|()| Vec::new()).map_err(text)
    }

    /// What the demo's pre_patch callbacks return from now on.
    fn set_pre_patch_ret(&mut self, value: i32) {
        let objects = [VMLINUX].iter().chain(EXAMPLES.modules);
        let refusals = objects.filter_map(|object| Some((*object, Errno::check(value).err()?)));
        self.machine
            .with(|world| world.refusing = refusals.collect());
    }

    /// How many lines of `/proc/cmdline` have the mark that the new function writes.
    fn fixed_command_lines(&self) -> String {
        let calls_new = self
            .machine
            .with(|world| world.redirected(CMDLINE).is_some());
        u8::from(calls_new).to_string()
    }
}

fn module(name: &str) -> Result<&'static str, String> {
    let mut modules = EXAMPLES.modules.iter();
    let found = modules.find(|module| **module == name);
    found
        .copied()
        .ok_or_else(|| format!("{name}: No such file or directory"))
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(self::text)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// What insmod says to it.
const fn reason(errno: Errno) -> &'static str {
    match errno {
        Errno::ENODEV => "No such device",
        Errno::EINVAL => "Invalid parameters",
        _ => "Unknown error",
    }
}
