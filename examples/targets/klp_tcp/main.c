// SPDX-License-Identifier: GPL-2.0-only
/*
 * Challenge ACKs as they were before commit 75ff39ccc1bd ("tcp: make challenge
 * acks less predictable"): exactly so many a second, for the whole host. Who
 * counts the ones that he gets learns how many others got.
 *
 * In the kernel of that time these were tcp_send_challenge_ack() and its
 * sysctl; here they are a module, with seconds that pass when told to.
 * /proc/klp_tcp takes "tick" (a second passes), "limit N" and "N" (that many
 * requests); it shows the limit and how many of them were answered.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

/* The compiler leaves such a function as it is, so that it can be patched. */
#define patchable noinline __attribute__((__noipa__))

static int sysctl_tcp_challenge_ack_limit = 100;

/* Unprotected: nobody minds an ACK more or less. */
static u32 challenge_timestamp;
static unsigned int challenge_count;

static DEFINE_MUTEX(tcp_mutex);
static u32 seconds = 1;
static unsigned int sent;

static patchable u32 tcp_seconds(void)
{
	return READ_ONCE(seconds);
}

static patchable void tcp_send_ack(void)
{
	sent++;
}

static patchable void tcp_send_challenge_ack(void)
{
	u32 now = tcp_seconds();

	if (now != challenge_timestamp) {
		challenge_timestamp = now;
		challenge_count = 0;
	}
	if (++challenge_count <= sysctl_tcp_challenge_ack_limit)
		tcp_send_ack();
}

static int tcp_do(const char *text)
{
	unsigned int number;

	if (sysfs_streq(text, "tick")) {
		WRITE_ONCE(seconds, seconds + 1);
		sent = 0;
	} else if (sscanf(text, "limit %u", &number) == 1) {
		WRITE_ONCE(sysctl_tcp_challenge_ack_limit, number);
	} else if (!kstrtouint(text, 0, &number)) {
		while (number--)
			tcp_send_challenge_ack();
	} else {
		return -EINVAL;
	}
	return 0;
}

static ssize_t tcp_write(struct file *file, const char __user *user, size_t len,
			 loff_t *pos)
{
	char text[24] = "";
	int err;

	if (copy_from_user(text, user, min(len, sizeof(text) - 1)))
		return -EFAULT;
	mutex_lock(&tcp_mutex);
	err = tcp_do(text);
	mutex_unlock(&tcp_mutex);
	return err ? err : len;
}

static int tcp_show(struct seq_file *m, void *v)
{
	seq_printf(m, "limit %d, sent %u\n",
		   READ_ONCE(sysctl_tcp_challenge_ack_limit), sent);
	return 0;
}

static int tcp_open(struct inode *inode, struct file *file)
{
	return single_open(file, tcp_show, NULL);
}

static const struct proc_ops tcp_ops = {
	.proc_open = tcp_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = tcp_write,
};

static int __init tcp_init(void)
{
	if (!proc_create("klp_tcp", 0644, NULL, &tcp_ops))
		return -ENOMEM;
	return 0;
}

static void __exit tcp_exit(void)
{
	remove_proc_entry("klp_tcp", NULL);
}

module_init(tcp_init);
module_exit(tcp_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp example: predictable challenge ACKs");
