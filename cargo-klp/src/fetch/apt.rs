// SPDX-License-Identifier: GPL-2.0-only
//! apt with a state of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use super::{
    FetchError, progress,
    settings::{config, network_settings, release},
    sources,
};

/// How old the archive's lists may be before they are fetched again.
const FRESH: Duration = Duration::from_secs(3600);
/// Where apt on this machine is set up.
const APT_DIR: &str = "/etc/apt";
/// What a private apt needs to find before it works.
const DIRECTORIES: &[&str] = &["sources", "lists/partial", "cache/archives/partial", "log"];

/// A package in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// The version apt would install.
    pub version: String,
    /// The names of what it depends on: the first of each alternative.
    pub depends: Vec<String>,
}

/// apt, private to one directory and one suite.
#[derive(Debug)]
pub struct Apt {
    config: PathBuf,
    suite: String,
}

impl Apt {
    /// Sets up, with fresh lists.
    pub fn open(dest_dir: &Path, suite: Option<&str>) -> Result<Self, FetchError> {
        let release = release();
        let name = suite.unwrap_or(&release).to_owned();
        let root = dest_dir.join(".apt").join(name.replace('/', "_"));
        for directory in DIRECTORIES.iter().map(|name| root.join(name)) {
            fs::create_dir_all(&directory).map_err(FetchError::io(&directory))?;
        }
        let root = root.canonicalize().map_err(FetchError::io(&root))?;
        let own = sources::select(&sources::of_machine(Path::new(APT_DIR)), &release, suite);
        if own.is_empty() {
            return Err(FetchError::NoArchive { release });
        }
        put(&root.join("sources/klp.sources"), &sources::write(&own))?;
        put(&root.join("status"), "")?;
        put(&root.join("apt.conf"), &config(&root, &network_settings()?))?;
        let apt = Self {
            config: root.join("apt.conf"),
            suite: name,
        };
        apt.update(&root.join("updated"))?;
        Ok(apt)
    }

    /// The names of all packages that start with `prefix`.
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, FetchError> {
        let mut command = self.command("apt-cache");
        command.args(["pkgnames", prefix]);
        let output = output(command, "apt-cache")?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// That there is no package of this name here.
    pub fn no_package(&self, name: &str) -> FetchError {
        FetchError::NoPackage {
            name: name.to_owned(),
            suite: self.suite.clone(),
        }
    }

    /// The version of a package that the archive offers.
    pub fn candidate(&self, name: &str) -> Result<Candidate, FetchError> {
        let no_package = || self.no_package(name);
        let mut command = self.command("apt-cache");
        command.args(["show", "--no-all-versions", "--", name]);
        let output = output(command, "apt-cache")?;
        if !output.status.success() {
            return Err(no_package());
        }
        parse_candidate(&String::from_utf8_lossy(&output.stdout)).ok_or_else(no_package)
    }

    /// Downloads a package's file into `directory`, its signature checked.
    pub fn download(&self, package: &Candidate, directory: &Path) -> Result<(), FetchError> {
        let mut command = self.command("apt-get");
        command.current_dir(directory).args(["-qq", "download"]);
        command.arg(format!("{}={}", package.name, package.version));
        run(command, "apt-get")
    }

    fn update(&self, stamp: &Path) -> Result<(), FetchError> {
        let age = fs::metadata(stamp)
            .and_then(|meta| meta.modified())
            .map(|time| time.elapsed());
        if age.is_ok_and(|age| age.is_ok_and(|age| age < FRESH)) {
            return Ok(());
        }
        let _shown = progress::start(format!("reading the package lists of {}", self.suite));
        let mut command = self.command("apt-get");
        // Without it a list that could not be fetched is only a warning.
        command.args(["-qq", "-o", "APT::Update::Error-Mode=any", "update"]);
        run(command, "apt-get")?;
        put(stamp, "")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("APT_CONFIG", &self.config).env("LC_ALL", "C");
        command
    }
}

/// Runs `command` to its end; a failure carries its messages.
pub fn run(command: Command, program: &'static str) -> Result<(), FetchError> {
    let shown = format!("{command:?}").replace('"', "");
    let output = output(command, program)?;
    if output.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(FetchError::Tool {
        command: shown,
        messages,
    })
}

/// Runs `command` to its end and gives what it printed.
pub fn output(mut command: Command, program: &'static str) -> Result<Output, FetchError> {
    command.output().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FetchError::ToolMissing { program },
        _ => FetchError::Io {
            path: program.into(),
            source,
        },
    })
}

fn parse_candidate(text: &str) -> Option<Candidate> {
    let stanza = text.split("\n\n").next()?;
    let field = |name: &str| {
        stanza
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let depends = field("Depends").unwrap_or_default().split(", ");
    let depends = depends
        .filter_map(|one| one.split([' ', ':']).next())
        .filter(|s| !s.is_empty());
    Some(Candidate {
        name: field("Package")?.to_owned(),
        version: field("Version")?.to_owned(),
        depends: depends.map(str::to_owned).collect(),
    })
}

fn put(path: &Path, text: &str) -> Result<(), FetchError> {
    fs::write(path, text).map_err(FetchError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stanza_becomes_a_candidate() {
        let text = "Package: linux-image-cloud-amd64\nVersion: 7.2.12-1\n\
            Depends: dracut | initramfs-tools (>= 0.1), linux-image-7.2-cloud-amd64 (= 7.2.12-1)\n\n\
            Package: other\nVersion: 1\n";
        let candidate = parse_candidate(text).unwrap();
        assert_eq!(candidate.version, "7.2.12-1");
        assert_eq!(candidate.depends, ["dracut", "linux-image-7.2-cloud-amd64"]);
        assert_eq!(parse_candidate(""), None);
    }
}
