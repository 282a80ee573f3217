// SPDX-License-Identifier: GPL-2.0-only
//! Commit 48900cb6af42 ("virtio-net: drop NETIF_F_FRAGLIST") as a live patch. The driver sets a
//! device's features when it probes it, and for devices that are there already this is long over:
//! a callback walks them all. Devices that come later are probed by the replaced function.
#![no_std]
#![no_main]

mod net;

use klp_kernel::prelude::*;
use net::{Features, Rtnl, net_device};

klp::patch! {
    license: "GPL",
    description: "klp_virtio_net: drop NETIF_F_FRAGLIST",
}

#[kernel(object = "klp_virtio_net")]
unsafe extern "C" {
    /// The driver's `struct net_device_ops`, by which its devices are known; never read.
    static virtnet_netdev: u8;
}

/// `NETIF_F_FRAGLIST`.
fn fraglist() -> u64 {
    1 << enumerator!(NETIF_F_FRAGLIST_BIT)
}

/// `NETIF_F_HW_CSUM | NETIF_F_SG`.
fn harmless() -> u64 {
    1 << enumerator!(NETIF_F_HW_CSUM_BIT) | 1 << enumerator!(NETIF_F_SG_BIT)
}

/// The features of a device that is being probed.
///
/// # Safety
/// Called with a device that is not registered yet.
#[livepatch(object = "klp_virtio_net")]
unsafe extern "C" fn virtnet_set_features(dev: *mut net_device) {
    // SAFETY: a valid device, which nobody else knows yet.
    unsafe { Features::of(dev) }.add(harmless());
}

/// Takes the feature from the devices that have it.
#[post_patch(object = "klp_virtio_net", undo = give_back)]
fn take_away(_driver: &Object) {
    change(|features| features.remove(fraglist()));
}

/// Gives it to all devices of the driver, as the old function does.
#[pre_unpatch(object = "klp_virtio_net")]
fn give_back(_driver: &Object) {
    change(|features| features.add(fraglist()));
}

/// Changes the features of each of the driver's devices.
fn change(change: impl Fn(&mut Features<'_>)) {
    let rtnl = Rtnl::lock();
    rtnl.for_each_device(&raw const virtnet_netdev, |mut features| {
        change(&mut features);
        features.announce();
    });
}
