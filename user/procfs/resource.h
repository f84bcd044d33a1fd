/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resource.h - /proc/<pid>/limits and io: what it may use, what it has used
 */
#ifndef PROCFS_RESOURCE_H
#define PROCFS_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/str.h"

/* limits (getrlimit(2); fs/proc/base.c proc_pid_limits) */
#define PROC_UNLIMITED UINT64_MAX

struct proc_limits {
	uint32_t has; /* bit per RLIMIT_… */
	uint64_t soft[RLIM_NLIMITS];
	uint64_t hard[RLIM_NLIMITS];
};

int read_limits(int pid_fd, struct proc_limits *ret_limits);

/* Lines that are not known, cut or wrong have no bit in has. */
void parse_limits(struct str text, struct proc_limits *ret_limits);

/* io (Documentation/filesystems/proc.rst) */
enum proc_io_field {
	PROC_IO_READ_CHARS,  /* by read(2) and the like */
	PROC_IO_WRITE_CHARS, /* by write(2) and the like */
	PROC_IO_READ_CALLS,
	PROC_IO_WRITE_CALLS,
	PROC_IO_READ_BYTES,	 /* from storage */
	PROC_IO_WRITE_BYTES,	 /* to storage */
	PROC_IO_CANCELLED_BYTES, /* not written after all: truncated before */
	PROC_IO_FIELDS,
};

struct proc_io {
	uint32_t has; /* bit per enum proc_io_field */
	uint64_t value[PROC_IO_FIELDS];
};

/* Needs permission to ptrace the process. -ENOENT: the kernel does not account I/O. */
int read_io(int pid_fd, struct proc_io *ret_io);

/* Lines that are not known, cut or wrong have no bit in has. */
void parse_io(struct str text, struct proc_io *ret_io);

#endif /* PROCFS_RESOURCE_H */
