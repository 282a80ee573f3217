// SPDX-License-Identifier: GPL-2.0-only
/* Another module: what an example in the documentation is about. */

struct net_device { unsigned int mtu; };
struct virtnet_info { struct net_device *dev; };

struct virtnet_info virtnet_info;
