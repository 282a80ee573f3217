// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's types that the core looks into, laid out as in the kernel it is built for.

klp_kernel::types! {
    // Tasks.
    struct task_struct {
        thread_info, flags, comm, pid, patch_state, sighand, signal, tasks, thread_node, __state,
        rcu_read_lock_nesting, rcu_read_unlock_special,
    }
    struct thread_info { flags }
    struct signal_struct { thread_head }
    struct sighand_struct { siglock }
    struct rwlock_t;
    struct cpumask { bits }

    // The redirection of calls.
    struct ftrace_ops { func, flags, private, ops_func }
    struct pt_regs { ip }
    struct kprobe;
    struct insn { opcode, modrm, immediate, length }
    struct insn_field { value }
    const FTRACE_OPS_FL_IPMODIFY: usize;
    const FTRACE_OPS_FL_PERMANENT: usize;

    // Modules and their symbols.
    struct module { name, state, list, klp, klp_info, core_kallsyms, kallsyms, target_list }
    struct module_use { target_list, target }
    struct klp_modinfo { hdr, sechdrs, secstrings, symndx }
    struct mod_kallsyms { symtab, num_symtab, strtab }
    struct elf64_hdr { e_shnum }
    struct elf64_shdr { sh_name, sh_flags, sh_addr, sh_size, sh_info }
    struct elf64_sym { st_name, st_shndx, st_value }
    struct elf64_rela { r_offset, r_info }
    struct notifier_block { .. }

    // A patch, as its module has it.
    struct klp_patch { mod, objs, states, replace }
    struct klp_object { name, funcs, callbacks, mod }
    struct klp_callbacks { pre_patch, post_patch, pre_unpatch, post_unpatch }
    struct klp_func { old_name, new_func, old_sympos }
    struct klp_state { id, version }

    // What administrators see.
    struct kobject { name, parent }
    struct kobj_attribute { .. }
    struct attribute { .. }

    // Waiting and working.
    struct mutex;
    struct wait_queue_head { lock }
    struct delayed_work { work }
    struct work_struct { data }
    struct uts_namespace { name }
    struct new_utsname { version }
}
