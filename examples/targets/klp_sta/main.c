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
 * /proc/klp_sta takes "new" and "del" for the station, and "race": a frame is
 * sent to the sleeping station, which wakes up while the sender is between its
 * two steps. There the sender spins, as in a softirq, until the station has
 * woken up; or for "gap_ms", should that have to wait for the sender.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

static unsigned int gap_ms = 2000;
module_param(gap_ms, uint, 0644);
MODULE_PARM_DESC(gap_ms, "how long a sender waits for the race (default: 2000)");

/* The compiler leaves such a function as it is, so that it can be patched. */
#define patchable noinline __attribute__((__noipa__))

struct sta_info {
	atomic_t asleep;
	atomic_t kept;
	atomic_t delivered;
};

static DEFINE_MUTEX(sta_mutex);
static struct sta_info *station;

static DECLARE_COMPLETION(in_gap);
static bool woken_up;

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
	/* By the clock: on a busy virtual machine, many short delays add up to more. */
	unsigned long end = jiffies + msecs_to_jiffies(gap_ms);

	complete(&in_gap);
	while (time_before(jiffies, end) && !READ_ONCE(woken_up))
		cpu_relax();
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

static void send_work_func(struct work_struct *work)
{
	ieee80211_tx_h_unicast_ps_buf(station);
}

static DECLARE_WORK(send_work, send_work_func);

static int sta_race(void)
{
	if (!station)
		return -ENODEV;

	atomic_set(&station->asleep, 1);
	reinit_completion(&in_gap);
	WRITE_ONCE(woken_up, false);

	queue_work(system_unbound_wq, &send_work);
	wait_for_completion(&in_gap);
	ieee80211_sta_ps_deliver_wakeup(station);
	WRITE_ONCE(woken_up, true);
	flush_work(&send_work);
	return 0;
}

static int sta_new(void)
{
	if (station)
		return -EEXIST;
	station = sta_info_alloc(GFP_KERNEL);
	return station ? 0 : -ENOMEM;
}

static int sta_del(void)
{
	if (station)
		sta_info_free(station);
	station = NULL;
	return 0;
}

static ssize_t sta_write(struct file *file, const char __user *text, size_t len,
			 loff_t *pos)
{
	char word[8] = "";
	int err = -EINVAL;

	if (copy_from_user(word, text, min(len, sizeof(word) - 1)))
		return -EFAULT;

	mutex_lock(&sta_mutex);
	if (sysfs_streq(word, "new"))
		err = sta_new();
	else if (sysfs_streq(word, "del"))
		err = sta_del();
	else if (sysfs_streq(word, "race"))
		err = sta_race();
	mutex_unlock(&sta_mutex);

	return err ? err : len;
}

static int sta_show(struct seq_file *m, void *v)
{
	mutex_lock(&sta_mutex);
	if (station)
		seq_printf(m, "%s, kept %d, delivered %d\n",
			   atomic_read(&station->asleep) ? "asleep" : "awake",
			   atomic_read(&station->kept),
			   atomic_read(&station->delivered));
	else
		seq_puts(m, "no station\n");
	mutex_unlock(&sta_mutex);
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
