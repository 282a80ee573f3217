// SPDX-License-Identifier: GPL-2.0-only
/* examples/cumulative/fix1 */

#include <linux/livepatch.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "lookup.h"

#define ENOUGH 262144
#define BEFORE 1

static struct klp_patch patch;
static int *max_map_count;

static int pre_patch(struct klp_object *obj)
{
	struct klp_state *state;

	max_map_count = (void *)lookup("sysctl_max_map_count");
	if (!max_map_count)
		return -ENOENT;
	if (klp_get_prev_state(BEFORE))
		return 0;
	state = klp_get_state(&patch, BEFORE);
	if (!state)
		return -EINVAL;
	state->data = kzalloc(sizeof(int), GFP_KERNEL);
	return state->data ? 0 : -ENOMEM;
}

static void post_patch(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, BEFORE);
	struct klp_state *prev = klp_get_prev_state(BEFORE);
	int raised = xchg(max_map_count, ENOUGH);

	if (!state)
		return;
	if (prev) {
		state->data = prev->data;
		prev->data = NULL;
	} else {
		*(int *)state->data = raised;
	}
}

static void pre_unpatch(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, BEFORE);

	if (state && state->data)
		WRITE_ONCE(*max_map_count, *(int *)state->data);
}

static void post_unpatch(struct klp_object *obj)
{
	struct klp_state *state = klp_get_state(&patch, BEFORE);

	if (!state)
		return;
	kfree(state->data);
	state->data = NULL;
}

static struct klp_func no_funcs[] = {
	{ }
};

static struct klp_object objs[] = {
	{
		.funcs = no_funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
			.post_unpatch = post_unpatch,
		},
	}, { }
};

static struct klp_state states[] = {
	{
		.id = BEFORE,
		.version = 1,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.states = states,
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
