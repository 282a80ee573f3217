// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that loses memory, after the idea of the kernel's own
 * samples/livepatch/livepatch-shadow-mod.c: dummy_alloc() takes a buffer
 * beside the dummy and forgets it, so that dummy_free() cannot free it.
 *
 * /proc/klp_shadow_mod takes "alloc", "check" (asks dummy_check() about each)
 * and "free" (the oldest); it shows how many dummies and buffers there are.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* The compiler leaves such a function as it is, so that it can be patched. */
#define patchable noinline __attribute__((__noipa__))

struct dummy {
	struct list_head list;
	unsigned long number;
};

struct buffer {
	char bytes[64];
};

static LIST_HEAD(dummy_list);
static DEFINE_MUTEX(dummy_mutex);
static unsigned long dummies, numbers;
static atomic_t buffers = ATOMIC_INIT(0);

static patchable struct buffer *buffer_alloc(gfp_t gfp)
{
	struct buffer *buffer = kzalloc(sizeof(*buffer), gfp);

	if (buffer)
		atomic_inc(&buffers);
	return buffer;
}

/* Nobody calls it, which is the bug. */
static __used patchable void buffer_free(struct buffer *buffer)
{
	atomic_dec(&buffers);
	kfree(buffer);
}

static patchable struct dummy *dummy_alloc(void)
{
	struct dummy *dummy;

	dummy = kzalloc(sizeof(*dummy), GFP_KERNEL);
	if (!dummy)
		return NULL;

	/* Oops, nobody remembers where it is. */
	if (!buffer_alloc(GFP_KERNEL)) {
		kfree(dummy);
		return NULL;
	}

	dummy->number = ++numbers;
	return dummy;
}

static patchable void dummy_free(struct dummy *dummy)
{
	pr_info("dummy %lu freed\n", dummy->number);
	kfree(dummy);
}

static patchable bool dummy_check(struct dummy *dummy)
{
	return dummy->number != 0;
}

static int alloc_one(void)
{
	struct dummy *dummy = dummy_alloc();

	if (!dummy)
		return -ENOMEM;
	list_add_tail(&dummy->list, &dummy_list);
	dummies++;
	return 0;
}

static int check_all(void)
{
	struct dummy *dummy;

	list_for_each_entry(dummy, &dummy_list, list)
		if (!dummy_check(dummy))
			return -EIO;
	return 0;
}

static int free_one(void)
{
	struct dummy *dummy;

	dummy = list_first_entry_or_null(&dummy_list, struct dummy, list);
	if (!dummy)
		return -ENOENT;
	list_del(&dummy->list);
	dummies--;
	dummy_free(dummy);
	return 0;
}

static ssize_t shadow_mod_write(struct file *file, const char __user *text,
				size_t len, loff_t *pos)
{
	char word[8] = "";
	int err = -EINVAL;

	if (copy_from_user(word, text, min(len, sizeof(word) - 1)))
		return -EFAULT;

	mutex_lock(&dummy_mutex);
	if (sysfs_streq(word, "alloc"))
		err = alloc_one();
	else if (sysfs_streq(word, "check"))
		err = check_all();
	else if (sysfs_streq(word, "free"))
		err = free_one();
	mutex_unlock(&dummy_mutex);

	return err ? err : len;
}

static int shadow_mod_show(struct seq_file *m, void *v)
{
	mutex_lock(&dummy_mutex);
	seq_printf(m, "dummies %lu, buffers %d\n", dummies,
		   atomic_read(&buffers));
	mutex_unlock(&dummy_mutex);
	return 0;
}

static int shadow_mod_open(struct inode *inode, struct file *file)
{
	return single_open(file, shadow_mod_show, NULL);
}

static const struct proc_ops shadow_mod_ops = {
	.proc_open = shadow_mod_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = shadow_mod_write,
};

static int __init shadow_mod_init(void)
{
	if (!proc_create("klp_shadow_mod", 0644, NULL, &shadow_mod_ops))
		return -ENOMEM;
	return 0;
}

static void __exit shadow_mod_exit(void)
{
	remove_proc_entry("klp_shadow_mod", NULL);
	while (!free_one())
		;
}

module_init(shadow_mod_init);
module_exit(shadow_mod_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp example: a module that loses memory");
