// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `cargo xtask bench runtime` patches and measures:
 * - /proc/klp_bench_call: the cost of 1000 calls of a function, in ticks of the
 *   time stamp counter, the least of many times;
 * - /proc/klp_bench_sleep: a function that sleeps until a signal comes;
 * - /proc/klp_bench_hold: a function that sleeps for three seconds, whatever
 *   comes;
 * - /proc/klp_bench_thread: written 1 or 0, a thread that goes in and out of a
 *   function.
 */

#include <linux/delay.h>
#include <linux/kstrtox.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <asm/msr.h>

static struct task_struct *thread;

/* As it is: no copy of it for its only caller. */
static noinline __attribute__((__noipa__)) int klp_bench_call(int value)
{
	barrier();
	return value;
}

static int call_show(struct seq_file *m, void *v)
{
	u64 least = ~0ULL;
	int round, i;

	for (round = 0; round < 100; round++) {
		unsigned long flags;
		u64 start, ticks;

		local_irq_save(flags);
		start = rdtsc_ordered();
		for (i = 0; i < 1000; i++)
			klp_bench_call(i);
		ticks = rdtsc_ordered() - start;
		local_irq_restore(flags);
		least = min(least, ticks);
	}
	seq_printf(m, "%llu\n", least);
	return 0;
}

static noinline int klp_bench_sleep_show(struct seq_file *m, void *v)
{
	msleep_interruptible(600 * 1000);
	seq_puts(m, "woken\n");
	return 0;
}

static noinline int klp_bench_hold_show(struct seq_file *m, void *v)
{
	msleep(3000);
	seq_puts(m, "done\n");
	return 0;
}

static noinline void klp_bench_work(void)
{
	msleep(20);
}

static int work(void *data)
{
	while (!kthread_should_stop()) {
		klp_bench_work();
		msleep(20);
	}
	return 0;
}

static void stop(void)
{
	if (thread)
		kthread_stop(thread);
	thread = NULL;
}

static ssize_t thread_write(struct file *file, const char __user *text,
			    size_t len, loff_t *at)
{
	struct task_struct *started;
	bool on;
	int error = kstrtobool_from_user(text, len, &on);

	if (error)
		return error;
	stop();
	if (!on)
		return len;
	started = kthread_run(work, NULL, "klp_bench");
	if (IS_ERR(started))
		return PTR_ERR(started);
	thread = started;
	return len;
}

static const struct proc_ops thread_ops = {
	.proc_write = thread_write,
};

static int __init klp_bench_init(void)
{
	proc_create_single("klp_bench_call", 0444, NULL, call_show);
	proc_create_single("klp_bench_sleep", 0444, NULL, klp_bench_sleep_show);
	proc_create_single("klp_bench_hold", 0444, NULL, klp_bench_hold_show);
	proc_create("klp_bench_thread", 0200, NULL, &thread_ops);
	return 0;
}

static void __exit klp_bench_exit(void)
{
	remove_proc_entry("klp_bench_thread", NULL);
	remove_proc_entry("klp_bench_hold", NULL);
	remove_proc_entry("klp_bench_sleep", NULL);
	remove_proc_entry("klp_bench_call", NULL);
	stop();
}

module_init(klp_bench_init);
module_exit(klp_bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp: what the benchmark of the runtime patches");
