// SPDX-License-Identifier: Apache-2.0
/*
 * foreign.c - daemons that have a root of their own, and so files of their own
 */
#include "container/foreign.h"

#include <string.h>

static void drop(struct foreign *f, unsigned int at)
{
	f->len--;
	memmove(&f->one[at], &f->one[at + 1], (f->len - at) * sizeof(f->one[0]));
}

static unsigned int count(const struct foreign *f, uint64_t mnt_ns)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < f->len; i++)
		n += f->one[i].mnt_ns == mnt_ns;
	return n;
}

/* The oldest one of the namespace that has the most, with one more in mnt_ns. */
static unsigned int oldest_of_most(const struct foreign *f, uint64_t mnt_ns)
{
	unsigned int at = 0, n = 0;

	for (unsigned int i = 0; i < f->len; i++) {
		unsigned int same = count(f, f->one[i].mnt_ns) + (f->one[i].mnt_ns == mnt_ns);

		if (same > n) {
			at = i;
			n = same;
		}
	}
	return at;
}

void foreign_note(struct foreign *f, uint32_t pid, uint64_t mnt_ns)
{
	for (unsigned int i = 0; i < f->len; i++) {
		if (f->one[i].pid != pid)
			continue;
		if (f->one[i].mnt_ns == mnt_ns)
			return;
		drop(f, i); /* it went elsewhere, or is another process */
		break;
	}
	if (f->len == FOREIGN_MAX)
		drop(f, oldest_of_most(f, mnt_ns));
	f->one[f->len++] = (struct foreign_one){ .pid = pid, .mnt_ns = mnt_ns };
}
