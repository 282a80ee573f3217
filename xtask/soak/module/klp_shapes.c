// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of all shapes that matter to klp's core when it makes one jump to
 * its replacement: what is at their start. /proc/klp_shapes calls them all; a
 * write to it switches the static key and the static call.
 */

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/static_call.h>
#include <asm/asm.h>

/* As it is written here: not inlined, cloned, or known by its callers. */
#define shape noinline __attribute__((__noipa__)) __used

int klp_shape_plain(int x);
int klp_shape_probed(int x);
int klp_shape_labelled(int x);
int klp_shape_called(int x);
int klp_shape_fixed(int x);
int klp_shape_looping(int x);

static DEFINE_STATIC_KEY_FALSE(klp_shapes_key);

static int klp_shapes_one(int x)
{
	return x + 1;
}

static int klp_shapes_two(int x)
{
	return x + 2;
}

DEFINE_STATIC_CALL(klp_shapes_call, klp_shapes_one);

/* Nothing in the way. */
shape int klp_shape_plain(int x)
{
	return 3 * x + 1;
}

/* For a kprobe that is set on its first instruction. */
shape int klp_shape_probed(int x)
{
	return 5 * x + 1;
}

/* A jump label. */
shape int klp_shape_labelled(int x)
{
	if (static_branch_unlikely(&klp_shapes_key))
		return x + 2;
	return x + 1;
}

/* A static call. */
shape int klp_shape_called(int x)
{
	return static_call(klp_shapes_call)(x);
}

/* An entry of the exception table. */
shape int klp_shape_fixed(int x)
{
	asm volatile("1: addl $1, %0\n2:\n" _ASM_EXTABLE(1b, 2b) : "+r" (x));
	return x;
}

/* A jump back to its second instruction. */
shape int klp_shape_looping(int x)
{
	int n = x;

	asm volatile("nop\n1: subl $1, %0\njnz 1b\n" : "+r" (n));
	return x + 1 + n;
}

static int klp_shapes_show(struct seq_file *m, void *v)
{
	seq_printf(m, "plain %d probed %d labelled %d called %d fixed %d looping %d\n",
		   klp_shape_plain(1), klp_shape_probed(1), klp_shape_labelled(1),
		   klp_shape_called(1), klp_shape_fixed(1), klp_shape_looping(1));
	return 0;
}

static int klp_shapes_open(struct inode *inode, struct file *file)
{
	return single_open(file, klp_shapes_show, NULL);
}

static ssize_t klp_shapes_write(struct file *file, const char __user *buf, size_t count,
				loff_t *ppos)
{
	static_branch_enable(&klp_shapes_key);
	static_call_update(klp_shapes_call, klp_shapes_two);
	return count;
}

static const struct proc_ops klp_shapes_ops = {
	.proc_open	= klp_shapes_open,
	.proc_read	= seq_read,
	.proc_write	= klp_shapes_write,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
};

static int __init klp_shapes_init(void)
{
	return proc_create("klp_shapes", 0600, NULL, &klp_shapes_ops) ? 0 : -ENOMEM;
}

static void __exit klp_shapes_exit(void)
{
	remove_proc_entry("klp_shapes", NULL);
}

module_init(klp_shapes_init);
module_exit(klp_shapes_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp: functions of all shapes");
