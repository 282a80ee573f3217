// SPDX-License-Identifier: GPL-2.0-only
/* examples/params */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/livepatch.h>
#include <linux/module.h>

static bool verbose = true;
module_param(verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "Whether to say anything.");

static u8 a_byte = 1;
module_param(a_byte, byte, 0644);
MODULE_PARM_DESC(a_byte, "8 bits.");

static short a_short = -2;
module_param(a_short, short, 0644);
MODULE_PARM_DESC(a_short, "16 bits.");

static unsigned short a_ushort = 2;
module_param(a_ushort, ushort, 0640);
MODULE_PARM_DESC(a_ushort, "16 bits, not negative.");

static int an_int = -3;
module_param(an_int, int, 0600);
MODULE_PARM_DESC(an_int, "32 bits.");

static unsigned int a_uint = 3;
module_param(a_uint, uint, 0);
MODULE_PARM_DESC(a_uint, "32 bits, not negative; without a file.");

static long a_long = -4;
module_param(a_long, long, 0644);
MODULE_PARM_DESC(a_long, "64 bits.");

static unsigned long a_ulong = 4;
module_param(a_ulong, ulong, 0644);
MODULE_PARM_DESC(a_ulong, "64 bits, not negative.");

static char *text = "none";
module_param(text, charp, 0444);
MODULE_PARM_DESC(text, "A string, which only loading sets.");

static int pre_patch(struct klp_object *obj)
{
	if (verbose) {
		pr_info("byte %u, short %d, ushort %u\n", a_byte, a_short, a_ushort);
		pr_info("int %d, uint %u\n", an_int, a_uint);
		pr_info("long %ld, ulong %lu\n", a_long, a_ulong);
		pr_info("text \"%s\"\n", text);
	}
	return 0;
}

static struct klp_func no_funcs[] = {
	{ }
};

static struct klp_object objs[] = {
	{
		.funcs = no_funcs,
		.callbacks = {
			.pre_patch = pre_patch,
		},
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
