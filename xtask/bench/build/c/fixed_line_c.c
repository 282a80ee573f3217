// SPDX-License-Identifier: GPL-2.0-only
/* What xtask/bench/rust/main.rs does, as a C module for Kbuild. */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int fixed_line_show(struct seq_file *m, void *v)
{
	seq_puts(m, "live patched, edit 0\n");
	return 0;
}

static struct klp_func funcs[] = {
	{ .old_name = "cmdline_proc_show", .new_func = fixed_line_show },
	{ }
};

static struct klp_object objs[] = {
	{ .funcs = funcs },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init fixed_line_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit fixed_line_exit(void)
{
}

module_init(fixed_line_init);
module_exit(fixed_line_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
