// SPDX-License-Identifier: GPL-2.0-only
//! Builds of a module, compared: live patching finds a module by its name alone.

/// A build of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// A sum over its source; empty where it has none.
    pub srcversion: String,
    /// Its GNU build-id, in hexadecimal digits; empty where it has none.
    pub build_id: String,
}

impl Target {
    /// A module with these, as far as it has them.
    pub fn new(name: &str, srcversion: Option<&str>, build_id: Option<&[u8]>) -> Self {
        let digits = build_id.unwrap_or_default().iter();
        Self {
            name: name.to_owned(),
            srcversion: srcversion.unwrap_or_default().to_owned(),
            build_id: digits.map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// How `loaded` differs: what of it, here and there. What one of them lacks is not compared.
    pub fn difference<'a>(&'a self, loaded: &'a Self) -> Option<(&'static str, [&'a str; 2])> {
        let mut pairs = self.pairs(loaded);
        pairs.find(|(_, [here, there])| here != there)
    }

    /// Whether there is anything that both have.
    pub fn can_be_compared(&self, loaded: &Self) -> bool {
        self.pairs(loaded).next().is_some()
    }

    /// What both have.
    fn pairs<'a>(&'a self, loaded: &'a Self) -> impl Iterator<Item = (&'static str, [&'a str; 2])> {
        let pairs = [
            ("build-id", [&*self.build_id, &*loaded.build_id]),
            ("srcversion", [&*self.srcversion, &*loaded.srcversion]),
        ];
        let known = |(_, pair): &(_, [&str; 2])| pair.iter().all(|value| !value.is_empty());
        pairs.into_iter().filter(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_is_compared() {
        let wanted = Target::new("veth", Some("A"), Some(&[1]));
        let other = Target::new("veth", Some("A"), Some(&[2]));
        assert_eq!(wanted.difference(&other), Some(("build-id", ["01", "02"])));
        let rebuilt = Target::new("veth", Some("B"), None);
        assert_eq!(
            wanted.difference(&rebuilt),
            Some(("srcversion", ["A", "B"]))
        );
        assert_eq!(wanted.difference(&Target::new("veth", None, None)), None);
        assert_eq!(wanted.difference(&wanted), None);
        assert!(wanted.can_be_compared(&rebuilt));
        assert!(!wanted.can_be_compared(&Target::new("veth", None, None)));
    }
}
