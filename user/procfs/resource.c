// SPDX-License-Identifier: Apache-2.0
/*
 * resource.c - /proc/<pid>/limits and io: what it may use, what it has used
 */
#include "procfs/resource.h"

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define LIMITS_SIZE 4096
#define IO_SIZE	    1024

/* fs/proc/base.c lnames */
static const char *const limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = "Max cpu time",
	[RLIMIT_FSIZE] = "Max file size",
	[RLIMIT_DATA] = "Max data size",
	[RLIMIT_STACK] = "Max stack size",
	[RLIMIT_CORE] = "Max core file size",
	[RLIMIT_RSS] = "Max resident set",
	[RLIMIT_NPROC] = "Max processes",
	[RLIMIT_NOFILE] = "Max open files",
	[RLIMIT_MEMLOCK] = "Max locked memory",
	[RLIMIT_AS] = "Max address space",
	[RLIMIT_LOCKS] = "Max file locks",
	[RLIMIT_SIGPENDING] = "Max pending signals",
	[RLIMIT_MSGQUEUE] = "Max msgqueue size",
	[RLIMIT_NICE] = "Max nice priority",
	[RLIMIT_RTPRIO] = "Max realtime priority",
	[RLIMIT_RTTIME] = "Max realtime timeout",
};

_Static_assert(RLIM_NLIMITS <= 32, "has is a mask of 32 bits");

static bool scan_limit(struct str word, uint64_t *ret)
{
	if (str_eq(word, STR_LITERAL("unlimited"))) {
		*ret = PROC_UNLIMITED;
		return true;
	}
	return scan_u64(word, ret);
}

static int find_limit(struct str line)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct str name = str_of(limit_names[i]);

		if (str_has_prefix(line, name) && line.len > name.len && line.p[name.len] == ' ')
			return i;
	}
	return -1;
}

void parse_limits(struct str text, struct proc_limits *ret_limits)
{
	struct proc_limits l = { 0 };
	struct str line;

	while (scan_whole_line(&text, &line)) {
		int i = find_limit(line);
		uint64_t soft, hard;
		struct str rest;

		if (i < 0)
			continue;
		rest = str_from(line.p + strlen(limit_names[i]), line.len - strlen(limit_names[i]));
		if (!scan_limit(scan_word(&rest), &soft) || !scan_limit(scan_word(&rest), &hard))
			continue;
		l.soft[i] = soft;
		l.hard[i] = hard;
		l.has |= 1u << i;
	}
	*ret_limits = l;
}

int read_limits(int pid_fd, struct proc_limits *ret_limits)
{
	char buf[LIMITS_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "limits", buf, sizeof(buf), &len, NULL);

	if (!err)
		parse_limits(str_from(buf, len), ret_limits);
	return err;
}

static const char *const io_keys[PROC_IO_FIELDS] = {
	[PROC_IO_READ_CHARS] = "rchar:",
	[PROC_IO_WRITE_CHARS] = "wchar:",
	[PROC_IO_READ_CALLS] = "syscr:",
	[PROC_IO_WRITE_CALLS] = "syscw:",
	[PROC_IO_READ_BYTES] = "read_bytes:",
	[PROC_IO_WRITE_BYTES] = "write_bytes:",
	[PROC_IO_CANCELLED_BYTES] = "cancelled_write_bytes:",
};

void parse_io(struct str text, struct proc_io *ret_io)
{
	struct proc_io io = { 0 };
	struct str line;

	while (scan_whole_line(&text, &line)) {
		struct str key = scan_word(&line);

		for (int i = 0; i < PROC_IO_FIELDS; i++) {
			if (str_eq(key, str_of(io_keys[i])) &&
			    scan_u64(scan_trim(line), &io.value[i]))
				io.has |= 1u << i;
		}
	}
	*ret_io = io;
}

int read_io(int pid_fd, struct proc_io *ret_io)
{
	char buf[IO_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "io", buf, sizeof(buf), &len, NULL);

	if (!err)
		parse_io(str_from(buf, len), ret_io);
	return err;
}
