// SPDX-License-Identifier: Apache-2.0
/*
 * membership.c - threads of a group that the rest of the process is not of
 *
 * By the system call itself, which is about the calling thread: setgroups(3) is about all.
 */
#include "log/membership.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_setgroups32
#define SETGROUPS SYS_setgroups32
#else
#define SETGROUPS SYS_setgroups
#endif

static int set_groups(const gid_t *groups, size_t len)
{
	return syscall(SETGROUPS, len, groups) < 0 ? -errno : 0;
}

int membership_join(gid_t group, struct membership *ret_before)
{
	int len = getgroups(0, NULL), r;
	gid_t *groups = len < 0 ? NULL : calloc((size_t)len + 1, sizeof(*groups));

	*ret_before = (struct membership){ 0 };
	if (!groups)
		return -ENOMEM;
	if (getgroups(len, groups) != len) {
		free(groups);
		return -EAGAIN; /* nobody else changes them */
	}
	groups[len] = group;
	r = set_groups(groups, (size_t)len + 1);
	if (r < 0) {
		free(groups);
		return r;
	}
	*ret_before = (struct membership){ .own = groups, .len = (size_t)len };
	return 0;
}

void membership_leave(struct membership *before)
{
	/* It was permitted a moment ago. */
	if (before->own)
		set_groups(before->own, before->len);
	free(before->own);
	*before = (struct membership){ 0 };
}
