// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network driver whose devices claim NETIF_F_FRAGLIST, as virtio_net's did
 * before commit 48900cb6af42 ("virtio-net: drop NETIF_F_FRAGLIST"). Its devices
 * lead nowhere. It makes two when it is loaded; /proc/klp_virtio_net takes
 * "probe" for another, and shows which claim the feature.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>

#define MAX_DEVICES 8

/* The compiler leaves such a function as it is, so that it can be patched. */
#define patchable noinline __attribute__((__noipa__))

static struct net_device *devices[MAX_DEVICES];
static unsigned int count;

static netdev_tx_t start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops virtnet_netdev = {
	.ndo_start_xmit = start_xmit,
};

/* In the real driver, these lines are a part of virtnet_probe(). */
static patchable void virtnet_set_features(struct net_device *dev)
{
	dev->hw_features |= NETIF_F_HW_CSUM | NETIF_F_SG | NETIF_F_FRAGLIST;
	dev->features |= NETIF_F_HW_CSUM | NETIF_F_SG | NETIF_F_FRAGLIST;
}

static int virtnet_probe(void)
{
	struct net_device *dev;
	int err;

	if (count == MAX_DEVICES)
		return -ENOSPC;
	dev = alloc_netdev(0, "klpnet%d", NET_NAME_ENUM, ether_setup);
	if (!dev)
		return -ENOMEM;
	dev->netdev_ops = &virtnet_netdev;
	eth_hw_addr_random(dev);
	virtnet_set_features(dev);
	err = register_netdev(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	devices[count++] = dev;
	return 0;
}

static void remove_all(void)
{
	while (count) {
		struct net_device *dev = devices[--count];

		unregister_netdev(dev);
		free_netdev(dev);
	}
}

static ssize_t virtnet_write(struct file *file, const char __user *text,
			     size_t len, loff_t *pos)
{
	int err = virtnet_probe();

	return err ? err : len;
}

static int virtnet_show(struct seq_file *m, void *v)
{
	unsigned int i;

	rtnl_lock();
	for (i = 0; i < count; i++)
		seq_printf(m, "%s: fraglist %s, can be %s\n", devices[i]->name,
			   devices[i]->features & NETIF_F_FRAGLIST ? "on" : "off",
			   devices[i]->hw_features & NETIF_F_FRAGLIST ? "on" : "off");
	rtnl_unlock();
	return 0;
}

static int virtnet_open(struct inode *inode, struct file *file)
{
	return single_open(file, virtnet_show, NULL);
}

static const struct proc_ops virtnet_proc_ops = {
	.proc_open = virtnet_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = virtnet_write,
};

static int __init virtnet_init(void)
{
	int err = virtnet_probe();

	if (!err)
		err = virtnet_probe();
	if (!err && !proc_create("klp_virtio_net", 0644, NULL, &virtnet_proc_ops))
		err = -ENOMEM;
	if (err)
		remove_all();
	return err;
}

static void __exit virtnet_exit(void)
{
	remove_proc_entry("klp_virtio_net", NULL);
	remove_all();
}

module_init(virtnet_init);
module_exit(virtnet_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("klp example: devices with a feature too many");
