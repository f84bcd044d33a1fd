// SPDX-License-Identifier: Apache-2.0
/*
 * cgroup.c - /proc/<pid>/cgroup
 */
#include "procfs/cgroup.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define DELETED STR_LITERAL(" (deleted)")

int read_cgroup(int pid_fd, char *buf, size_t size, struct str *ret_lines, bool *ret_truncated)
{
	size_t len;
	int err = procfs_read_once(pid_fd, "cgroup", buf, size, &len, ret_truncated);

	if (!err)
		*ret_lines = str_from(buf, len);
	return err;
}

/* What stands before the next colon, which is taken as well. */
static bool until_colon(struct str *rest, struct str *ret_field)
{
	const char *colon = rest->len ? memchr(rest->p, ':', rest->len) : NULL;

	if (!colon)
		return false;
	*ret_field = str_from(rest->p, (size_t)(colon - rest->p));
	*rest = str_from(colon + 1, rest->len - ret_field->len - 1);
	return true;
}

int parse_cgroup(struct str line, struct proc_cgroup *ret_cgroup)
{
	struct proc_cgroup c = { 0 };
	struct str id, suffix = DELETED;

	if (!until_colon(&line, &id) || !scan_u32(id, &c.hierarchy_id) ||
	    !until_colon(&line, &c.controllers) || line.len == 0 || line.p[0] != '/')
		return -EBADMSG;
	/* A cgroup may be called "x (deleted)": this file cannot tell, ids can. */
	if (line.len > suffix.len &&
	    memcmp(line.p + line.len - suffix.len, suffix.p, suffix.len) == 0) {
		c.deleted = true;
		line.len -= suffix.len;
	}
	c.path = line;
	*ret_cgroup = c;
	return 0;
}

bool proc_cgroup_next(struct str *rest, struct proc_cgroup *ret_cgroup)
{
	struct str line;

	while (scan_whole_line(rest, &line)) {
		if (parse_cgroup(line, ret_cgroup) == 0)
			return true;
	}
	return false;
}
