// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module with two files whose show functions wait to be patched:
 * /proc/klp_target, and /proc/klp_wait, which also takes its time.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static noinline int klp_target_show(struct seq_file *m, void *v)
{
	seq_puts(m, "klp_target: original\n");
	return 0;
}

static noinline int klp_wait_show(struct seq_file *m, void *v)
{
	msleep(100);
	seq_puts(m, "klp_wait: original\n");
	return 0;
}

static int __init klp_target_init(void)
{
	if (!proc_create_single("klp_target", 0444, NULL, klp_target_show))
		return -ENOMEM;
	if (!proc_create_single("klp_wait", 0444, NULL, klp_wait_show)) {
		remove_proc_entry("klp_target", NULL);
		return -ENOMEM;
	}
	return 0;
}

static void __exit klp_target_exit(void)
{
	remove_proc_entry("klp_wait", NULL);
	remove_proc_entry("klp_target", NULL);
}

module_init(klp_target_init);
module_exit(klp_target_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp example: a module to patch");
