// SPDX-License-Identifier: GPL-2.0-only
//! `klp::types!` on the real kernel in `KLP_TEST_HOME`: rustc lays out a sample of its structs, all
//! members of each, as the kernel's compiler did. That the kernel's numbers are read as they
//! should be is for klp-link's `types_pahole` to say.

use std::path::Path;

use klp_types::{Folder, Layout};

/// One of so many structs is tried: all of them take rustc minutes.
const STEP: usize = 20;

#[test]
#[ignore = "needs KLP_TEST_HOME"]
fn rustc_agrees_on_the_real_kernel() {
    let home = std::env::var_os("KLP_TEST_HOME").expect("set KLP_TEST_HOME to run this test");
    for (name, value) in [("KLP_BTF", "".into()), ("KLP_HOME", home)] {
        // SAFETY: the only test of this program, which has started no thread that reads the
        // environment.
        unsafe { std::env::set_var(name, value) };
    }
    let layout = Folder::find(None).unwrap().kernel().unwrap();
    let case = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kernel_types.rs");
    std::fs::write(&case, program(&layout)).unwrap();
    trybuild::TestCases::new().pass(case);
}

/// A list of every so many structs, each with all its members.
fn program(layout: &Layout) -> String {
    let mut names = layout.record_names();
    names.sort_unstable();
    names.dedup();
    let mut text = String::from("#![allow(unused)]\nklp_kernel::types! {\n");
    let sample: Vec<&str> = names.into_iter().step_by(STEP).collect();
    assert!(sample.len() > 200, "{} structs only", sample.len());
    for name in sample {
        let record = layout.of_record(name).expect("it was listed");
        let keyword = if record.union { "union" } else { "struct" };
        text += &format!("{keyword} {name} {{ .. }}\n");
    }
    text + "}\nfn main() {}\n"
}
