/* SPDX-License-Identifier: Apache-2.0 */
/*
 * membership.h - threads of a group that the rest of the process is not of
 *
 * Who makes files of a log for a group has no capability to give them to any group: he
 * must be a member (chown(2)).
 */
#ifndef LOG_MEMBERSHIP_H
#define LOG_MEMBERSHIP_H

#include <stddef.h>
#include <sys/types.h>

struct membership {
	gid_t *own; /* owned: the supplementary groups before; NULL: nothing was changed */
	size_t len;
};

/*
 * This thread, and those that it starts until membership_leave(), are of the group.
 * Returns 0, -ENOMEM, or -EPERM where that is not permitted.
 */
int membership_join(gid_t group, struct membership *ret_before);

/* This thread is not any more; those that it started are. */
void membership_leave(struct membership *before);

#endif /* LOG_MEMBERSHIP_H */
