// SPDX-License-Identifier: GPL-2.0-only
//! Network devices, laid out as in the kernel that the patch is built for, and the way to them.

use klp_kernel::prelude::*;

klp_kernel::types! {
    struct net_device { dev_list, features, hw_features, netdev_ops, wanted_features }
    struct net_device_ops;
    // A network namespace.
    struct net { dev_base_head, list }
    struct rw_semaphore;
    const NETIF_F_FRAGLIST_BIT: u32;
    const NETIF_F_HW_CSUM_BIT: u32;
    const NETIF_F_SG_BIT: u32;
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    safe fn rtnl_lock();
    safe fn rtnl_unlock();
    fn down_read(sem: *mut rw_semaphore);
    fn up_read(sem: *mut rw_semaphore);
    static mut net_rwsem: rw_semaphore;
    static net_namespace_list: list_head;
    /// Tells those who have asked that a device's features are others.
    pub fn netdev_features_change(dev: *mut net_device);
}

/// Calls `each` with every device in every network namespace, with rtnl held. May sleep.
pub fn for_each_device(each: impl Fn(*mut net_device)) {
    rtnl_lock();
    // SAFETY: the kernel's own semaphore, which it too takes within rtnl.
    unsafe { down_read(&raw mut net_rwsem) };
    // SAFETY: `net_rwsem` guards the list of namespaces, linked by their `list`.
    for net in unsafe { list_entries!(&raw const net_namespace_list, net.list) } {
        let devices = net::dev_base_head(net.as_ptr());
        // SAFETY: rtnl guards a namespace's list of devices, linked by their `dev_list`.
        for dev in unsafe { list_entries!(devices, net_device.dev_list) } {
            each(dev.as_ptr());
        }
    }
    // SAFETY: taken above.
    unsafe { up_read(&raw mut net_rwsem) };
    rtnl_unlock();
}
