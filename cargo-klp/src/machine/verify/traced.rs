// SPDX-License-Identifier: GPL-2.0-only
//! Who has ftrace at the functions that are to be replaced: tracers, BPF programs, others.
//!
//! ftrace's list has a line for each function in use, with letters: `I`, a user changes where the
//! function goes on (live patches and kprobes with a post-handler do; only one may), and `D`, it
//! is called through a trampoline, whose name is in the line after (BPF programs, klp's core).

use std::io;

use klp_link::inspect::Report;

use super::{Finding, Machine, Refusal, mind, or_well, well};
use crate::kernels::series;
use crate::machine::reason;

/// Where tracefs may have the list.
const LISTS: [&str; 2] = [
    "sys/kernel/tracing/enabled_functions",
    "sys/kernel/debug/tracing/enabled_functions",
];
/// How trampolines of BPF programs are named.
const BPF: &str = "bpf_trampoline_";
/// From which kernel on they share functions with live patches (`BPF_TRAMP_F_SHARE_IPMODIFY`).
const BPF_SHARES: (u32, u32) = (6, 0);

/// What is called in the place of several users, who are not named then.
const SEVERAL: &str = "arch_ftrace_ops_list_func";

/// A function that ftrace has a user for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traced {
    /// The function.
    pub(super) symbol: String,
    /// How many users it has.
    pub(super) users: usize,
    /// Whether one of them changes where it goes on.
    pub(super) redirected: bool,
    /// Whether it is called through a trampoline.
    direct: bool,
    /// What is called, as far as the kernel says.
    pub(super) called: Vec<String>,
}

impl Traced {
    /// `SYMBOL [MODULE] (USERS) R I D`, then what is called, behind a tab, an arrow or both.
    fn parse(line: &str) -> Option<Self> {
        let (symbol, rest) = line.split_once([' ', '\t'])?;
        let (users, rest) = rest.split_once('(')?.1.split_once(')')?;
        let letters = rest.find(['\t', '-']).unwrap_or(rest.len());
        let (letters, called) = rest.split_at(letters);
        let has = |letter| letters.split(' ').any(|word| word == letter);
        Some(Self {
            symbol: symbol.to_owned(),
            users: users.parse().ok()?,
            redirected: has("I"),
            direct: has("D"),
            called: functions(called),
        })
    }

    /// All functions of the kernel's list.
    fn list(text: &str) -> Vec<Self> {
        let mut list: Vec<Self> = Vec::new();
        for line in text.lines() {
            match (line.starts_with(char::is_whitespace), list.last_mut()) {
                (true, Some(last)) => last.called.extend(functions(line)),
                _ => list.extend(Self::parse(line)),
            }
        }
        list
    }
}

/// What is written as `NAME+0xOFFSET/0xSIZE`, each once.
fn functions(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "()>".contains(c));
    let names = words.filter_map(|word| Some(word.split_once("+0x")?.0));
    let mut names: Vec<_> = names
        .filter(|name| *name != SEVERAL)
        .map(|name| format!("{:#}", rustc_demangle::demangle(name)))
        .collect();
    names.dedup();
    names
}

impl Machine {
    /// All functions that ftrace has a user for; nothing where they cannot be seen.
    pub(super) fn traced(&self) -> Vec<Traced> {
        self.traced_or_why().unwrap_or_default()
    }

    fn traced_or_why(&self) -> Result<Vec<Traced>, io::Error> {
        let [first, second] = LISTS.map(|list| std::fs::read_to_string(self.path(list)));
        first.or(second).map(|text| Traced::list(&text))
    }

    pub(super) fn check_tracers(&self, report: &Report) -> Vec<Finding> {
        let traced = match self.traced_or_why() {
            Ok(traced) => traced,
            Err(error) => {
                return vec![mind(
                    format!("tracers cannot be seen: /{}: {}", LISTS[0], reason(&error)),
                    "run the command as root, with tracefs mounted: `mount -t tracefs tracefs \
                     /sys/kernel/tracing`",
                )];
            }
        };
        let functions = report.functions().filter_map(|(object, function)| {
            let of = |traced: &&Traced| traced.symbol == function.symbol;
            let traced = traced.iter().find(of)?;
            let patched = self.patched_by(&object.name, function).is_some();
            self.tracers(traced, patched)
        });
        or_well(functions.collect(), "none on these functions")
    }

