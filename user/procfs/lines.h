/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.h - the lines of a file of /proc/<pid> that may be of any length
 *
 * maps, mountinfo and the tables of net/ grow with what a process does, so they are
 * read in pieces and never held whole.
 */
#ifndef PROCFS_LINES_H
#define PROCFS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A line of maps has a path of 4096 bytes, each of which may take four; mount options are longer. */
#define PROC_LINE_MAX ((size_t)64 * 1024)

/* All zero is a file that ended. */
struct proc_lines {
	int pid_fd;	   /* borrowed */
	int fd;		   /* owned if buf is not NULL */
	char *buf;	   /* owned; PROC_LINE_MAX bytes */
	size_t begin, end; /* what of it was read and not yet given out */
	bool at_end;
	bool skipping;	  /* inside a line that is too long */
	uint32_t skipped; /* lines that were longer than PROC_LINE_MAX */
};

/* 0 or a negative errno as in procfs.h, or -ENOMEM. */
int proc_lines_open(struct proc_lines *l, int pid_fd, const char *name);
void proc_lines_done(struct proc_lines *l);

/*
 * The next line, without its newline, valid until the next call. 1: there is one, 0: no more,
 * or a negative errno. Bytes after the last newline are not a line.
 */
int proc_lines_next(struct proc_lines *l, struct str *ret_line);

#define _cleanup_lines_ __attribute__((cleanup(proc_lines_done)))

#endif /* PROCFS_LINES_H */
