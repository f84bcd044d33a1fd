/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.h - /proc/<pid>/status (proc(5); fs/proc/array.c proc_pid_status)
 *
 * Kernels differ in the lines they write: one that is not known is ignored, one
 * that is missing has no bit in has. Slices point into the text that was parsed.
 */
#ifndef PROCFS_STATUS_H
#define PROCFS_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum status_line {
	STATUS_NAME,
	STATUS_UMASK,
	STATUS_TGID,
	STATUS_PID,
	STATUS_PPID,
	STATUS_TRACER_PID,
	STATUS_UID,
	STATUS_GID,
	STATUS_FD_SIZE,
	STATUS_GROUPS,
	STATUS_NSTGID,
	STATUS_NSPID,
	STATUS_NSPGID,
	STATUS_NSSID,
	STATUS_KTHREAD,
	STATUS_VM_PEAK,
	STATUS_VM_SIZE,
	STATUS_VM_LOCKED,
	STATUS_VM_PINNED,
	STATUS_VM_HWM,
	STATUS_VM_RSS,
	STATUS_RSS_ANON,
	STATUS_RSS_FILE,
	STATUS_RSS_SHMEM,
	STATUS_VM_DATA,
	STATUS_VM_STACK,
	STATUS_VM_EXE,
	STATUS_VM_LIB,
	STATUS_VM_PTE,
	STATUS_VM_SWAP,
	STATUS_HUGETLB,
	STATUS_CORE_DUMPING,
	STATUS_THREADS,
	STATUS_SIG_QUEUE,
	STATUS_SIG_BLOCKED,
	STATUS_SIG_IGNORED,
	STATUS_SIG_CAUGHT,
	STATUS_CAP_INH,
	STATUS_CAP_PRM,
	STATUS_CAP_EFF,
	STATUS_CAP_BND,
	STATUS_CAP_AMB,
	STATUS_NO_NEW_PRIVS,
	STATUS_SECCOMP,
	STATUS_SECCOMP_FILTERS,
	STATUS_CPUS_ALLOWED_LIST,
	STATUS_MEMS_ALLOWED_LIST,
	STATUS_VOLUNTARY_SWITCHES,
	STATUS_INVOLUNTARY_SWITCHES,
	STATUS_LINES,
};

/* Of the four ids of a Uid or Gid line. */
enum status_id { STATUS_REAL, STATUS_EFFECTIVE, STATUS_SAVED, STATUS_FS, STATUS_IDS };

struct proc_status {
	uint64_t has;	    /* bit per enum status_line */
	uint64_t malformed; /* the line is there, its value is not what the kernel writes */

	struct str name; /* '\n' and '\\' are escaped here, unlike in stat */
	uint32_t umask;
	uint32_t tgid, pid, ppid, tracer_pid;
	uint32_t uid[STATUS_IDS], gid[STATUS_IDS];
	uint32_t fd_size;
	struct str groups; /* lists of numbers, for scan_u32_list() */
	struct str nstgid, nspid, nspgid, nssid;
	uint32_t kthread;
	uint64_t vm_peak_bytes, vm_size_bytes, vm_locked_bytes, vm_hwm_bytes, vm_rss_bytes;
	uint64_t rss_anon_bytes, rss_file_bytes, rss_shmem_bytes, vm_swap_bytes;
	uint64_t vm_pinned_bytes, vm_data_bytes, vm_stack_bytes, vm_exe_bytes, vm_lib_bytes;
	uint64_t vm_pte_bytes, hugetlb_bytes;
	uint32_t core_dumping;
	uint32_t threads;
	struct str sig_queue; /* "queued/limit" of its real user, for scan_pair() */
	uint64_t sig_blocked, sig_ignored, sig_caught;
	uint64_t cap_inh, cap_prm, cap_eff, cap_bnd, cap_amb;
	uint32_t no_new_privs;
	uint32_t seccomp; /* 0 disabled, 1 strict, 2 filter */
	uint32_t seccomp_filters;
	struct str cpus_allowed_list, mems_allowed_list;
	uint64_t voluntary_switches, involuntary_switches;
};

static inline bool proc_status_has(const struct proc_status *s, enum status_line line)
{
	return s->has >> line & 1;
}

/* Any text gives an answer, at worst one without a single bit. A line without newline is unused. */
void parse_status(struct str text, struct proc_status *ret_status);

/*
 * Reads into buf, which the answer's slices point into. The Groups line can have
 * 65,536 numbers and stands before most others: STATUS_SIZE holds every status.
 */
#define STATUS_SIZE (1024 * 1024)
int read_status(int pid_fd, char *buf, size_t size, struct proc_status *ret_status);

#endif /* PROCFS_STATUS_H */
