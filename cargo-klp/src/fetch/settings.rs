// SPDX-License-Identifier: GPL-2.0-only
//! The settings of a private apt, and what it takes over from the machine's.

use std::{fs, path::Path, process::Command};

use super::{FetchError, apt::output};

/// apt's settings: everything it writes, and all it reads but the keys, is below `root`.
pub fn config(root: &Path, network: &str) -> String {
    let root = root.display();
    format!(
        "Dir::Etc::parts \"/dev/null\";\nDir::Etc::main \"/dev/null\";\n\
         Dir::Etc::sourcelist \"/dev/null\";\nDir::Etc::sourceparts \"{root}/sources\";\n\
         Dir::Etc::preferences \"/dev/null\";\nDir::Etc::preferencesparts \"/dev/null\";\n\
         Dir::State::Lists \"{root}/lists\";\nDir::State::status \"{root}/status\";\n\
         Dir::State::extended_states \"{root}/extended_states\";\n\
         Dir::Cache \"{root}/cache\";\nDir::Log \"{root}/log\";\n\
         APT::Architecture \"amd64\";\nAPT::Architectures {{ \"amd64\"; }};\n\
         APT::Sandbox::User \"\";\n{network}"
    )
}

/// How the machine's apt reaches the archive: proxies, time-outs and the like.
pub fn network_settings() -> Result<String, FetchError> {
    let mut command = Command::new("apt-config");
    command.arg("dump").env("LC_ALL", "C");
    let output = output(command, "apt-config")?;
    let dump = String::from_utf8_lossy(&output.stdout);
    // Index targets only add lists that are not needed here.
    let is_network = |line: &&str| line.starts_with("Acquire::") && !line.contains("IndexTargets");
    Ok(dump
        .lines()
        .filter(is_network)
        .map(|line| format!("{line}\n"))
        .collect())
}

/// The code name of the release this machine runs.
pub fn release() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.unwrap_or("sid").trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stay_below_the_root() {
        let text = config(Path::new("/root"), "Acquire::Retries \"3\";\n");
        assert!(text.contains("Dir::State::Lists \"/root/lists\";"));
        assert!(text.ends_with("Acquire::Retries \"3\";\n"));
    }
}
