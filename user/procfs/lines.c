// SPDX-License-Identifier: Apache-2.0
/*
 * lines.c - the lines of a file of /proc/<pid> that may be of any length
 */
#include "procfs/lines.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "procfs/procfs.h"

int proc_lines_open(struct proc_lines *l, int pid_fd, const char *name)
{
	_cleanup_close_ int fd = -1;
	int err = procfs_open_file(pid_fd, name, &fd);
	char *buf;

	if (err)
		return err;
	buf = malloc(PROC_LINE_MAX);
	if (!buf)
		return -ENOMEM;
	*l = (struct proc_lines){ .pid_fd = pid_fd, .fd = take_fd(&fd), .buf = buf };
	return 0;
}

void proc_lines_done(struct proc_lines *l)
{
	if (l->buf)
		close(l->fd);
	free(l->buf);
	*l = (struct proc_lines){ 0 };
}

/* Moves what is left to the front and reads on behind it. 0 or a negative errno. */
static int refill(struct proc_lines *l)
{
	ssize_t n;

	memmove(l->buf, l->buf + l->begin, l->end - l->begin);
	l->end -= l->begin;
	l->begin = 0;
	if (l->end == PROC_LINE_MAX) {
		l->skipped += !l->skipping;
		l->skipping = true;
		l->end = 0;
	}
	n = procfs_read_piece(l->pid_fd, l->fd, l->buf + l->end, PROC_LINE_MAX - l->end);
	if (n < 0)
		return (int)n;
	l->at_end = n == 0;
	l->end += (size_t)n;
	return 0;
}

int proc_lines_next(struct proc_lines *l, struct str *ret_line)
{
	while (l->buf && !l->at_end) {
		struct str rest = str_from(l->buf + l->begin, l->end - l->begin);
		const char *newline = rest.len ? memchr(rest.p, '\n', rest.len) : NULL;
		int err;

		if (!newline) {
			err = refill(l);
			if (err)
				return err;
			continue;
		}
		l->begin += (size_t)(newline - rest.p) + 1;
		if (!l->skipping) {
			*ret_line = str_from(rest.p, (size_t)(newline - rest.p));
			return 1;
		}
		l->skipping = false;
	}
	return 0;
}
