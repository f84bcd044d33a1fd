// SPDX-License-Identifier: Apache-2.0
/*
 * sched.c - /proc/<pid>/schedstat, autogroup and timers: a process and the clock
 */
#include "procfs/sched.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define LINE_SIZE 256

int parse_schedstat(struct str text, struct proc_schedstat *ret_stat)
{
	struct proc_schedstat s;
	struct str line;

	if (!scan_whole_line(&text, &line) || !scan_u64(scan_word(&line), &s.run_ns) ||
	    !scan_u64(scan_word(&line), &s.wait_ns) || !scan_u64(scan_word(&line), &s.timeslices))
		return -EBADMSG;
	*ret_stat = s;
	return 0;
}

int read_schedstat(int pid_fd, struct proc_schedstat *ret_stat)
{
	char buf[LINE_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "schedstat", buf, sizeof(buf), &len, NULL);

	return err ? err : parse_schedstat(str_from(buf, len), ret_stat);
}

int parse_autogroup(struct str text, struct proc_autogroup *ret_group)
{
	struct str line, name, prefix = STR_LITERAL("/autogroup-");
	struct proc_autogroup g;
	int64_t nice;

	if (!scan_whole_line(&text, &line))
		return -EBADMSG;
	name = scan_word(&line);
	if (!str_has_prefix(name, prefix) ||
	    !scan_u64(str_from(name.p + prefix.len, name.len - prefix.len), &g.id) ||
	    !str_eq(scan_word(&line), STR_LITERAL("nice")) || !scan_i64(scan_word(&line), &nice) ||
	    nice < -20 || nice > 19)
		return -EBADMSG;
	g.nice = (int32_t)nice;
	*ret_group = g;
	return 0;
}

int read_autogroup(int pid_fd, struct proc_autogroup *ret_group)
{
	char buf[LINE_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "autogroup", buf, sizeof(buf), &len, NULL);

	if (!err && len == 0)
		return -ENOENT; /* switched off, or the process is in another cgroup than the root */
	return err ? err : parse_autogroup(str_from(buf, len), ret_group);
}

/* The value of the next line if its key is this one. */
static bool take_line(struct str *rest, const char *key, struct str *ret_value)
{
	struct str line, left;

	if (!scan_whole_line(rest, &line) || !scan_pair(line, ':', &left, ret_value) ||
	    !str_eq(left, str_of(key)))
		return false;
	*ret_value = scan_trim(*ret_value);
	return true;
}

int parse_timer(struct str *rest, struct proc_timer *ret_timer)
{
	struct proc_timer t = { 0 };
	struct str value, left, right, pid;
	int64_t clock;

	if (rest->len == 0)
		return 0;
	if (!take_line(rest, "ID", &value) || !scan_u32(value, &t.id))
		return -EBADMSG;
	if (!take_line(rest, "signal", &value) || !scan_pair(value, '/', &left, &right) ||
	    !scan_u32(left, &t.signal))
		return -EBADMSG;
	if (!take_line(rest, "notify", &value) || !scan_pair(value, '/', &t.how, &right) ||
	    !scan_pair(right, '.', &left, &pid) || !scan_u32(pid, &t.pid))
		return -EBADMSG;
	t.to_thread = str_eq(left, STR_LITERAL("tid"));
	if (!take_line(rest, "ClockID", &value) || !scan_i64(value, &clock) || clock < INT32_MIN ||
	    clock > INT32_MAX)
		return -EBADMSG;
	t.clock = (int32_t)clock;
	*ret_timer = t;
	return 1;
}
