// SPDX-License-Identifier: GPL-2.0-only
//! What the attributes write is what the author wrote.
use klp_kernel::__private::{KLP_FUNCS, KLP_PARAMS};
use klp_kernel::contract::{ABI, ModuleKind, PatchRecord};
use klp_kernel::prelude::*;
use ui_tests as _;

klp::patch! {
    license: "Dual MIT/GPL",
    description: "All keys",
    author: "A. Author",
    version: "1.0",
    replace: true,
}

/// Twice
/// as verbose.
#[param(mode = 0o644)]
pub static VERBOSE: Param<bool> = Param::new(true);

#[param(mode = 0, name = "limit")]
static UPPER_LIMIT: Param<c_ulong> = Param::new(7);

mod fixes {
    use klp_kernel::prelude::*;

    #[livepatch(object = "vmlinux")]
    pub unsafe extern "C" fn plain(_m: *mut seq_file, _v: *mut c_void) -> c_int {
        1
    }

    #[livepatch(object = "nf_tables", symbol = "foo.isra.0", sympos = 2)]
    extern "C" fn renamed<'a>(x: &'a c_int) -> &'a c_int {
        x
    }

    #[cfg(any())]
    #[livepatch(object = "vmlinux")]
    extern "C" fn left_out() {}

    #[livepatch(object = "vmlinux")]
    #[cfg(any())]
    extern "C" fn left_out_below() {}
}

unsafe extern "C" {
    static __klp_patch_record: PatchRecord;
    fn init_module() -> c_int;
    fn cleanup_module();
}

fn main() {
    funcs();
    params();
    patch();
}

fn funcs() {
    let mut funcs: Vec<_> = KLP_FUNCS.iter().collect();
    funcs.sort_by_key(|func| func.object.as_str());
    let [renamed, plain] = funcs[..] else {
        panic!("{} functions", funcs.len())
    };
    assert_eq!(renamed.object.as_str(), "nf_tables");
    assert_eq!(renamed.symbol.as_str(), "foo.isra.0");
    assert_eq!(renamed.sympos, 2);
    assert_eq!((plain.object.as_str(), plain.symbol.as_str()), ("vmlinux", "plain"));
    assert_eq!(plain.sympos, 0);
    assert_eq!(plain.new_func, fixes::plain as *const c_void);
    assert!(plain.location.file.as_str().ends_with("records.rs"));
    assert_eq!((plain.location.line, plain.location.column), (28, 30));
}

fn params() {
    let mut params: Vec<_> = KLP_PARAMS.iter().collect();
    params.sort_by_key(|param| param.name.as_str());
    let [limit, verbose] = params[..] else {
        panic!("{} parameters", params.len())
    };
    assert_eq!(limit.name.as_str(), "limit");
    assert_eq!((limit.type_name.as_str(), limit.ops.as_str()), ("ulong", "param_ops_ulong"));
    assert_eq!((limit.mode, limit.description.as_str()), (0, ""));
    assert_eq!(UPPER_LIMIT.get(), 7);
    assert_eq!(verbose.name.as_str(), "verbose");
    assert_eq!(verbose.description.as_str(), "Twice as verbose.");
    assert_eq!((verbose.mode, verbose.type_name.as_str()), (0o644, "bool"));
    assert_eq!(verbose.value, (&raw const VERBOSE).cast());
}

fn patch() {
    let record = unsafe { &__klp_patch_record };
    assert_eq!((record.abi, record.replace), (ABI, 1));
    assert_eq!(record.kind, ModuleKind::Patch);
    assert_eq!(record.license.as_str(), "Dual MIT/GPL");
    assert_eq!(record.description.as_str(), "All keys");
    assert_eq!(record.author.as_str(), "A. Author");
    assert_eq!(record.version.as_str(), "1.0");
    assert_eq!((record.location.line, record.location.column), (8, 1));
    assert_eq!(unsafe { init_module() }, Errno::ENODEV.to_ret());
    unsafe { cleanup_module() };
}
