// SPDX-License-Identifier: GPL-2.0-only
//! One transcript for two cores.

use super::{Transcript, When};

impl Transcript {
    /// The same transcript for klp's core, which has the words of the kernel's own, under another
    /// name.
    #[must_use]
    pub fn on_klp(mut self) -> Self {
        for step in &mut self.steps {
            step.command = renamed(&step.command);
            for line in &mut step.lines {
                line.text = renamed(&line.text);
                if line.when == When::OnKlp {
                    line.when = When::Always;
                }
            }
        }
        self
    }
}

fn renamed(text: &str) -> String {
    let text = text.replace("/sys/kernel/livepatch/", "/sys/kernel/klp/");
    match text.strip_prefix("livepatch: ") {
        Some(said) => format!("klp: {said}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_and_nothing_else() {
        let builtin = "\
% insmod livepatch_demo.ko
livepatch: enabling patch 'livepatch_demo'
[debug] livepatch: 'livepatch_demo': livepatch: x
[klp] klp: y
% ls -d /sys/kernel/livepatch/*/
/sys/kernel/livepatch/livepatch_demo/
";
        let klp = "\
% insmod livepatch_demo.ko
klp: enabling patch 'livepatch_demo'
[debug] klp: 'livepatch_demo': livepatch: x
klp: y
% ls -d /sys/kernel/klp/*/
/sys/kernel/klp/livepatch_demo/
";
        let parse = |text| Transcript::parse(text).unwrap();
        assert_eq!(parse(builtin).on_klp(), parse(klp));
    }
}
