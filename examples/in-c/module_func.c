// SPDX-License-Identifier: GPL-2.0-only
/* examples/module-func */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int patched_klp_target_show(struct seq_file *m, void *v)
{
	seq_puts(m, "klp_target: patched\n");
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "klp_target_show",
		.new_func = patched_klp_target_show,
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
