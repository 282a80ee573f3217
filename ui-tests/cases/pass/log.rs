// SPDX-License-Identifier: GPL-2.0-only
//! Messages carry their level and the module's name.
use klp_kernel::prelude::*;
use ui_tests::log;

fn main() {
    let (module, number) = (env!("CARGO_CRATE_NAME"), 7);
    pr_err!("error {number}");
    pr_warn!("warning {:#x}", 255);
    pr_notice!("notice\n");
    pr_info!("{}", "x".repeat(1000));
    let lines = ["error 7".into(), "warning 0xff".into(), "notice".into(), "x".repeat(256)];
    let expected = [3, 4, 5, 6].into_iter().zip(lines);
    let expected: Vec<_> = expected.map(|(level, line)| format!("{level}{module}: {line}")).collect();
    assert_eq!(log(), expected);
}
