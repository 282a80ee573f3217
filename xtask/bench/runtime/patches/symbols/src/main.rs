// SPDX-License-Identifier: GPL-2.0-only
//! A patch that refers to fifty variables which the kernel does not export.
#![no_std]
#![no_main]

use core::hint::black_box;
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Refers to fifty variables that are not exported",
}

/// The addresses of variables: nothing is read.
macro_rules! addresses {
    ($($name:ident)*) => {
        #[kernel(object = "vmlinux")]
        unsafe extern "C" {
            $(
                #[kernel(unchecked = "only its address is used")]
                static $name: u8;
            )*
        }

        fn addresses() -> usize {
            let mut all = 0;
            $( all ^= black_box(&raw const $name).addr(); )*
            all
        }
    };
}

addresses! {
    linux_proc_banner bpf_iter_ksym_ops
    event_trigger_fops bpf_strtol_proto
    bpf_ima_inode_hash_proto nsfs_ops
    kcore_proc_ops sel_commit_bools_ops
    generic_device_ids pm_attr_group
    bpf_bind_proto netdev_features_strings
    ipmr_rht_params poking_addr
    self_inum inode_hash_lock
    xen_clockevent types__mmap
    sort_mutex kern_table
    types__setregid types__sched_getattr
    pm_vt_switch_list enabled_kobj_attr
    dummy_clock args__kexec_file_load
    ftrace_sysctls module_strings
    dyn_event_ops_mutex padata_default_attrs
    list_lrus_mutex types__stat
    fs_dcache_sysctls fanotify_table
    aa_sfs_entry_ns queue_dma_alignment_entry
    acpi_link_list system_pnp_driver
    kbd_handler dev_attr_wwid
    cpufreq_gov_performance event_balance_dirty_pages
    event_posix_lock_inode event_io_uring_file_get
    event_rtc_timer_enqueue tasklist_lock
    module_mutex klp_mutex
    text_mutex saved_command_line
}

/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    seq_printf!(file, "fifty addresses: {:x}\n", addresses());
    0
}
