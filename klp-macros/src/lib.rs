// SPDX-License-Identifier: GPL-2.0-only
//! The attributes of klp. Import them, and everything that they need, by
//! `use klp_kernel::prelude::*;`.
//!
//! Each attribute goes through the same stages: `args` holds what the author wrote, `check` makes
//! the model of it and collects every mistake, `expand` turns the model into items and cannot
//! fail. `driver` has them all on one screen.

mod args;
mod check;
mod driver;
mod errors;
mod expand;
mod messages;
mod target;

use klp_runtime::contract::CallbackKind;
use proc_macro::TokenStream;

/// Declares the patch: once a crate.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// klp::patch! {
///     license: "GPL",               // required
///     description: "…",             // for modinfo, as are the next two
///     author: "…",
///     version: "…",
///     replace: true,                // take all older patches off: a cumulative patch
/// }
/// ```
#[proc_macro]
pub fn patch(input: TokenStream) -> TokenStream {
    driver::patch(input.into()).into()
}

/// Declares an ordinary kernel module, which is no patch: once a crate, in place of `klp::patch!`.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// klp::module! {
///     license: "GPL",               // required, as are init and exit
///     description: "…",             // for modinfo, as are the next two
///     author: "…",
///     version: "…",
///     init: start,
///     exit: stop,
/// }
///
/// fn start() -> Result {            // an error refuses the module
///     pr_info!("loaded");
///     Ok(())
/// }
///
/// fn stop() {
///     pr_info!("unloaded");
/// }
/// ```
///
/// Symbols of the kernel that it does not export are reached by their distance from one that it
/// does, so the module is right for that very build of the kernel only.
#[proc_macro]
pub fn module(input: TokenStream) -> TokenStream {
    driver::module(input.into()).into()
}

/// Replaces a function of the kernel or of a module.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// #[livepatch(object = "vmlinux")]
/// unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
///     // SAFETY: `m` is what seq_file passed to this show function.
///     let mut file = unsafe { SeqFile::from_ptr(m) };
///     file.puts(c"patched\n");
///     0
/// }
///
/// #[livepatch(object = "e1000", symbol = "reset", sympos = 2)]
/// extern "C" fn e1000_reset_fixed() {}
/// ```
///
/// `symbol` is the old function's name in kallsyms, by default the new function's own; `sympos`
/// its position among symbols of that name, needed where there are several.
///
/// The signature is compared with the old function's prototype in the kernel's type information
/// (BTF): the number of parameters, their widths and signs, what is a pointer, which of the
/// kernel's structs it points to, and what is returned. `*mut c_void` stands for any pointer. A
/// function without type information cannot be checked: assembler, compiler-made variants such as
/// `f.isra.0`, modules built without BTF. `unchecked = "reason"` is for where the author knows
/// better.
#[proc_macro_attribute]
pub fn livepatch(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::livepatch(args.into(), item.into()).into()
}

/// Lets other modules call a function of a module: `EXPORT_SYMBOL_GPL`.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// # klp::module! { license: "GPL", init: start, exit: stop }
/// # fn start() -> Result { Ok(()) }
/// # fn stop() {}
/// /// Twice `x`.
/// #[export]
/// unsafe extern "C" fn example_twice(x: c_int) -> c_int {
///     2 * x
/// }
/// ```
///
/// The function's name is the symbol's; only modules with a GPL-compatible licence may use it.
#[proc_macro_attribute]
pub fn export(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::export(args.into(), item.into()).into()
}

/// Runs before an object is patched, and may refuse.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// #[pre_patch(object = "vmlinux", undo = release)]   // or: no_undo = "reason"
/// fn acquire(object: &Object) -> Result {
///     pr_info!("{} will be patched", object.name());
///     Ok(())
/// }
/// # #[post_unpatch(object = "vmlinux")]
/// # fn release(object: &Object) {}
/// ```
#[proc_macro_attribute]
pub fn pre_patch(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::callback(CallbackKind::PrePatch, args.into(), item.into()).into()
}

/// Runs when all tasks have switched to the patched object.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// #[post_patch(object = "e1000", undo = stop)]       // or: no_undo = "reason"
/// fn start(object: &Object) {
///     pr_info!("{} is patched", object.name());
/// }
/// # #[pre_unpatch(object = "e1000")]
/// # fn stop(object: &Object) {}
/// ```
#[proc_macro_attribute]
pub fn post_patch(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::callback(CallbackKind::PostPatch, args.into(), item.into()).into()
}

/// Runs before an object is unpatched, where its `#[post_patch]` ran.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// # #[post_patch(object = "e1000", undo = stop)]
/// # fn start(object: &Object) {}
/// #[pre_unpatch(object = "e1000")]     // or also: undoes_nothing = "reason", no_functions = "reason"
/// fn stop(object: &Object) {
///     pr_info!("{} will be as it was", object.name());
/// }
/// ```
#[proc_macro_attribute]
pub fn pre_unpatch(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::callback(CallbackKind::PreUnpatch, args.into(), item.into()).into()
}

