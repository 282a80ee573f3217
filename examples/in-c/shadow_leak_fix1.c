// SPDX-License-Identifier: GPL-2.0-only
/* examples/shadow-leak/fix1 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "lookup.h"

#define BUFFER 1

struct dummy {
	struct list_head list;
	unsigned long number;
};

static unsigned long *numbers;
static void *(*buffer_alloc)(gfp_t gfp);
static void (*buffer_free)(void *buffer);

static int buffer_ctor(void *obj, void *shadow_data, void *ctor_data)
{
	void **shadow = shadow_data;

	*shadow = ctor_data;
	return 0;
}

static void buffer_dtor(void *obj, void *shadow_data)
{
	void **buffer = shadow_data;

	buffer_free(*buffer);
}

static struct dummy *patched_dummy_alloc(void)
{
	struct dummy *dummy;
	void *buffer;

	dummy = kzalloc(sizeof(*dummy), GFP_KERNEL);
	if (!dummy)
		return NULL;
	buffer = buffer_alloc(GFP_KERNEL);
	if (!buffer)
		goto free_dummy;
	if (!klp_shadow_alloc(dummy, BUFFER, sizeof(buffer), GFP_KERNEL,
			      buffer_ctor, buffer))
		goto free_buffer;
	dummy->number = ++*numbers;
	return dummy;

free_buffer:
	buffer_free(buffer);
free_dummy:
	kfree(dummy);
	return NULL;
}

static void patched_dummy_free(struct dummy *dummy)
{
	if (klp_shadow_get(dummy, BUFFER))
		klp_shadow_free(dummy, BUFFER, buffer_dtor);
	else
		pr_info("dummy %lu is older than the fix: its buffer is lost\n",
			dummy->number);
	kfree(dummy);
}

static int pre_patch(struct klp_object *obj)
{
	numbers = (void *)lookup("klp_shadow_mod:numbers");
	buffer_alloc = (void *)lookup("klp_shadow_mod:buffer_alloc");
	buffer_free = (void *)lookup("klp_shadow_mod:buffer_free");
	return numbers && buffer_alloc && buffer_free ? 0 : -ENOENT;
}

static void post_unpatch(struct klp_object *obj)
{
	klp_shadow_free_all(BUFFER, buffer_dtor);
}

static struct klp_func funcs[] = {
	{
		.old_name = "dummy_alloc",
		.new_func = patched_dummy_alloc,
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
