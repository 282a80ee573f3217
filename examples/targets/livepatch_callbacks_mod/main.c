// SPDX-License-Identifier: GPL-2.0-only
/*
 * The idle module of the callbacks demo: it says when it comes and goes, in
 * the words of the kernel document's transcripts.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

static int livepatch_callbacks_mod_init(void)
{
	pr_info("%s\n", __func__);
	return 0;
}

static void livepatch_callbacks_mod_exit(void)
{
	pr_info("%s\n", __func__);
}

module_init(livepatch_callbacks_mod_init);
module_exit(livepatch_callbacks_mod_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp callbacks example: an idle module");