/// Runs when no task runs the object's patched code any more.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # fn main() {}
/// # #[pre_patch(object = "vmlinux", undo = release)]
/// # fn acquire(object: &Object) -> Result { Ok(()) }
/// #[post_unpatch(object = "vmlinux")]                // or also: undoes_nothing = "reason"
/// fn release(object: &Object) {
///     pr_info!("{} is as it was", object.name());
/// }
/// ```
#[proc_macro_attribute]
pub fn post_unpatch(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::callback(CallbackKind::PostUnpatch, args.into(), item.into()).into()
}

/// Names symbols of an object, exported or not.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// #[kernel(object = "vmlinux")]
/// unsafe extern "C" {
///     static saved_command_line: *const c_char;
///
///     #[kernel(symbol = "do_work", sympos = 2)]
///     fn do_second_work(x: c_int) -> c_int;
/// }
/// ```
///
/// Functions are compared with their prototypes, as by `#[livepatch]`. Of variables the kernel's
/// type information has only those that are per CPU; the type of any other static is the author's
/// word. `#[kernel(unchecked = "reason")]` on an item leaves it alone.
#[proc_macro_attribute]
pub fn kernel(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::kernel(args.into(), item.into()).into()
}

/// Makes a static a module parameter; its doc comment is the description.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// /// What pre_patch returns.
/// #[param(mode = 0o644)]                             // name = "…" where it is not the static's
/// static PRE_PATCH_RET: Param<c_int> = Param::new(0);
/// ```
#[proc_macro_attribute]
pub fn param(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::param(args.into(), item.into()).into()
}

/// Declares a kind of shadow variable: a value for each structure of a type that gets one.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # struct sta_info;
/// /// Serialises waking a station up and sending to it.
/// #[shadow]                                          // id = N, or name = "…": see below
/// unsafe static PS_LOCK: Shadow<sta_info, SpinLock>;
/// ```
///
/// Like a symbol in an `extern` block the static has no value, and its declaration is a promise,
/// hence `unsafe`: that whatever patch has attached a variable under this id, it was one of this
/// very type. Ids are shared by all patches of a running kernel. Without `id`, it is made of the
/// two types and of `name`, by default the static's own (`klp_runtime::shadow_id`).
#[proc_macro_attribute]
pub fn shadow(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::shadow(args.into(), item.into()).into()
}

/// Declares a change that the patch makes to the system, beside replacing functions.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// /// The limit as it was.
/// #[state(id = 1, version = 2)]                      // both required; versions only grow
/// unsafe static LIMIT: State<c_int>;
/// ```
///
/// The type is that of what is needed to undo it. As for `#[shadow]` the static has no value, and
/// `unsafe` is the promise that every patch which has this id remembers one of this very type.
#[proc_macro_attribute]
pub fn state(args: TokenStream, item: TokenStream) -> TokenStream {
    driver::state(args.into(), item.into()).into()
}

/// Defines kernel types with the target kernel's own layout: once a crate, in a module of its own.
///
/// ```no_run
/// mod kernel {                                          // elsewhere `use crate::kernel::…;`
///     klp_kernel::types! {
///         struct task_struct { pid, comm, in_execve }   // these members
///         struct list_head { .. }                       // all members
///         struct mm_struct;                             // no members: size and alignment
///         union sigval { .. }
///         enum module_state;                            // a newtype with a constant for each name
///         const TASK_COMM_LEN: usize;                   // an enumerator by itself
///     }
/// }
///
/// mod module {
///     klp_kernel::types! { object: "virtio_net", struct virtnet_info { dev } }
/// }
/// ```
///
/// Sizes, offsets and types come from the type information (BTF) of the kernel that the crate is
/// built for, and rustc asserts them; a name that the kernel does not have is an error at that
/// name. What C has becomes in Rust:
///
/// | C | Rust |
/// |---|---|
/// | member | a field; bytes nobody asked for are hidden |
/// | any member | `task_struct::pid(p)`, its address, from and to raw pointers |
/// | member of an anonymous union | its address only, since it shares its place |
/// | bit field | `task_struct::in_execve(p)` and `task_struct::set_in_execve(p, value)` |
/// | pointer to a type not listed | a pointer to an opaque type of that name |
/// | member of a type not listed | an opaque type of that name, of the right size |
/// | anonymous struct with a name | a type `task_struct__member`, or by its typedef, with all members |
/// | enum not listed | its integer |
/// | `atomic_t`, `atomic64_t` | `AtomicI32`, `AtomicI64` |
/// | `struct list_head` | klp's `list_head`, whose lists can be walked |
/// | function pointer | `Option<unsafe extern "C" fn(…)>` |
/// | flexible array | `[T; 0]` |
///
/// What has atomics, locks or nodes of lists in it cannot be copied, and is in `ManuallyDrop` where
/// it is a member of a union; everything else can.
///
/// Two lists define two different Rust types of one name, which is why there is one a crate for
/// each object; between lists, cast pointers.
#[proc_macro]
pub fn types(input: TokenStream) -> TokenStream {
    driver::types(input.into()).into()
}
