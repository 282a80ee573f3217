// SPDX-License-Identifier: GPL-2.0-only
/* examples/tcp-challenge-ack */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/random.h>
#include "lookup.h"

#define OLD_LIMIT 100
#define NEW_LIMIT 1000

static int *limit;
static u32 *challenge_timestamp;
static unsigned int *challenge_count;
static u32 (*tcp_seconds)(void);
static void (*tcp_send_ack)(void);
static bool raised;

static void patched_tcp_send_challenge_ack(void)
{
	u32 now = tcp_seconds();
	unsigned int left;

	if (now != READ_ONCE(*challenge_timestamp)) {
		unsigned int max = READ_ONCE(*limit);

		WRITE_ONCE(*challenge_timestamp, now);
		WRITE_ONCE(*challenge_count,
			   ((max + 1) >> 1) + reciprocal_scale(get_random_u32(), max));
	}
	left = READ_ONCE(*challenge_count);
	if (left > 0) {
		WRITE_ONCE(*challenge_count, left - 1);
		tcp_send_ack();
	}
}

static int pre_patch(struct klp_object *obj)
{
	limit = (void *)lookup("klp_tcp:sysctl_tcp_challenge_ack_limit");
	challenge_timestamp = (void *)lookup("klp_tcp:challenge_timestamp");
	challenge_count = (void *)lookup("klp_tcp:challenge_count");
	tcp_seconds = (void *)lookup("klp_tcp:tcp_seconds");
	tcp_send_ack = (void *)lookup("klp_tcp:tcp_send_ack");
	if (!limit || !challenge_timestamp || !challenge_count ||
	    !tcp_seconds || !tcp_send_ack)
		return -ENOENT;
	return 0;
}

static void post_patch(struct klp_object *obj)
{
	raised = cmpxchg(limit, OLD_LIMIT, NEW_LIMIT) == OLD_LIMIT;
}

static void pre_unpatch(struct klp_object *obj)
{
	if (raised)
		cmpxchg(limit, NEW_LIMIT, OLD_LIMIT);
}

static struct klp_func funcs[] = {
	{
		.old_name = "tcp_send_challenge_ack",
		.new_func = patched_tcp_send_challenge_ack,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "klp_tcp",
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
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
