// SPDX-License-Identifier: GPL-2.0-only
/* A module of that kernel, with types of its own. */

struct list_head { struct list_head *next, *prev; };
struct device { struct list_head list; int queues; };

struct device device;

int device_open(struct device *device, int queue) { return device->queues > queue; }
