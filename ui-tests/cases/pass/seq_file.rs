// SPDX-License-Identifier: GPL-2.0-only
//! A show function writes into its file.
use klp_kernel::prelude::*;

unsafe extern "C" fn show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"MemFree: ");
    seq_printf!(file, "{:8} kB{}", 17, '\n');
    0
}

fn main() {
    let mut file = ui_tests::File::default();
    assert_eq!(unsafe { show(file.as_ptr(), std::ptr::null_mut()) }, 0);
    assert_eq!(file.0, "MemFree:       17 kB\n");
}
