// SPDX-License-Identifier: GPL-2.0-only
//! States: memory that goes from patch to patch.
use klp_kernel::__private::{KLP_CALLBACKS, KLP_STATES};
use klp_kernel::prelude::*;
use ui_tests::{KlpState, allocations, install_states};

/// The limit as it was.
#[state(id = 4, version = 2)]
unsafe static LIMIT: State<c_int>;

#[pre_patch(object = "vmlinux", no_undo = "a test")]
fn with_object(object: &Object) -> Result {
    let gfp_context = object.may_sleep();
    let gfp = Gfp::kernel(&gfp_context);
    alone(object, gfp)?;
    handed_over(object, gfp)?;
    not_there(object, gfp)
}

/// No other patch has the state.
fn alone(object: &Object, gfp: Gfp<'_>) -> Result {
    install_states([Some(KlpState::new(4, 2)), None]);
    assert_eq!(LIMIT.previous_version(object), None);
    assert!(LIMIT.take(object).is_none());
    assert!(LIMIT.put(object, KBox::new(1, gfp)?).is_none());
    assert_eq!(LIMIT.put(object, KBox::new(2, gfp)?).map(|old| *old), Some(1));
    assert_eq!(LIMIT.take(object).map(|old| *old), Some(2));
    assert!(LIMIT.take(object).is_none());
    Ok(())
}

/// The patch before remembers 100.
fn handed_over(object: &Object, gfp: Gfp<'_>) -> Result {
    install_states([Some(KlpState::new(4, 1)), None]);
    LIMIT.put(object, KBox::new(100, gfp)?);
    let [before, _] = install_states([None; 2]);
    install_states([Some(KlpState::new(4, 2)), before]);
    assert_eq!(LIMIT.previous_version(object), Some(1));
    assert!(LIMIT.take(object).is_none());
    let taken = LIMIT.take_previous(object);
    assert_eq!(taken.map(|taken| *taken), Some(100));
    assert!(LIMIT.take_previous(object).is_none());
    let [_, before] = install_states([None; 2]);
    assert!(!before.unwrap().remembers());
    Ok(())
}

/// The kernel does not find it, which does not happen to a state that was declared.
fn not_there(object: &Object, gfp: Gfp<'_>) -> Result {
    install_states([None; 2]);
    assert!(LIMIT.put(object, KBox::new(1, gfp)?).is_none());
    Ok(())
}

fn main() {
    let [state] = &KLP_STATES[..] else {
        panic!("{} states", KLP_STATES.len())
    };
    assert_eq!((state.id, state.version, state.name.as_str()), (4, 2, "LIMIT"));
    assert_eq!((LIMIT.id(), LIMIT.version()), (4, 2));
    let run = KLP_CALLBACKS[0].run;
    assert_eq!(unsafe { ui_tests::Object::vmlinux().call(run) }, 0);
    assert_eq!(allocations(), 0);
}
