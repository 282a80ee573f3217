// SPDX-License-Identifier: GPL-2.0-only
/*
 * The busy module of the callbacks demo: its work function sleeps as long as
 * it is told to, and a patch of that function has to wait for it.
 *
 * Messages are those of the kernel document's transcripts, which is why the
 * init and exit functions are not named after this module.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static unsigned int sleep_secs;
module_param(sleep_secs, uint, 0644);
MODULE_PARM_DESC(sleep_secs, "how long the work takes (default: 0)");

static void busymod_work_func(struct work_struct *work);

static DECLARE_WORK(busy_work, busymod_work_func);
static DECLARE_COMPLETION(work_started);

static void busymod_work_func(struct work_struct *work)
{
	pr_info("%s, sleeping %u seconds ...\n", __func__, sleep_secs);
	complete(&work_started);
	msleep(sleep_secs * MSEC_PER_SEC);
	pr_info("%s exit\n", __func__);
}

static int livepatch_callbacks_mod_init(void)
{
	pr_info("%s\n", __func__);
	schedule_work(&busy_work);

	/* So that the log has one order: the work is on before insmod is back, */
	wait_for_completion(&work_started);
	/* and over when it takes no time. */
	if (!sleep_secs)
		flush_work(&busy_work);

	return 0;
}

static void livepatch_callbacks_mod_exit(void)
{
	flush_work(&busy_work);
	pr_info("%s\n", __func__);
}

module_init(livepatch_callbacks_mod_init);
module_exit(livepatch_callbacks_mod_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp callbacks example: a busy module");