    /// Who has a function, apart from patches and from kprobes, which share one place.
    fn tracers(&self, traced: &Traced, patched: bool) -> Option<Finding> {
        let symbol = &traced.symbol;
        if traced.direct && !patched {
            return Some(self.direct(traced));
        }
        let probed = self.probes().into_iter();
        let probed = probed.filter(|probe| probe.symbol == *symbol && probe.entry);
        let known = usize::from(patched) + usize::from(probed.count() > 0);
        let others = traced
            .users
            .checked_sub(known)
            .filter(|others| *others > 0)?;
        let unknown = traced.redirected && !patched;
        (!unknown).then(|| {
            well(format!(
                "{symbol} is traced (users: {others}): its calls are seen as before"
            ))
        })
    }

    fn direct(&self, traced: &Traced) -> Finding {
        let symbol = &traced.symbol;
        let bpf = traced.called.iter().find(|name| name.starts_with(BPF));
        let release = self.release().unwrap_or_default();
        match bpf {
            Some(program) if series(&release) >= BPF_SHARES => mind(
                format!("{symbol} has BPF programs attached ({program}), which share it"),
                "they see calls as before; have those look at the patch who rely on what the \
                 function does inside",
            ),
            _ => Err(Refusal::Direct {
                function: symbol.clone(),
                users: traced.called.clone(),
            }
            .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ftraces_list_is_read_as_the_kernel_prints_it() {
        let text = "cmdline_proc_show (1) R I  \ttramp: ftrace_regs_caller+0x0/0x65 \
                    (klp_ftrace_handler+0x0/0x1f0)->klp_ftrace_handler+0x0/0x1f0\n\
                    send [a_driver] (2)     D  \n\
                    \tdirect-->bpf_trampoline_6442_1+0x0/0x1000\n\
                    odd line\n";
        let list = Traced::list(text);
        assert_eq!(list.len(), 2);
        assert!(list[0].redirected && !list[0].direct);
        assert!(list[0].called.contains(&"klp_ftrace_handler".to_owned()));
        assert_eq!((list[1].symbol.as_str(), list[1].users), ("send", 2));
        assert!(list[1].direct && !list[1].redirected);
        assert_eq!(list[1].called, ["bpf_trampoline_6442_1"]);
    }

    /// Lines of 6.12 and 7.2: a kprobe, a tracer beside it, a patch beside both, and klp's core where
    /// other code was before (`M`).
    #[test]
    fn later_kernels_print_it_in_the_same_way() {
        let text = "cmdline_proc_show (1) R         \ttramp: 0xffffffffc0295000 \
                    (kprobe_ftrace_handler+0x0/0x1d0) ->kprobe_ftrace_handler+0x0/0x1d0\n\
                    cmdline_proc_show (2) R          ->arch_ftrace_ops_list_func+0x0/0x1d0\n\
                    cmdline_proc_show (3) R I        ->arch_ftrace_ops_list_func+0x0/0x220\n\
                    cmdline_proc_show (1)   I     M \ttramp: 0xffffffffc0613000 \
                    (_RNvNtCs2qPimqM29NM_3klp4hook7handler+0x0/0x60 [klp]) \
                    ->_RNvNtCs2qPimqM29NM_3klp4hook7handler+0x0/0x60 [klp]\n";
        let seen = |traced: Traced| {
            let who = traced.called.join(" ");
            (traced.users, traced.redirected, traced.direct, who)
        };
        let list: Vec<_> = Traced::list(text).into_iter().map(seen).collect();
        let expected = [
            (1, false, "kprobe_ftrace_handler"),
            (2, false, ""),
            (3, true, ""),
            (1, true, "klp::hook::handler"),
        ];
        let expected =
            expected.map(|(users, redirected, who)| (users, redirected, false, who.into()));
        assert_eq!(list, expected);
    }
}
