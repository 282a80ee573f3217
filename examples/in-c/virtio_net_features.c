// SPDX-License-Identifier: GPL-2.0-only
/* examples/virtio-net-features */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include "lookup.h"

static const struct net_device_ops *virtnet_netdev;

static void patched_virtnet_set_features(struct net_device *dev)
{
	dev->hw_features |= NETIF_F_HW_CSUM | NETIF_F_SG;
	dev->features |= NETIF_F_HW_CSUM | NETIF_F_SG;
}

static void change(netdev_features_t add, netdev_features_t remove)
{
	struct net_device *dev;
	struct net *net;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net) {
		for_each_netdev(net, dev) {
			if (dev->netdev_ops != virtnet_netdev)
				continue;
			dev->hw_features = (dev->hw_features | add) & ~remove;
			dev->wanted_features = (dev->wanted_features | add) & ~remove;
			dev->features = (dev->features | add) & ~remove;
			netdev_features_change(dev);
		}
	}
	up_read(&net_rwsem);
	rtnl_unlock();
}

static int pre_patch(struct klp_object *obj)
{
	virtnet_netdev = (void *)lookup("klp_virtio_net:virtnet_netdev");
	return virtnet_netdev ? 0 : -ENOENT;
}

static void post_patch(struct klp_object *obj)
{
	change(0, NETIF_F_FRAGLIST);
}

static void pre_unpatch(struct klp_object *obj)
{
	change(NETIF_F_FRAGLIST, 0);
}

static struct klp_func funcs[] = {
	{
		.old_name = "virtnet_set_features",
		.new_func = patched_virtnet_set_features,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "klp_virtio_net",
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
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
