// SPDX-License-Identifier: Apache-2.0
/*
 * status.c - /proc/<pid>/status
 */
#include "procfs/status.h"

#include "procfs/procfs.h"
#include "procfs/scan.h"

enum kind {
	KIND_TEXT, /* struct str */
	KIND_LIST, /* struct str that holds numbers */
	KIND_U32,
	KIND_U64,
	KIND_OCTAL, /* uint32_t */
	KIND_IDS,   /* uint32_t[STATUS_IDS] */
	KIND_KIB,   /* "1234 kB" → uint64_t bytes */
	KIND_HEX,   /* uint64_t */
};

#define LINE(line, key_, kind_, field)                \
	[line] = { .key = { key_, sizeof(key_) - 1 }, \
		   .kind = kind_,                     \
		   .off = offsetof(struct proc_status, field) }

static const struct {
	struct str key;
	enum kind kind;
	size_t off;
} lines[STATUS_LINES] = {
	LINE(STATUS_NAME, "Name", KIND_TEXT, name),
	LINE(STATUS_UMASK, "Umask", KIND_OCTAL, umask),
	LINE(STATUS_TGID, "Tgid", KIND_U32, tgid),
	LINE(STATUS_PID, "Pid", KIND_U32, pid),
	LINE(STATUS_PPID, "PPid", KIND_U32, ppid),
	LINE(STATUS_TRACER_PID, "TracerPid", KIND_U32, tracer_pid),
	LINE(STATUS_UID, "Uid", KIND_IDS, uid),
	LINE(STATUS_GID, "Gid", KIND_IDS, gid),
	LINE(STATUS_FD_SIZE, "FDSize", KIND_U32, fd_size),
	LINE(STATUS_GROUPS, "Groups", KIND_LIST, groups),
	LINE(STATUS_NSTGID, "NStgid", KIND_LIST, nstgid),
	LINE(STATUS_NSPID, "NSpid", KIND_LIST, nspid),
	LINE(STATUS_NSPGID, "NSpgid", KIND_LIST, nspgid),
	LINE(STATUS_NSSID, "NSsid", KIND_LIST, nssid),
	LINE(STATUS_KTHREAD, "Kthread", KIND_U32, kthread),
	LINE(STATUS_VM_PEAK, "VmPeak", KIND_KIB, vm_peak_bytes),
	LINE(STATUS_VM_SIZE, "VmSize", KIND_KIB, vm_size_bytes),
	LINE(STATUS_VM_LOCKED, "VmLck", KIND_KIB, vm_locked_bytes),
	LINE(STATUS_VM_PINNED, "VmPin", KIND_KIB, vm_pinned_bytes),
	LINE(STATUS_VM_HWM, "VmHWM", KIND_KIB, vm_hwm_bytes),
	LINE(STATUS_VM_RSS, "VmRSS", KIND_KIB, vm_rss_bytes),
	LINE(STATUS_RSS_ANON, "RssAnon", KIND_KIB, rss_anon_bytes),
	LINE(STATUS_RSS_FILE, "RssFile", KIND_KIB, rss_file_bytes),
	LINE(STATUS_RSS_SHMEM, "RssShmem", KIND_KIB, rss_shmem_bytes),
	LINE(STATUS_VM_DATA, "VmData", KIND_KIB, vm_data_bytes),
	LINE(STATUS_VM_STACK, "VmStk", KIND_KIB, vm_stack_bytes),
	LINE(STATUS_VM_EXE, "VmExe", KIND_KIB, vm_exe_bytes),
	LINE(STATUS_VM_LIB, "VmLib", KIND_KIB, vm_lib_bytes),
	LINE(STATUS_VM_PTE, "VmPTE", KIND_KIB, vm_pte_bytes),
	LINE(STATUS_VM_SWAP, "VmSwap", KIND_KIB, vm_swap_bytes),
	LINE(STATUS_HUGETLB, "HugetlbPages", KIND_KIB, hugetlb_bytes),
	LINE(STATUS_CORE_DUMPING, "CoreDumping", KIND_U32, core_dumping),
	LINE(STATUS_THREADS, "Threads", KIND_U32, threads),
	LINE(STATUS_SIG_QUEUE, "SigQ", KIND_TEXT, sig_queue),
	LINE(STATUS_SIG_BLOCKED, "SigBlk", KIND_HEX, sig_blocked),
	LINE(STATUS_SIG_IGNORED, "SigIgn", KIND_HEX, sig_ignored),
	LINE(STATUS_SIG_CAUGHT, "SigCgt", KIND_HEX, sig_caught),
	LINE(STATUS_CAP_INH, "CapInh", KIND_HEX, cap_inh),
	LINE(STATUS_CAP_PRM, "CapPrm", KIND_HEX, cap_prm),
	LINE(STATUS_CAP_EFF, "CapEff", KIND_HEX, cap_eff),
	LINE(STATUS_CAP_BND, "CapBnd", KIND_HEX, cap_bnd),
	LINE(STATUS_CAP_AMB, "CapAmb", KIND_HEX, cap_amb),
	LINE(STATUS_NO_NEW_PRIVS, "NoNewPrivs", KIND_U32, no_new_privs),
	LINE(STATUS_SECCOMP, "Seccomp", KIND_U32, seccomp),
	LINE(STATUS_SECCOMP_FILTERS, "Seccomp_filters", KIND_U32, seccomp_filters),
	LINE(STATUS_CPUS_ALLOWED_LIST, "Cpus_allowed_list", KIND_TEXT, cpus_allowed_list),
	LINE(STATUS_MEMS_ALLOWED_LIST, "Mems_allowed_list", KIND_TEXT, mems_allowed_list),
	LINE(STATUS_VOLUNTARY_SWITCHES, "voluntary_ctxt_switches", KIND_U64, voluntary_switches),
	LINE(STATUS_INVOLUNTARY_SWITCHES, "nonvoluntary_ctxt_switches", KIND_U64,
	     involuntary_switches),
};

