// SPDX-License-Identifier: GPL-2.0-only
/* examples/asleep */

#include <linux/delay.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int patched_klp_wait_show(struct seq_file *m, void *v)
{
	msleep(20000);
	seq_puts(m, "klp_wait: patched\n");
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "klp_wait_show",
		.new_func = patched_klp_wait_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "klp_target",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit patch_exit(void)
{
}

module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
