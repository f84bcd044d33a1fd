// SPDX-License-Identifier: Apache-2.0
/*
 * auxv.c - /proc/<pid>/auxv: what the kernel told the program when it started
 */
#include "procfs/auxv.h"

#include <errno.h>
#include <string.h>

#include "procfs/procfs.h"

#define AUXV_SIZE ((PROC_AUXV_MAX + 1) * 2 * sizeof(uint64_t))
#define TYPE_MAX  1024 /* no architecture has a larger AT_… */

static uint64_t word_at(const char *bytes, size_t index, size_t size)
{
	uint64_t wide;
	uint32_t narrow;

	if (size == sizeof(wide)) {
		memcpy(&wide, bytes + index * size, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, bytes + index * size, sizeof(narrow));
	return narrow;
}

/* Pairs of words of that size, if all types are types. */
static bool parse_pairs(const char *bytes, size_t len, size_t size, struct proc_auxv *a)
{
	a->len = 0;
	for (size_t i = 0; (i + 2) * size <= len; i += 2) {
		uint64_t type = word_at(bytes, i, size);

		if (type == 0)
			return true;
		if (type > TYPE_MAX || a->len == PROC_AUXV_MAX)
			return false;
		a->entry[a->len].type = type;
		a->entry[a->len].value = word_at(bytes, i + 1, size);
		a->len++;
	}
	return false; /* there is always an AT_NULL */
}

int parse_auxv(const char *bytes, size_t len, struct proc_auxv *ret_auxv)
{
	struct proc_auxv a = { 0 };

	/* Read as 64 bits, a type and a value of 32 make one that is no type. */
	if (!parse_pairs(bytes, len, sizeof(uint64_t), &a)) {
		if (!parse_pairs(bytes, len, sizeof(uint32_t), &a))
			return -EBADMSG;
		a.is_32bit = true;
	}
	*ret_auxv = a;
	return 0;
}

int read_auxv(int pid_fd, struct proc_auxv *ret_auxv)
{
	char buf[AUXV_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "auxv", buf, sizeof(buf), &len, NULL);

	if (err)
		return err;
	return len ? parse_auxv(buf, len, ret_auxv) : -ENOENT;
}
