// SPDX-License-Identifier: GPL-2.0-only
//! Network devices: all of them, and their features. Where members lie is known when the patch is
//! linked, so this file serves any kernel.

use core::marker::PhantomData;
use core::ptr::NonNull;
use klp_kernel::prelude::*;

/// `struct net_device` (`include/linux/netdevice.h`).
#[repr(C)]
pub struct net_device {
    members: [u8; 0],
}

/// `struct net` (`include/net/net_namespace.h`): a network namespace.
#[repr(C)]
struct net {
    members: [u8; 0],
}

/// `struct rw_semaphore`.
#[repr(C)]
struct rw_semaphore {
    members: [u8; 0],
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn rtnl_lock();
    fn rtnl_unlock();
    fn down_read(sem: *mut rw_semaphore);
    fn up_read(sem: *mut rw_semaphore);
    static mut net_rwsem: rw_semaphore;
    static net_namespace_list: list_head;
    fn netdev_features_change(dev: *mut net_device);
}

/// The lock of all network devices, and that of the list of namespaces, until it is dropped.
pub struct Rtnl(PhantomData<*mut ()>);

impl Rtnl {
    /// Takes the locks. May sleep: for callbacks, not for replaced functions in general.
    pub fn lock() -> Self {
        // SAFETY: a callback holds neither lock.
        unsafe { rtnl_lock() };
        // SAFETY: as above; the kernel takes them in this order too.
        unsafe { down_read(&raw mut net_rwsem) };
        Self(PhantomData)
    }

    /// Calls `each` with the features of every device whose operations are at `ops`.
    pub fn for_each_device(&self, ops: *const u8, each: impl Fn(Features<'_>)) {
        for dev in self.namespaces().flat_map(|net| self.devices(net)) {
            let offset = field_offset!(net_device.netdev_ops);
            // SAFETY: a pointer member of a device, which does not change.
            let its_ops = unsafe { *member::<*const u8>(dev, offset) };
            if its_ops == ops {
                // SAFETY: a valid device; rtnl is held.
                each(unsafe { Features::of(dev.as_ptr()) });
            }
        }
    }

    fn namespaces(&self) -> impl Iterator<Item = NonNull<net>> {
        // SAFETY: net_rwsem, which guards the list, is held.
        let nodes = unsafe { list_head::nodes(&raw const net_namespace_list) };
        // SAFETY: its nodes are the namespaces' `list`.
        nodes.map(|node| unsafe { container_of!(node, net.list) })
    }

    fn devices(&self, net: NonNull<net>) -> impl Iterator<Item = NonNull<net_device>> {
        // SAFETY: a member of a namespace.
        let head = unsafe { net.byte_add(field_offset!(net.dev_base_head)) };
        // SAFETY: rtnl, which guards the list, is held.
        let nodes = unsafe { list_head::nodes(head.cast().as_ptr()) };
        // SAFETY: its nodes are the devices' `dev_list`.
        nodes.map(|node| unsafe { container_of!(node, net_device.dev_list) })
    }
}

impl Drop for Rtnl {
    fn drop(&mut self) {
        // SAFETY: taken by `lock`.
        unsafe { up_read(&raw mut net_rwsem) };
        // SAFETY: taken by `lock`.
        unsafe { rtnl_unlock() };
    }
}

/// What a device can do, and what it does.
pub struct Features<'a> {
    dev: NonNull<net_device>,
    context: PhantomData<&'a Rtnl>,
}

impl Features<'_> {
    /// The features of `dev`.
    ///
    /// # Safety
    /// `dev` must be a valid device, and nobody else may change its features meanwhile: it is not
    /// registered yet, or rtnl is held.
    pub unsafe fn of(dev: *mut net_device) -> Self {
        Self {
            // SAFETY: a valid pointer is not null.
            dev: unsafe { NonNull::new_unchecked(dev) },
            context: PhantomData,
        }
    }

    /// The device does `features`, and can be told not to.
    pub fn add(&mut self, features: u64) {
        self.each(|set| set | features);
    }

    /// The device neither does `features` nor can be told to.
    pub fn remove(&mut self, features: u64) {
        self.each(|set| set & !features);
    }

    /// Tells those who have asked to be told.
    pub fn announce(&self) {
        // SAFETY: a valid device; rtnl is held for one that is registered.
        unsafe { netdev_features_change(self.dev.as_ptr()) };
    }

    /// Changes all three sets: `netdev_features_t`, which others may be reading.
    fn each(&mut self, change: impl Fn(u64) -> u64) {
        for offset in [
            field_offset!(net_device.hw_features),
            field_offset!(net_device.wanted_features),
            field_offset!(net_device.features),
        ] {
            // SAFETY: the offset is that of a member.
            let set = unsafe { member::<u64>(self.dev, offset) };
            // SAFETY: a member of a valid device, which nobody else changes.
            let old = unsafe { set.read_volatile() };
            // SAFETY: as above; whoever reads it sees the old set or the new one.
            unsafe { set.write_volatile(change(old)) };
        }
    }
}

/// # Safety
/// `offset` must be that of a member of type `T`.
unsafe fn member<T>(dev: NonNull<net_device>, offset: usize) -> *mut T {
    // SAFETY: the offset is that of a member, so it stays inside the structure.
    unsafe { dev.byte_add(offset) }.cast().as_ptr()
}
