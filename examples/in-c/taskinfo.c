// SPDX-License-Identifier: GPL-2.0-only
/* examples/taskinfo */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

static int patched_proc_pid_personality(struct seq_file *m,
					struct pid_namespace *ns,
					struct pid *pid,
					struct task_struct *task)
{
	if (task->in_execve)
		seq_puts(m, "(execs) ");
	seq_printf(m, "%d (%s) %d %u %d %d %lu\n", task->pid, task->comm,
		   task->real_parent->pid, task->flags,
		   task->static_prio - DEFAULT_PRIO, task->signal->nr_threads,
		   task->mm ? task->mm->start_code : 0);
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "proc_pid_personality",
		.new_func = patched_proc_pid_personality,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
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
