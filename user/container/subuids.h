/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subuids.h - user ids that users have for their user namespaces (subuid(5))
 *
 * One user has tens of thousands of them, and so is as many users to whoever counts by id.
 * Only /etc/subuid is known, not what the sub-ID plugin of an nsswitch.conf(5) says.
 */
#ifndef CONTAINER_SUBUIDS_H
#define CONTAINER_SUBUIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "container/hostfs.h"

struct subuids {
	struct subuids_range {
		uid_t first;
		uid_t count;
	} * range;
	size_t len;
};

/* Reads them again. Of a file that is not there, is not root's or cannot be read there are none. */
void subuids_read(struct subuids *s, struct hostfs *fs);
void subuids_done(struct subuids *s);

bool subuids_has(const struct subuids *s, uid_t uid);

#endif /* CONTAINER_SUBUIDS_H */
