// SPDX-License-Identifier: GPL-2.0-only
//! Commit 48900cb6af42 ("virtio-net: drop NETIF_F_FRAGLIST") as a live patch. The driver sets a
//! device's features when it probes it, and for devices that are there already this is long over:
//! a callback walks them all. Devices that come later are probed by the replaced function.
#![no_std]
#![no_main]

mod net;

use klp_kernel::prelude::*;
use net::{net_device, net_device_ops};

klp::patch! {
    license: "GPL",
    description: "klp_virtio_net: drop NETIF_F_FRAGLIST",
}

#[kernel(object = "klp_virtio_net")]
unsafe extern "C" {
    /// The driver's operations, by which its devices are known; never read.
    safe static virtnet_netdev: net_device_ops;
}

/// `NETIF_F_FRAGLIST`.
const FRAGLIST: u64 = 1 << net::NETIF_F_FRAGLIST_BIT;

/// `NETIF_F_HW_CSUM | NETIF_F_SG`.
const HARMLESS: u64 = 1 << net::NETIF_F_HW_CSUM_BIT | 1 << net::NETIF_F_SG_BIT;

/// The features of a device that is being probed.
///
/// # Safety
/// Called with a device that is not registered yet.
#[livepatch(object = "klp_virtio_net")]
unsafe extern "C" fn virtnet_set_features(dev: *mut net_device) {
    // SAFETY: a device that nobody else knows yet.
    let dev = unsafe { &mut *dev };
    dev.hw_features |= HARMLESS;
    dev.features |= HARMLESS;
}

/// Takes the feature from the devices that have it.
#[post_patch(object = "klp_virtio_net", undo = give_back)]
fn take_away(_driver: &Object) {
    change(|features| features & !FRAGLIST);
}

/// Gives it to all devices of the driver, as the old function does.
#[pre_unpatch(object = "klp_virtio_net")]
fn give_back(_driver: &Object) {
    change(|features| features | FRAGLIST);
}

/// Changes the features of each of the driver's devices: what it can do, what it was asked to do
/// and what it does.
fn change(change: impl Fn(u64) -> u64) {
    net::for_each_device(|dev| {
        // SAFETY: a registered device, of which rtnl, which is held, guards these members.
        unsafe {
            if (*dev).netdev_ops == &raw const virtnet_netdev {
                (*dev).hw_features = change((*dev).hw_features);
                (*dev).wanted_features = change((*dev).wanted_features);
                (*dev).features = change((*dev).features);
                net::netdev_features_change(dev);
            }
        }
    });
}
