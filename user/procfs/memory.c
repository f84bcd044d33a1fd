// SPDX-License-Identifier: Apache-2.0
/*
 * memory.c - /proc/<pid>/statm and smaps_rollup: how much memory it has
 */
#include "procfs/memory.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define STATM_SIZE  256
#define ROLLUP_SIZE 4096

int parse_statm(struct str text, struct proc_statm *ret_statm)
{
	enum { SIZE, RESIDENT, SHARED, TEXT, LIB, DATA, FIELDS };
	uint64_t fields[FIELDS];
	struct str line;

	if (!scan_whole_line(&text, &line))
		return -EBADMSG;
	for (int i = 0; i < FIELDS; i++) {
		if (!scan_u64(scan_word(&line), &fields[i]))
			return -EBADMSG;
	}
	*ret_statm = (struct proc_statm){ .size_pages = fields[SIZE],
					  .resident_pages = fields[RESIDENT],
					  .shared_pages = fields[SHARED],
					  .text_pages = fields[TEXT],
					  .data_pages = fields[DATA] };
	return 0;
}

int read_statm(int pid_fd, struct proc_statm *ret_statm)
{
	char buf[STATM_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "statm", buf, sizeof(buf), &len, NULL);

	return err ? err : parse_statm(str_from(buf, len), ret_statm);
}

static const char *const rollup_keys[PROC_ROLLUP_FIELDS] = {
	[PROC_ROLLUP_RSS] = "Rss:",
	[PROC_ROLLUP_PSS] = "Pss:",
	[PROC_ROLLUP_PSS_ANON] = "Pss_Anon:",
	[PROC_ROLLUP_PSS_FILE] = "Pss_File:",
	[PROC_ROLLUP_PSS_SHMEM] = "Pss_Shmem:",
	[PROC_ROLLUP_SHARED_CLEAN] = "Shared_Clean:",
	[PROC_ROLLUP_SHARED_DIRTY] = "Shared_Dirty:",
	[PROC_ROLLUP_PRIVATE_CLEAN] = "Private_Clean:",
	[PROC_ROLLUP_PRIVATE_DIRTY] = "Private_Dirty:",
	[PROC_ROLLUP_REFERENCED] = "Referenced:",
	[PROC_ROLLUP_ANONYMOUS] = "Anonymous:",
	[PROC_ROLLUP_KSM] = "KSM:",
	[PROC_ROLLUP_LAZY_FREE] = "LazyFree:",
	[PROC_ROLLUP_ANON_HUGE] = "AnonHugePages:",
	[PROC_ROLLUP_SHARED_HUGETLB] = "Shared_Hugetlb:",
	[PROC_ROLLUP_PRIVATE_HUGETLB] = "Private_Hugetlb:",
	[PROC_ROLLUP_SWAP] = "Swap:",
	[PROC_ROLLUP_SWAP_PSS] = "SwapPss:",
	[PROC_ROLLUP_LOCKED] = "Locked:",
};

_Static_assert(PROC_ROLLUP_FIELDS <= 32, "has is a mask of 32 bits");

void parse_rollup(struct str text, struct proc_rollup *ret_rollup)
{
	struct proc_rollup r = { 0 };
	struct str line;

	while (scan_whole_line(&text, &line)) {
		struct str key = scan_word(&line);

		for (int i = 0; i < PROC_ROLLUP_FIELDS; i++) {
			if (str_eq(key, str_of(rollup_keys[i])) && scan_kib(line, &r.bytes[i]))
				r.has |= 1u << i;
		}
	}
	*ret_rollup = r;
}

int read_rollup(int pid_fd, struct proc_rollup *ret_rollup)
{
	char buf[ROLLUP_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "smaps_rollup", buf, sizeof(buf), &len, NULL);

	if (!err)
		parse_rollup(str_from(buf, len), ret_rollup);
	return err;
}
