// SPDX-License-Identifier: GPL-2.0-only
/*
 * The race that commit 1d147bfa6429 ("mac80211: fix AP powersave TX vs. wakeup
 * race") fixed, in a module small enough for a virtual machine without a radio.
 *
 * A station that sleeps has its frames kept. Whoever sends looks whether the
 * station sleeps, then keeps the frame; whoever wakes the station up says so,
 * then delivers what was kept. Nothing makes either of these two steps one:
 * a frame that is kept after the delivery stays where it is.
 *
 * /proc/klp_sta takes "new", "del", "sleep", "wake" and "send". The senders'
 * window is as wide as "gap_ms" says, so that the race can be shown; it is
 * spent spinning, as a sender in a softirq would.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rwsem.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static unsigned int gap_ms;
module_param(gap_ms, uint, 0644);
MODULE_PARM_DESC(gap_ms, "how long a sender takes between looking and keeping (default: 0)");

/* The compiler leaves such a function as it is, so that it can be patched. */
#define patchable noinline __attribute__((__noipa__))

struct sta_info {
	atomic_t asleep;
	atomic_t kept;
	atomic_t delivered;
};

/* Taken for writing by who makes or frees the station. */
static DECLARE_RWSEM(sta_sem);
static struct sta_info *station;

static patchable struct sta_info *sta_info_alloc(gfp_t gfp)
{
	return kzalloc(sizeof(struct sta_info), gfp);
}

static patchable void sta_info_free(struct sta_info *sta)
{
	kfree(sta);
}

static patchable void sta_gap(void)
{
	mdelay(gap_ms);
}

/* Sends a frame, or keeps it for later. */
static patchable void ieee80211_tx_h_unicast_ps_buf(struct sta_info *sta)
{
	if (!atomic_read(&sta->asleep)) {
		atomic_inc(&sta->delivered);
		return;
	}
	sta_gap();
	atomic_inc(&sta->kept);
}

/* The station is awake: delivers what was kept. */
static patchable void ieee80211_sta_ps_deliver_wakeup(struct sta_info *sta)
{
	atomic_set(&sta->asleep, 0);
	atomic_add(atomic_xchg(&sta->kept, 0), &sta->delivered);
}

static int sta_new(void)
{
	struct sta_info *sta;
	int err = 0;

	down_write(&sta_sem);
	if (station) {
		err = -EEXIST;
	} else {
		sta = sta_info_alloc(GFP_KERNEL);
		if (sta)
			station = sta;
		else
			err = -ENOMEM;
	}
	up_write(&sta_sem);
	return err;
}

static int sta_del(void)
{
	down_write(&sta_sem);
	if (station)
		sta_info_free(station);
	station = NULL;
	up_write(&sta_sem);
	return 0;
}

static int sta_do(const char *word)
{
	int err = 0;

	down_read(&sta_sem);
	if (!station)
		err = -ENODEV;
	else if (sysfs_streq(word, "sleep"))
		atomic_set(&station->asleep, 1);
	else if (sysfs_streq(word, "wake"))
		ieee80211_sta_ps_deliver_wakeup(station);
	else if (sysfs_streq(word, "send"))
		ieee80211_tx_h_unicast_ps_buf(station);
	else
		err = -EINVAL;
	up_read(&sta_sem);
	return err;
}

static ssize_t sta_write(struct file *file, const char __user *text, size_t len,
			 loff_t *pos)
{
	char word[8] = "";
	int err;

	if (copy_from_user(word, text, min(len, sizeof(word) - 1)))
		return -EFAULT;

	if (sysfs_streq(word, "new"))
		err = sta_new();
	else if (sysfs_streq(word, "del"))
		err = sta_del();
	else
		err = sta_do(word);

	return err ? err : len;
}

static int sta_show(struct seq_file *m, void *v)
{
	down_read(&sta_sem);
	if (station)
		seq_printf(m, "%s, kept %d, delivered %d\n",
			   atomic_read(&station->asleep) ? "asleep" : "awake",
			   atomic_read(&station->kept),
			   atomic_read(&station->delivered));
	else
		seq_puts(m, "no station\n");
	up_read(&sta_sem);
	return 0;
}

static int sta_open(struct inode *inode, struct file *file)
{
	return single_open(file, sta_show, NULL);
}

static const struct proc_ops sta_ops = {
	.proc_open = sta_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = sta_write,
};

static int __init sta_init(void)
{
	if (!proc_create("klp_sta", 0644, NULL, &sta_ops))
		return -ENOMEM;
	return 0;
}

static void __exit sta_exit(void)
{
	remove_proc_entry("klp_sta", NULL);
	sta_del();
}

module_init(sta_init);
module_exit(sta_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp example: a station that sleeps");
