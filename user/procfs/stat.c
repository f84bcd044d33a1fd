// SPDX-License-Identifier: Apache-2.0
/*
 * stat.c - /proc/<pid>/stat
 *
 * The name is written raw between parentheses and may hold parentheses, blanks
 * and newlines. Everything after it is a letter and numbers, so the last ')' of
 * the file ends it.
 */
#include "procfs/stat.h"

#include <errno.h>

#include "procfs/scan.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* Numbers of the fields as proc(5) counts them. */
enum {
	FIELD_STATE = 3,
	FIELD_PPID = 4,
	FIELD_PGRP,
	FIELD_SESSION,
	FIELD_TTY,
	FIELD_TTY_PGRP,
	FIELD_FLAGS,
	FIELD_MINFLT,
	FIELD_CMINFLT,
	FIELD_MAJFLT,
	FIELD_CMAJFLT,
	FIELD_UTIME,
	FIELD_STIME,
	FIELD_CUTIME,
	FIELD_CSTIME,
	FIELD_PRIORITY,
	FIELD_NICE,
	FIELD_THREADS,
	FIELD_START = 22,
	FIELD_VSIZE,
	FIELD_RSS,
	FIELD_RSSLIM,
	FIELD_EXIT_SIGNAL = 38,
	FIELD_PROCESSOR,
	FIELD_RT_PRIORITY,
	FIELD_POLICY,
	FIELD_BLKIO,
	FIELD_GUEST,
	FIELD_CGUEST,
	FIELD_LAST = 52,
};

/* Signed and unsigned fields stand side by side; a negative one is kept as its complement. */
static bool scan_number(struct str word, uint64_t *ret)
{
	int64_t v;

	if (scan_u64(word, ret))
		return true;
	if (!scan_i64(word, &v))
		return false;
	*ret = (uint64_t)v;
	return true;
}

/* Reads "state number number …" and counts what it finds. */
static int parse_fields(struct str rest, uint64_t *fields, struct proc_stat *s)
{
	struct str state = scan_word(&rest);
	uint32_t n = FIELD_STATE;

	if (state.len != 1)
		return -EBADMSG;
	s->state = state.p[0];
	for (;;) {
		struct str word = scan_word(&rest);

		if (word.len == 0)
			break;
		n++;
		/* What a later kernel appends is not ours to judge. */
		if (n <= FIELD_LAST && !scan_number(word, &fields[n]))
			return -EBADMSG;
	}
	s->field_count = n;
	return n < FIELD_START ? -EBADMSG : 0;
}

static void take_fields(const uint64_t *f, struct proc_stat *s)
{
	uint32_t tty = (uint32_t)f[FIELD_TTY];

	s->ppid = (uint32_t)f[FIELD_PPID];
	s->pgrp = (uint32_t)f[FIELD_PGRP];
	s->session = (uint32_t)f[FIELD_SESSION];
	/* new_encode_dev(), include/linux/kdev_t.h */
	s->tty_major = (tty & 0xfff00) >> 8;
	s->tty_minor = (tty & 0xff) | (tty >> 12 & 0xfff00);
	s->tty_pgrp = (int32_t)f[FIELD_TTY_PGRP];
	s->flags = (uint32_t)f[FIELD_FLAGS];
	s->minor_faults = f[FIELD_MINFLT];
	s->child_minor_faults = f[FIELD_CMINFLT];
	s->major_faults = f[FIELD_MAJFLT];
	s->child_major_faults = f[FIELD_CMAJFLT];
	s->user_ticks = f[FIELD_UTIME];
	s->system_ticks = f[FIELD_STIME];
	s->child_user_ticks = f[FIELD_CUTIME];
	s->child_system_ticks = f[FIELD_CSTIME];
	s->priority = (int64_t)f[FIELD_PRIORITY];
	s->nice = (int64_t)f[FIELD_NICE];
	s->threads = (uint32_t)f[FIELD_THREADS];
	s->start_ticks = f[FIELD_START];
	s->vsize_bytes = f[FIELD_VSIZE];
	s->rss_pages = f[FIELD_RSS];
	s->rss_limit_bytes = f[FIELD_RSSLIM];
	s->exit_signal = (int64_t)f[FIELD_EXIT_SIGNAL];
	s->processor = (uint32_t)f[FIELD_PROCESSOR];
	s->rt_priority = (uint32_t)f[FIELD_RT_PRIORITY];
	s->policy = (uint32_t)f[FIELD_POLICY];
	s->block_delay_ticks = f[FIELD_BLKIO];
	s->guest_ticks = f[FIELD_GUEST];
	s->child_guest_ticks = f[FIELD_CGUEST];
}

int parse_stat(struct str text, struct proc_stat *ret_stat)
{
	const char *open = text.len ? memchr(text.p, '(', text.len) : NULL;
	const char *close = text.len ? memrchr(text.p, ')', text.len) : NULL;
	uint64_t fields[FIELD_LAST + 1] = { 0 };
	struct proc_stat s = { 0 };
	struct str comm, rest;
	int err;

	/* A cut file has no newline at its end, and a cut number looks like a whole one. */
	if (!open || !close || close < open || text.p[text.len - 1] != '\n')
		return -EBADMSG;
	comm = str_from(open + 1, (size_t)(close - open - 1));
	if (!scan_u32(scan_trim(str_from(text.p, (size_t)(open - text.p))), &s.pid) ||
	    comm.len > sizeof(s.comm))
		return -EBADMSG;
	memcpy(s.comm, comm.p, comm.len);
	s.comm_len = (uint32_t)comm.len;
	rest = str_from(close + 1, text.len - 1 - (size_t)(close + 1 - text.p));
	err = parse_fields(rest, fields, &s);
	if (err)
		return err;
	take_fields(fields, &s);
	*ret_stat = s;
	return 0;
}

bool proc_stat_is_kernel_thread(const struct proc_stat *stat)
{
	return stat->flags & PF_KTHREAD;
}

bool proc_stat_is_zombie(const struct proc_stat *stat)
{
	return stat->state == 'Z' || stat->state == 'X' || stat->state == 'x';
}
