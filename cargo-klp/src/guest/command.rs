// SPDX-License-Identifier: GPL-2.0-only
//! The command lines of a scenario.
//!
//! Verbs that must behave exactly are built in; the rest is the shell's:
//!
//! | line | meaning |
//! |---|---|
//! | `insmod FILE [NAME=VALUE…]` | loads a module, with exactly one system call |
//! | `rmmod NAME` | unloads a module |
//! | `echo VALUE > PATH` | writes to a file, with exactly one system call |
//! | `cat PATH` | prints a file |
//! | `sleep SECONDS` | waits |
//! | `wait-transition PATCH` | waits until the patch is in no transition; else says who blocks |
//! | `wait-gone PATCH` | waits until the patch is gone from sysfs |
//! | `settle` | waits until no patch is in transition or on its way out |
//! | `capture PATH NAME` | sends a file to the host |
//! | `start COMMAND` | runs a command line in the background |
//! | `soak CYCLES` | loads and unloads patches as often, under load (see [`super::soak`]) |

use crate::machine::modules::parameters;

/// One command line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `insmod FILE [NAME=VALUE…]`
    Insmod {
        /// The module's file.
        file: String,
        /// Its parameters, as the kernel wants them.
        params: String,
    },
    /// `rmmod NAME`
    Rmmod(String),
    /// `echo VALUE > PATH`
    Echo {
        /// What to write, before the newline.
        value: String,
        /// The file to write to.
        path: String,
    },
    /// `cat PATH`
    Cat(String),
    /// `sleep SECONDS`, in milliseconds
    Sleep(u64),
    /// `wait-transition PATCH`
    WaitTransition(String),
    /// `wait-gone PATCH`
    WaitGone(String),
    /// `settle`
    Settle,
    /// `capture PATH NAME`
    Capture {
        /// The file in the guest.
        path: String,
        /// Its name on the host.
        name: String,
    },
    /// `start COMMAND`
    Start(String),
    /// `soak CYCLES`
    Soak(u64),
    /// Anything else.
    Shell(String),
}

impl Command {
    /// Understands a command line; what is not exactly a built-in verb is the shell's.
    pub fn parse(line: &str) -> Self {
        if let Some(command) = line.trim_start().strip_prefix("start ") {
            return Self::Start(command.trim().to_owned());
        }
        built_in(line).unwrap_or_else(|| Self::Shell(line.to_owned()))
    }
}

fn built_in(line: &str) -> Option<Command> {
    if let Some((echo, path)) = line.split_once('>')
        && echo.trim_start().starts_with("echo ")
    {
        let value = words(echo)?.get(1..)?.join(" ");
        let [path] = <[String; 1]>::try_from(words(path)?).ok()?;
        return (!value.starts_with('-')).then_some(Command::Echo { value, path });
    }
    let words = words(line)?;
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    Some(match *words {
        ["insmod", file, ref params @ ..] => Command::Insmod {
            file: file.to_owned(),
            params: parameters(params.iter().copied()),
        },
        ["rmmod", name] => Command::Rmmod(name.to_owned()),
        ["cat", path] => Command::Cat(path.to_owned()),
        ["sleep", time] => Command::Sleep(milliseconds(time)?),
        ["wait-transition", patch] => Command::WaitTransition(patch.to_owned()),
        ["wait-gone", patch] => Command::WaitGone(patch.to_owned()),
        ["settle"] => Command::Settle,
        ["soak", cycles] => Command::Soak(cycles.parse().ok()?),
        ["capture", path, name] => Command::Capture {
            path: path.to_owned(),
            name: name.to_owned(),
        },
        _ => return None,
    })
}

/// The words of a line without shell syntax; `None` if it has some.
fn words(text: &str) -> Option<Vec<String>> {
    let plain = !text.contains(['|', '&', ';', '<', '>', '$', '`', '*', '?', '(', '\\', '#']);
    plain.then(|| shlex::split(text)).flatten()
}

fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    (seconds >= 0.0).then_some((seconds * 1000.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_built_in() {
        let insmod = |file: &str, params: &str| Command::Insmod {
            file: file.into(),
            params: params.into(),
        };
        assert_eq!(Command::parse("insmod a.ko"), insmod("a.ko", ""));
        assert_eq!(
            Command::parse("insmod a.ko x=1 s='a b'"),
            insmod("a.ko", "x=1 s=\"a b\"")
        );
        let echo = Command::Echo {
            value: "0".into(),
            path: "/sys/x/enabled".into(),
        };
        assert_eq!(Command::parse("echo 0 > /sys/x/enabled"), echo);
        assert_eq!(Command::parse("echo 0 >/sys/x/enabled"), echo);
        assert_eq!(Command::parse("sleep 0.5"), Command::Sleep(500));
        assert_eq!(
            Command::parse("start cat /x | wc"),
            Command::Start("cat /x | wc".into())
        );
    }

    #[test]
    fn shell_syntax_is_left_to_the_shell() {
        for line in [
            "cat a | grep b",
            "cat a b",
            "echo hello",
            "echo -n 0 > /x",
            "echo $X > /x",
            "echo a >> /x",
            "sleep x",
            "insmod a.ko && rmmod a",
            "rmmod 'a",
        ] {
            assert_eq!(Command::parse(line), Command::Shell(line.into()));
        }
    }
}
