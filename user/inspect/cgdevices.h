/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgdevices.h - which devices a cgroup lets its processes use
 */
#ifndef INSPECT_CGDEVICES_H
#define INSPECT_CGDEVICES_H

#include <stdbool.h>

#include "inspect/doc.h"
#include "inspect/hierarchy.h"

/* A line of devices.list (Documentation/admin-guide/cgroup-v1/devices.rst): "c 1:3 rwm". */
struct cgdevice {
	struct str device; /* type, major:minor; either number may be "*" */
	bool all;	   /* of any type and number */
	bool read, write, mknod;
	const char *name; /* of the file below /dev that it usually is; NULL: none that is known */
};

/* 0 or -EBADMSG. */
int parse_cgdevice(struct str line, struct cgdevice *ret_device);

/* h: of the controller "devices", or of v2. */
void cgdevices_put(const struct hierarchy *h, struct doc *d);

#endif /* INSPECT_CGDEVICES_H */
