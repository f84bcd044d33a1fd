/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign.h - daemons that have a root of their own, and so files of their own
 *
 * Anybody may run any number of processes by a daemon's name. When there are too many, the oldest
 * goes of the mount namespace that has the most: one container costs its own, not another's.
 * Who makes many mount namespaces needs capabilities on the host, or has a user namespace of his
 * own and is not asked at all (inside.c).
 */
#ifndef CONTAINER_FOREIGN_H
#define CONTAINER_FOREIGN_H

#include <stdint.h>

#define FOREIGN_MAX 32

struct foreign {
	unsigned int len;
	struct foreign_one {
		uint32_t pid;
		uint64_t mnt_ns; /* inode number; 0: not known */
	} one[FOREIGN_MAX];	 /* oldest first, each pid once */
};

void foreign_note(struct foreign *f, uint32_t pid, uint64_t mnt_ns);

#endif /* CONTAINER_FOREIGN_H */
