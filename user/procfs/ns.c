// SPDX-License-Identifier: Apache-2.0
/*
 * ns.c - /proc/<pid>/ns, uid_map, gid_map, projid_map: a process's namespaces
 *
 * The links of ns are read, not followed: following one makes the kernel allocate an
 * inode for a number that the link's text already says.
 */
#include "procfs/ns.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define IDMAP_SIZE (PROC_IDMAP_MAX * 34) /* three numbers of 10 columns, blanks, newline */

static const struct {
	const char *path;
	const char *prefix; /* of the link's text: that of the namespace, not of the file */
} files[PROC_NS_COUNT] = {
	[PROC_NS_PID] = { "ns/pid", "pid:[" },
	[PROC_NS_MNT] = { "ns/mnt", "mnt:[" },
	[PROC_NS_NET] = { "ns/net", "net:[" },
	[PROC_NS_UTS] = { "ns/uts", "uts:[" },
	[PROC_NS_IPC] = { "ns/ipc", "ipc:[" },
	[PROC_NS_USER] = { "ns/user", "user:[" },
	[PROC_NS_CGROUP] = { "ns/cgroup", "cgroup:[" },
	[PROC_NS_TIME] = { "ns/time", "time:[" },
	[PROC_NS_PID_FOR_CHILDREN] = { "ns/pid_for_children", "pid:[" },
	[PROC_NS_TIME_FOR_CHILDREN] = { "ns/time_for_children", "time:[" },
};

const uint32_t proc_ns_initial[PROC_NS_COUNT] = {
	[PROC_NS_IPC] = 0xefffffff,
	[PROC_NS_UTS] = 0xeffffffe,
	[PROC_NS_USER] = 0xeffffffd,
	[PROC_NS_PID] = 0xeffffffc,
	[PROC_NS_CGROUP] = 0xeffffffb,
	[PROC_NS_TIME] = 0xeffffffa,
	[PROC_NS_PID_FOR_CHILDREN] = 0xeffffffc,
	[PROC_NS_TIME_FOR_CHILDREN] = 0xeffffffa,
};

int parse_ns_link(struct str target, enum proc_ns_type type, uint32_t *ret_inode)
{
	struct str prefix = str_of(files[type].prefix);

	if (!str_has_prefix(target, prefix) || target.p[target.len - 1] != ']')
		return -EBADMSG;
	target = str_from(target.p + prefix.len, target.len - prefix.len - 1);
	return scan_u32(target, ret_inode) ? 0 : -EBADMSG;
}

static int read_ns_until(int pid_fd, enum proc_ns_type end, struct proc_ns *ret_ns)
{
	struct proc_ns ns = { 0 };

	for (int i = 0; i < (int)end; i++) {
		char buf[64];
		struct str target;
		int err = procfs_readlink(pid_fd, files[i].path, buf, sizeof(buf), &target);

		if (!err)
			err = parse_ns_link(target, (enum proc_ns_type)i, &ns.inode[i]);
		if (err && err != -ENOENT)
			return err == -ENAMETOOLONG ? -EBADMSG : err;
	}
	/* Every kernel has this one. */
	if (ns.inode[PROC_NS_MNT] == 0)
		return -ESRCH;
	*ret_ns = ns;
	return 0;
}

int read_ns(int pid_fd, struct proc_ns *ret_ns)
{
	return read_ns_until(pid_fd, PROC_NS_COUNT, ret_ns);
}

int read_own_ns(int pid_fd, struct proc_ns *ret_ns)
{
	return read_ns_until(pid_fd, PROC_NS_PID_FOR_CHILDREN, ret_ns);
}

int parse_idmap(struct str text, struct proc_idmap *ret_map)
{
	struct str line;

	ret_map->len = 0;
	while (scan_whole_line(&text, &line)) {
		uint32_t n[3];

		if (ret_map->len == PROC_IDMAP_MAX || scan_u32_list(line, n, 3) != 3)
			return -EBADMSG;
		ret_map->range[ret_map->len++] =
			(struct proc_idmap_range){ .inside = n[0], .outside = n[1], .count = n[2] };
	}
	return text.len ? -EBADMSG : 0;
}

static int read_idmap(int pid_fd, const char *name, struct proc_idmap *ret_map)
{
	char buf[IDMAP_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, name, buf, sizeof(buf), &len, NULL);

	return err ? err : parse_idmap(str_from(buf, len), ret_map);
}

int read_uid_map(int pid_fd, struct proc_idmap *ret_map)
{
	return read_idmap(pid_fd, "uid_map", ret_map);
}

int read_gid_map(int pid_fd, struct proc_idmap *ret_map)
{
	return read_idmap(pid_fd, "gid_map", ret_map);
}

int read_projid_map(int pid_fd, struct proc_idmap *ret_map)
{
	return read_idmap(pid_fd, "projid_map", ret_map);
}
