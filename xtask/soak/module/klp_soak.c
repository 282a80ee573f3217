// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that is patched while it comes and goes: two functions that one
 * read of /proc/klp_soak calls, and between them it sleeps. A task that
 * switches meanwhile gives an answer of two versions.
 */

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static unsigned int delay_ms = 1;
module_param(delay_ms, uint, 0644);
MODULE_PARM_DESC(delay_ms, "How long a read sleeps");

static noinline const char *klp_soak_inner(void)
{
	return "original";
}

static noinline int klp_soak_show(struct seq_file *m, void *v)
{
	msleep(delay_ms);
	seq_printf(m, "original %s\n", klp_soak_inner());
	return 0;
}

static int __init klp_soak_init(void)
{
	return proc_create_single("klp_soak", 0444, NULL, klp_soak_show) ? 0 : -ENOMEM;
}

static void __exit klp_soak_exit(void)
{
	remove_proc_entry("klp_soak", NULL);
}

module_init(klp_soak_init);
module_exit(klp_soak_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp: a module to patch while it comes and goes");