_Static_assert(STATUS_LINES <= 64, "has is a mask of 64 bits");

static bool take_ids(struct str value, uint32_t *field)
{
	uint32_t ids[STATUS_IDS];

	if (scan_u32_list(value, ids, STATUS_IDS) != STATUS_IDS)
		return false;
	memcpy(field, ids, sizeof(ids));
	return true;
}

static bool take_octal(struct str value, uint32_t *field)
{
	uint64_t v;

	if (!scan_octal(value, &v) || v > UINT32_MAX)
		return false;
	*field = (uint32_t)v;
	return true;
}

/* Writes the value to where the table says. False: it is not what it should be. */
static bool take_value(struct str value, enum kind kind, void *field)
{
	switch (kind) {
	case KIND_LIST:
		if (scan_u32_list(value, NULL, 0) < 0)
			return false;
		*(struct str *)field = value;
		return true;
	case KIND_TEXT:
		*(struct str *)field = value;
		return true;
	case KIND_U32:
		return scan_u32(value, field);
	case KIND_U64:
		return scan_u64(value, field);
	case KIND_OCTAL:
		return take_octal(value, field);
	case KIND_IDS:
		return take_ids(value, field);
	case KIND_KIB:
		return scan_kib(value, field);
	case KIND_HEX:
		return scan_hex(value, field);
	}
	return false;
}

/*
 * The kernel writes the lines in the order of the table, so the search goes on
 * where it last found something and wraps around: one comparison for most lines.
 */
static int find_line(struct str key, int from)
{
	for (int i = 0; i < STATUS_LINES; i++) {
		int at = (from + i) % STATUS_LINES;

		if (str_eq(key, lines[at].key))
			return at;
	}
	return -1;
}

void parse_status(struct str text, struct proc_status *ret_status)
{
	struct proc_status s = { 0 };
	struct str line;
	int next = 0;

	while (scan_whole_line(&text, &line)) {
		const char *colon = line.len ? memchr(line.p, ':', line.len) : NULL;
		struct str key = str_from(line.p, colon ? (size_t)(colon - line.p) : 0);
		int at = colon ? find_line(key, next) : -1;
		struct str value;

		if (at < 0 || (s.has | s.malformed) >> at & 1)
			continue;
		next = at + 1;
		value = str_from(colon + 1, line.len - key.len - 1);
		/* A name may begin or end with a blank: only the tab is the kernel's. */
		if (at != STATUS_NAME)
			value = scan_trim(value);
		else if (value.len && value.p[0] == '\t')
			value = str_from(value.p + 1, value.len - 1);
		if (take_value(value, lines[at].kind, (char *)&s + lines[at].off))
			s.has |= 1ull << at;
		else
			s.malformed |= 1ull << at;
	}
	*ret_status = s;
}

int read_status(int pid_fd, char *buf, size_t size, struct proc_status *ret_status)
{
	bool truncated;
	size_t len;
	int err = procfs_read_once(pid_fd, "status", buf, size, &len, &truncated);

	if (err)
		return err;
	parse_status(str_from(buf, len), ret_status);
	return 0;
}
