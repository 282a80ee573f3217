// SPDX-License-Identifier: GPL-2.0-only
/* examples/shadow-leak/fix2 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "lookup.h"

#define COUNTER 2
#define BUFFER 1

struct dummy {
	struct list_head list;
	unsigned long number;
};

static void (*buffer_free)(void *buffer);

static void buffer_dtor(void *obj, void *shadow_data)
{
	void **buffer = shadow_data;

	buffer_free(*buffer);
}

static bool patched_dummy_check(struct dummy *dummy)
{
	atomic_t *count;

	count = klp_shadow_get_or_alloc(dummy, COUNTER, sizeof(*count),
					GFP_NOWAIT, NULL, NULL);
	if (count)
		atomic_inc(count);
	return dummy->number != 0;
}

static void patched_dummy_free(struct dummy *dummy)
{
	atomic_t *count = klp_shadow_get(dummy, COUNTER);

	pr_info("dummy %lu checked %d times\n", dummy->number,
		count ? atomic_read(count) : 0);
	klp_shadow_free(dummy, BUFFER, buffer_dtor);
	klp_shadow_free(dummy, COUNTER, NULL);
	kfree(dummy);
}

static int pre_patch(struct klp_object *obj)
{
	buffer_free = (void *)lookup("klp_shadow_mod:buffer_free");
	return buffer_free ? 0 : -ENOENT;
}

static void post_unpatch(struct klp_object *obj)
{
	klp_shadow_free_all(COUNTER, NULL);
}

static struct klp_func funcs[] = {
	{
		.old_name = "dummy_check",
		.new_func = patched_dummy_check,
	}, {
		.old_name = "dummy_free",
		.new_func = patched_dummy_free,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "klp_shadow_mod",
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_unpatch = post_unpatch,
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
