// SPDX-License-Identifier: GPL-2.0-only
//! A kernel's type information, which is then asked for all that its strings name.
#![no_main]

use klp_types::{Layout, TypeId};
use libfuzzer_sys::fuzz_target;

/// So many names are asked for, and so many members of each: a struct may have very many by way of
/// anonymous ones, and each question goes through them all.
const NAMES: usize = 16;
const MEMBERS: usize = 16;

fuzz_target!(|btf: &[u8]| {
    let Ok(kernel) = Layout::new("fuzz", btf) else {
        return;
    };
    ask(&kernel, btf);
    if let Ok(module) = Layout::with_split(&kernel, btf) {
        ask(&module, btf);
    }
});

fn ask(layout: &Layout, btf: &[u8]) {
    for name in names(btf).take(NAMES) {
        let _ = (layout.of_enum(name), layout.enumerator(None, name));
        if let Some(id) = layout.variable(name) {
            describe(layout, id);
        }
        for member in layout
            .of_struct(name)
            .iter()
            .flat_map(|found| &found.members)
            .take(MEMBERS)
        {
            let _ = layout.field(name, &member.name);
        }
        for member in layout
            .of_record(name)
            .iter()
            .flat_map(|found| &found.members)
        {
            describe(layout, member.type_id);
        }
        for prototype in layout.prototypes(name).iter().flatten() {
            prototype.in_c(name);
            describe(layout, prototype.return_id);
        }
    }
}

fn describe(layout: &Layout, id: TypeId) {
    let _ = (layout.kind(id), layout.size(id), layout.typedef(id));
    let _ = (layout.spelled_in_c(id), layout.record(id));
}

/// What looks like a name, from the end: that is where the strings are.
fn names(btf: &[u8]) -> impl Iterator<Item = &str> {
    let texts = btf
        .rsplit(|byte| *byte == 0)
        .filter(|text| !text.is_empty());
    texts.filter_map(|text| std::str::from_utf8(text).ok())
}
