// SPDX-License-Identifier: Apache-2.0
/*
 * limits.c - resource limits, and how much of each is used
 */
#include "inspect/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "inspect/common.h"
#include "inspect/put.h"
#include "procfs/procfs.h"
#include "procfs/resource.h"
#include "procfs/scan.h"

/* Names and units as prlimit(1) has them; which line of status says what is used, if one does. */
static const struct {
	const char *name;
	const char *unit;
	enum status_line used_line; /* STATUS_LINES: none */
	size_t used_off;	    /* of the uint64_t in struct proc_status */
} limits[RLIM_NLIMITS] = {
#define FROM(line, field) line, offsetof(struct proc_status, field)
#define NO_LINE		  STATUS_LINES, 0
	[RLIMIT_CPU] = { "cpu", "seconds", NO_LINE },
	[RLIMIT_FSIZE] = { "fsize", "bytes", NO_LINE },
	[RLIMIT_DATA] = { "data", "bytes", FROM(STATUS_VM_DATA, vm_data_bytes) },
	[RLIMIT_STACK] = { "stack", "bytes", FROM(STATUS_VM_STACK, vm_stack_bytes) },
	[RLIMIT_CORE] = { "core", "bytes", NO_LINE },
	[RLIMIT_RSS] = { "rss", "bytes", FROM(STATUS_VM_RSS, vm_rss_bytes) },
	[RLIMIT_NPROC] = { "nproc", "processes", NO_LINE },
	[RLIMIT_NOFILE] = { "nofile", "files", NO_LINE },
	[RLIMIT_MEMLOCK] = { "memlock", "bytes", FROM(STATUS_VM_LOCKED, vm_locked_bytes) },
	[RLIMIT_AS] = { "as", "bytes", FROM(STATUS_VM_SIZE, vm_size_bytes) },
	[RLIMIT_LOCKS] = { "locks", "locks", NO_LINE },
	[RLIMIT_SIGPENDING] = { "sigpending", "signals", NO_LINE },
	[RLIMIT_MSGQUEUE] = { "msgqueue", "bytes", NO_LINE },
	[RLIMIT_NICE] = { "nice", "20 - nice", NO_LINE },
	[RLIMIT_RTPRIO] = { "rtprio", "priority", NO_LINE },
	[RLIMIT_RTTIME] = { "rttime", "microseconds", NO_LINE },
#undef FROM
#undef NO_LINE
};

struct count {
	int proc_fd;
	uint32_t uid;
	char *buf;
	uint64_t threads;
};

static int count_one(uint32_t number, void *arg)
{
	(void)number;
	++*(uint64_t *)arg;
	return 0;
}

static int count_threads(uint32_t pid, void *arg)
{
	struct count *c = arg;
	_cleanup_close_ int fd = -1;
	struct proc_status status;

	/* One that ends meanwhile does not count any more. */
	if (procfs_open(c->proc_fd, pid, 0, &fd) == 0 &&
	    read_status(fd, c->buf, STATUS_SIZE, &status) == 0 &&
	    proc_status_has(&status, STATUS_UID) && status.uid[STATUS_REAL] == c->uid)
		c->threads += status.threads;
	return 0;
}

/* All threads of its real user, which is what the limit is about (getrlimit(2)). */
static int count_of_user(const struct subject *s, uint32_t uid, uint64_t *ret_threads)
{
	_cleanup_free_ char *buf = malloc(STATUS_SIZE);
	struct count c = { .proc_fd = s->world->proc_fd, .uid = uid, .buf = buf };
	int err = buf ? procfs_each_pid(c.proc_fd, count_threads, &c) : -ENOMEM;

	if (!err)
		*ret_threads = c.threads;
	return err;
}

static void put_user_threads(struct subject *s, struct doc *d)
{
	const struct proc_status *status;
	uint64_t threads = 0;
	int err = subject_status(s, &status);

	if (!err && !proc_status_has(status, STATUS_UID))
		err = -ENOENT;
	if (!err)
		err = count_of_user(s, status->uid[STATUS_REAL], &threads);
	put_u64(d, "used", NULL, err, threads);
	if (!err)
		doc_note(d, "threads of user %u", status->uid[STATUS_REAL]);
}

static void put_signals(struct subject *s, struct doc *d)
{
	const struct proc_status *status;
	struct str left, right;
	uint64_t queued = 0;
	int err = subject_status(s, &status);

	if (!err && !proc_status_has(status, STATUS_SIG_QUEUE))
		err = -ENOENT;
	if (!err && (!scan_pair(status->sig_queue, '/', &left, &right) || !scan_u64(left, &queued)))
		err = -EBADMSG;
	put_u64(d, "used", NULL, err, queued);
}

static void put_status_value(struct subject *s, int limit, struct doc *d)
{
	const struct proc_status *status;
	int err = subject_status(s, &status);

	if (!err && !proc_status_has(status, limits[limit].used_line)) {
		/* What has no memory has no such lines. */
		if (common_has_no_program(s))
			return;
		err = -ENOENT;
	}
	put_u64(d, "used", NULL, err,
		err ? 0 : *(const uint64_t *)((const char *)status + limits[limit].used_off));
}

static void put_used(struct subject *s, int limit, struct doc *d)
{
	uint64_t n = 0;
	int err;

	switch (limit) {
	case RLIMIT_CPU:
		doc_u64(d, "used", NULL,
			(s->stat.user_ticks + s->stat.system_ticks) * clock_tick_ns() /
				NSEC_PER_SEC);
		break;
	case RLIMIT_NOFILE:
		err = procfs_each_number(s->live_fd, "fd", count_one, &n);
		put_u64(d, "used", NULL, err, n);
		break;
	case RLIMIT_NPROC:
		put_user_threads(s, d);
		break;
	case RLIMIT_SIGPENDING:
		put_signals(s, d);
		break;
	case RLIMIT_NICE:
		doc_i64(d, "used", NULL, 20 - s->stat.nice);
		break;
	case RLIMIT_RTPRIO:
		doc_u64(d, "used", NULL, s->stat.rt_priority);
		break;
	default:
		if (limits[limit].used_line == STATUS_LINES)
			return; /* of nothing, or nobody can see it */
		put_status_value(s, limit, d);
	}
	doc_passing(d);
}

static void put_limit(struct doc *d, const char *key, uint64_t value)
{
	if (value == PROC_UNLIMITED)
		doc_text(d, key, NULL, "unlimited");
	else
		doc_u64(d, key, NULL, value);
}

void limits_put(struct subject *s, struct doc *d)
{
	struct proc_limits l;
	int err = read_limits(s->live_fd, &l);

	if (err) {
		doc_missing(d, "limits", NULL, err);
		return;
	}
	doc_list(d, "limits", NULL);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		if (!(l.has >> i & 1) || !doc_item(d))
			continue;
		doc_text(d, "limit", NULL, "%s", limits[i].name);
		put_limit(d, "soft", l.soft[i]);
		put_limit(d, "hard", l.hard[i]);
		put_used(s, i, d);
		doc_text(d, "unit", NULL, "%s", limits[i].unit);
		doc_end(d);
	}
	doc_end(d);
}
