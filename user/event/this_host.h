/* SPDX-License-Identifier: Apache-2.0 */
/*
 * this_host.h - what events say of the host they happened on
 */
#ifndef EVENT_THIS_HOST_H
#define EVENT_THIS_HOST_H

#include "event/event.h"

struct this_host {
	struct event_host host; /* points into what follows: must stay where it was read */
	char hostname[65];	/* uname(2) */
	char boot_id[64];
};

/* What cannot be read stays empty. proc_root: "/proc" or where the host's is. */
void this_host_read(const char *proc_root, struct this_host *ret_host);

#endif /* EVENT_THIS_HOST_H */
