// SPDX-License-Identifier: GPL-2.0-only
/* examples/ps-lock/with-parent */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "lookup.h"

#define PS_LOCK 1

struct sta_info {
	atomic_t asleep;
	atomic_t kept;
	atomic_t delivered;
};

static void (*sta_gap)(void);

static struct sta_info *patched_sta_info_alloc(gfp_t gfp)
{
	struct sta_info *sta = kzalloc(sizeof(*sta), gfp);
	spinlock_t *ps_lock;

	if (!sta)
		return NULL;
	ps_lock = klp_shadow_alloc(sta, PS_LOCK, sizeof(*ps_lock), gfp, NULL, NULL);
	if (!ps_lock) {
		kfree(sta);
		return NULL;
	}
	spin_lock_init(ps_lock);
	return sta;
}

static void patched_sta_info_free(struct sta_info *sta)
{
	klp_shadow_free(sta, PS_LOCK, NULL);
	kfree(sta);
}

static void patched_tx(struct sta_info *sta)
{
	spinlock_t *ps_lock = klp_shadow_get(sta, PS_LOCK);

	if (ps_lock)
		spin_lock(ps_lock);
	if (!atomic_read(&sta->asleep)) {
		atomic_inc(&sta->delivered);
	} else {
		sta_gap();
		atomic_inc(&sta->kept);
	}
	if (ps_lock)
		spin_unlock(ps_lock);
}

static void patched_wakeup(struct sta_info *sta)
{
	spinlock_t *ps_lock = klp_shadow_get(sta, PS_LOCK);

	if (ps_lock)
		spin_lock(ps_lock);
	atomic_set(&sta->asleep, 0);
	atomic_add(atomic_xchg(&sta->kept, 0), &sta->delivered);
	if (ps_lock)
		spin_unlock(ps_lock);
}

static int pre_patch(struct klp_object *obj)
{
	sta_gap = (void *)lookup("klp_sta:sta_gap");
	return sta_gap ? 0 : -ENOENT;
}

static void post_unpatch(struct klp_object *obj)
{
	klp_shadow_free_all(PS_LOCK, NULL);
}

static struct klp_func funcs[] = {
	{
		.old_name = "sta_info_alloc",
		.new_func = patched_sta_info_alloc,
	}, {
		.old_name = "sta_info_free",
		.new_func = patched_sta_info_free,
	}, {
		.old_name = "ieee80211_tx_h_unicast_ps_buf",
		.new_func = patched_tx,
	}, {
		.old_name = "ieee80211_sta_ps_deliver_wakeup",
		.new_func = patched_wakeup,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "klp_sta",
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
