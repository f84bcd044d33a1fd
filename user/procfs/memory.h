/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h - /proc/<pid>/statm and smaps_rollup: how much memory it has
 */
#ifndef PROCFS_MEMORY_H
#define PROCFS_MEMORY_H

#include <stdint.h>

#include "base/str.h"

/* statm (proc_pid_statm(5)), in pages. The fields that are always 0 are not here. */
struct proc_statm {
	uint64_t size_pages;
	uint64_t resident_pages;
	uint64_t shared_pages; /* of files and shared memory, mapped */
	uint64_t text_pages;
	uint64_t data_pages; /* and stack */
};

/* 0 or -EBADMSG. */
int parse_statm(struct str text, struct proc_statm *ret_statm);
int read_statm(int pid_fd, struct proc_statm *ret_statm);

/* smaps_rollup (Documentation/ABI/testing/procfs-smaps_rollup), since Linux 4.14. */
enum proc_rollup_field {
	PROC_ROLLUP_RSS,
	PROC_ROLLUP_PSS, /* each shared page divided by who shares it */
	PROC_ROLLUP_PSS_ANON,
	PROC_ROLLUP_PSS_FILE,
	PROC_ROLLUP_PSS_SHMEM,
	PROC_ROLLUP_SHARED_CLEAN,
	PROC_ROLLUP_SHARED_DIRTY,
	PROC_ROLLUP_PRIVATE_CLEAN,
	PROC_ROLLUP_PRIVATE_DIRTY,
	PROC_ROLLUP_REFERENCED,
	PROC_ROLLUP_ANONYMOUS,
	PROC_ROLLUP_KSM,
	PROC_ROLLUP_LAZY_FREE,
	PROC_ROLLUP_ANON_HUGE,
	PROC_ROLLUP_SHARED_HUGETLB,
	PROC_ROLLUP_PRIVATE_HUGETLB,
	PROC_ROLLUP_SWAP,
	PROC_ROLLUP_SWAP_PSS,
	PROC_ROLLUP_LOCKED,
	PROC_ROLLUP_FIELDS,
};

struct proc_rollup {
	uint32_t has; /* bit per enum proc_rollup_field */
	uint64_t bytes[PROC_ROLLUP_FIELDS];
};

/* Lines that are not known, cut or wrong have no bit in has. */
void parse_rollup(struct str text, struct proc_rollup *ret_rollup);

/*
 * Walks all page tables of the process: milliseconds for one that is large. Needs permission to
 * ptrace it. -ESRCH also for what has no memory: a kernel thread, a zombie.
 */
int read_rollup(int pid_fd, struct proc_rollup *ret_rollup);

#endif /* PROCFS_MEMORY_H */
