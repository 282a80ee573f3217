// SPDX-License-Identifier: GPL-2.0-only
//! Questions to a BTF made by hand.

use super::*;

fn layout() -> Layout {
    Layout::new("6.1", &fixture::kernel()).unwrap()
}

#[test]
fn members_of_anonymous_unions_are_in_place() {
    let outer = layout().of_struct("outer").unwrap();
    assert_eq!(outer.size, 40);
    let names: Vec<&str> = outer
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(names, ["first", "x", "y", "in", "low", "high"]);
    let y = &outer.member("y").unwrap().field;
    assert_eq!((y.offset, y.size, y.bit_size), (8, 8, None));
    assert_eq!(outer.member("in").unwrap().field.type_name, "struct inner");
}

#[test]
fn paths_and_bit_fields() {
    let layout = layout();
    assert_eq!(layout.field("outer", "in.b").unwrap().offset, 24);
    let high = layout.field("outer", "high").unwrap();
    assert_eq!(
        (high.offset, high.bit_offset, high.bit_size),
        (32, 259, Some(5))
    );
}

#[test]
fn misses_suggest_and_explain() {
    let layout = layout();
    let message = layout.of_struct("oter").unwrap_err().to_string();
    assert_eq!(
        message,
        "kernel 6.1 has no struct or union `oter`; did you mean `outer`?"
    );
    let message = layout.field("outer", "firts").unwrap_err().to_string();
    assert!(
        message.contains("`outer` has no member `firts`"),
        "{message}"
    );
    assert!(message.contains("did you mean `first`"), "{message}");
    let message = layout.field("outer", "nowhere").unwrap_err().to_string();
    assert_eq!(
        message,
        "`outer` has no member `nowhere` in kernel 6.1, nor one with a name like it"
    );
    let message = layout.field("outer", "first.x").unwrap_err().to_string();
    assert!(
        message.contains("`outer.first` is not a struct"),
        "{message}"
    );
}

#[test]
fn enumerators_with_and_without_their_enum() {
    let layout = layout();
    assert_eq!(layout.enumerator(Some("state"), "LIVE").unwrap(), 0);
    assert_eq!(layout.enumerator(None, "GONE").unwrap(), -2);
    let message = layout
        .enumerator(Some("state"), "LIFE")
        .unwrap_err()
        .to_string();
    assert!(message.contains("did you mean `LIVE`"), "{message}");
}

#[test]
fn prototypes_in_c() {
    let prototypes = layout().prototypes("show").unwrap();
    let [show] = prototypes.as_slice() else {
        panic!("{prototypes:?}")
    };
    assert_eq!((show.returns.as_str(), show.variadic), ("int", true));
    assert_eq!(show.parameters.len(), 1);
    assert_eq!(show.parameters[0].type_name, "struct outer *");
    assert!(layout().prototypes("shown").is_err());
}

#[test]
fn a_kernel_without_types_is_named() {
    let message = Layout::new("6.1", &[]).err().unwrap().to_string();
    assert!(
        message.starts_with("kernel 6.1 has no type information (BTF)"),
        "{message}"
    );
    assert!(message.contains("CONFIG_DEBUG_INFO_BTF"), "{message}");
}

#[test]
fn loops_end() {
    assert!(layout().of_struct("knot").unwrap().members.is_empty());
}

/// A function that takes itself, again and again: spelled in full, it would never end.
#[test]
fn spellings_end() {
    let layout = Layout::new("6.1", &fixture::endless_function()).unwrap();
    let spelled = layout.field("holder", "call").unwrap().type_name;
    assert!(spelled.starts_with("void (*)(void (*)("), "{spelled}");
    assert!(spelled.len() < 4096, "{}", spelled.len());
}

/// All members of a struct may have one name, which costs its length each time.
#[test]
fn names_have_a_limit() {
    let name = "x".repeat(511);
    let layout = Layout::new("6.1", &fixture::named(&name)).unwrap();
    assert!(layout.of_struct(&name).is_ok());
    let layout = Layout::new("6.1", &fixture::named(&format!("{name}x"))).unwrap();
    assert_eq!(layout.record_names(), Vec::<&str>::new());
}

/// A file of this size had the reader ask for gigabytes.
#[test]
fn functions_and_parameters_have_a_limit() {
    let layout = Layout::new("6.1", &fixture::many_functions("f", 300, 200)).unwrap();
    let prototypes = layout.prototypes("f").unwrap();
    assert_eq!(prototypes.len(), 256);
    assert_eq!(prototypes[0].parameters.len(), 127);
}

#[test]
fn broken_data_is_an_error_or_an_answer() {
    let good = fixture::kernel();
    for length in 0..good.len() {
        assert!(Layout::new("6.1", &good[..length]).is_err(), "{length}");
    }
    for position in 0..good.len() {
        let mut bad = good.clone();
        bad[position] ^= 0xff;
        if let Ok(layout) = Layout::new("6.1", &bad) {
            let _ = layout.of_struct("outer");
            let _ = layout.enumerator(None, "NONE");
            let _ = layout.prototypes("show");
        }
    }
}
