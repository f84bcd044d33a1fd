/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auxv.h - /proc/<pid>/auxv: what the kernel told the program when it started (getauxval(3))
 */
#ifndef PROCFS_AUXV_H
#define PROCFS_AUXV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROC_AUXV_MAX 64 /* entries; the kernel writes about 25 */

struct proc_auxv {
	uint32_t len;
	bool is_32bit; /* the program's words have 32 bits */
	struct {
		uint64_t type; /* AT_… */
		uint64_t value;
	} entry[PROC_AUXV_MAX];
};

/* Pairs of words of the machine's own order, up to AT_NULL. 0 or -EBADMSG. */
int parse_auxv(const char *bytes, size_t len, struct proc_auxv *ret_auxv);

/* Needs permission to ptrace. -ENOENT: the process has no memory (a kernel thread, a zombie). */
int read_auxv(int pid_fd, struct proc_auxv *ret_auxv);

#endif /* PROCFS_AUXV_H */
