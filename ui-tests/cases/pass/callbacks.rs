// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's one call reaches all callbacks of the object, in several source files.
use klp_kernel::__private::KLP_CALLBACKS;
use klp_kernel::contract::CallbackKind::{self, PostPatch, PostUnpatch, PrePatch, PreUnpatch};
use klp_kernel::prelude::*;
use ui_tests::log;

/// 0, or the errno that the last pre_patch callback refuses with.
static REFUSAL: Param<c_int> = Param::new(-16);

mod first {
    use klp_kernel::prelude::*;

    #[pre_patch(object = "vmlinux", undo = release)]
    fn acquire(object: &Object) -> Result {
        pr_info!("first acquire {}", object.name());
        Ok(())
    }

    #[post_unpatch(object = "vmlinux")]
    fn release(object: &Object) {
        pr_info!("first release {}", object.name());
    }
}

mod second {
    use klp_kernel::prelude::*;

    #[pre_patch(object = "vmlinux", undo = super::undo::release)]
    fn acquire(object: &Object) -> Result {
        pr_info!("second acquire {}", object.is_vmlinux());
        Errno::check(crate::REFUSAL.get())?;
        Ok(())
    }
}

mod undo {
    use klp_kernel::prelude::*;

    #[post_unpatch(object = "vmlinux")]
    pub fn release(_object: &Object) {
        pr_info!("second release");
    }
}

#[post_patch(object = "e1000", no_undo = "prints only")]
fn start(object: &Object) {
    pr_info!("start {} {:?}", object.name(), object.module_state());
}

#[pre_unpatch(object = "e1000", undoes_nothing = "prints only", no_functions = "a test")]
fn stop(object: &Object) {
    pr_info!("stop {} {:?}", object.name(), object.module_state());
}

fn main() {
    a_refusal_undoes_what_ran();
    unpatching_runs_in_reverse();
    a_module_has_a_state();
    a_reason_to_be_alone_is_recorded();
}

/// As the link step fills `struct klp_callbacks`: with the `dispatch` of any record.
fn call(kind: CallbackKind, name: &str, object: &mut ui_tests::Object) -> c_int {
    let mut records = KLP_CALLBACKS.iter();
    let record = records.find(|record| record.kind == kind && record.object.as_str() == name);
    unsafe { object.call(record.unwrap().dispatch) }
}

fn a_refusal_undoes_what_ran() {
    let ret = call(PrePatch, "vmlinux", &mut ui_tests::Object::vmlinux());
    assert_eq!(ret, Errno::EBUSY.to_ret());
    let module = env!("CARGO_CRATE_NAME");
    let lines = ["first acquire vmlinux", "second acquire true", "first release vmlinux"];
    assert_eq!(log(), lines.map(|line| format!("6{module}: {line}")));
}

fn unpatching_runs_in_reverse() {
    call(PostUnpatch, "vmlinux", &mut ui_tests::Object::vmlinux());
    let module = env!("CARGO_CRATE_NAME");
    let lines = ["second release", "first release vmlinux"];
    assert_eq!(log(), lines.map(|line| format!("6{module}: {line}")));
}

fn a_module_has_a_state() {
    let states = [(PostPatch, 1), (PreUnpatch, 2), (PreUnpatch, 77)];
    for (kind, state) in states {
        let mut module = ui_tests::Module::new(state);
        call(kind, "e1000", &mut ui_tests::Object::of_module(c"e1000", Some(&mut module)));
    }
    call(PreUnpatch, "e1000", &mut ui_tests::Object::of_module(c"e1000", None));
    let module = env!("CARGO_CRATE_NAME");
    let lines = [
        "start e1000 Some(Coming)",
        "stop e1000 Some(Going)",
        "stop e1000 None",
        "stop e1000 None",
    ];
    assert_eq!(log(), lines.map(|line| format!("6{module}: {line}")));
}

fn a_reason_to_be_alone_is_recorded() {
    let alone = KLP_CALLBACKS.iter().filter(|record| record.alone == 1);
    let names: Vec<_> = alone.map(|record| record.function.as_str()).collect();
    assert_eq!(names, ["stop"]);
}
