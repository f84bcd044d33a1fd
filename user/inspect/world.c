// SPDX-License-Identifier: Apache-2.0
/*
 * world.c - the host around the processes that are inspected
 */
#include "inspect/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "inspect/monitors.h"
#include "inspect/fd_owners.h"
#include "procfs/cgroup.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"
#include "procfs/status.h"

#define CGROUP_SIZE ((size_t)64 << 10)
#define STATUS_CUT  8192 /* the ids in the pid namespaces stand before this, but for many groups */
#define ID_LEN	    64
#define ID_SHOWN    12

/*
 * Every namespace that was made has a number from here on (fs/proc/generic.c
 * PROC_DYNAMIC_FIRST); below are the host's own, of which older kernels have six
 * (include/linux/proc_ns.h).
 */
#define NS_MADE_FIRST 0xF0000000u

/*
 * The first kernel thread is certainly in the host's; so is pid 1 where it is not that of a
 * container. Where neither may be read two are not known.
 */
static void find_host_ns(struct world *w)
{
	static const uint32_t pids[] = { 2, 1 };

	memcpy(w->host_ns, proc_ns_initial, sizeof(w->host_ns));
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		_cleanup_close_ int fd = -1;
		struct proc_ns ns;

		if (procfs_open(w->proc_fd, pids[i], 0, &fd) || read_ns(fd, &ns) ||
		    ns.inode[PROC_NS_PID] != proc_ns_initial[PROC_NS_PID])
			continue;
		w->host_ns[PROC_NS_MNT] = ns.inode[PROC_NS_MNT];
		w->host_ns[PROC_NS_NET] = ns.inode[PROC_NS_NET];
		return;
	}
}

int world_init(struct world *w, const struct world_options *options)
{
	struct containers_options containers = { .proc_root = options->proc_root,
						 .host_root = options->host_root,
						 .v1_hierarchy_id = options->v1_hierarchy_id,
						 .v1_controller = options->v1_controller,
						 .one_look = true };
	int r;

	*w = (struct world){ .options = *options, .proc_fd = -1 };
	r = procfs_open_root(options->proc_root, &w->proc_fd);
	if (r < 0)
		return r;
	w->is_live = procfs_is_mounted(w->proc_fd);
	find_host_ns(w);
	if (asprintf(&w->group_path, "%s/etc/group", options->host_root) < 0) {
		w->group_path = NULL;
		world_done(w);
		return -ENOMEM;
	}
	r = users_new(options->passwd_path, &w->users);
	if (r == 0)
		r = users_new(w->group_path, &w->groups);
	if (r == 0)
		r = containers_new(&containers, &w->containers);
	if (r < 0) {
		world_done(w);
		return r;
	}
	/* Without a hierarchy that can be walked, paths come from /proc. */
	containers_seed(w->containers);
	return 0;
}

void world_done(struct world *w)
{
	containers_free(w->containers);
	users_free(w->users);
	users_free(w->groups);
	free(w->group_path);
	monitors_done(w);
	free(w->residents);
	fd_owners_free(w->fd_owners);
	cleanup_closep(&w->proc_fd);
	*w = (struct world){ .proc_fd = -1 };
}

int world_container(struct world *w, int pid_fd, struct containers_answer *ret_answer)
{
	_cleanup_free_ char *buf = malloc(CGROUP_SIZE);
	uint64_t ids[2];
	struct str lines;
	bool truncated;
	int r = buf ? read_cgroup(pid_fd, buf, CGROUP_SIZE, &lines, &truncated) : -ENOMEM;

	if (r < 0)
		return r;
	containers_ids_of(w->containers, lines, true, ids);
	containers_find(w->containers, ids[0], ids[1], 0, 0, ret_answer);
	return 0;
}

/* The innermost of its pids. */
static uint32_t read_vpid(int pid_fd)
{
	char buf[STATUS_CUT];
	struct proc_status status;
	uint32_t vpid = 0;
	struct str word;
	size_t len;
	bool truncated;

	if (procfs_read(pid_fd, "status", buf, sizeof(buf), &len, &truncated))
		return 0;
	parse_status(str_from(buf, len), &status);
	while ((word = scan_word(&status.nspid)).len)
		if (!scan_u32(word, &vpid))
			return 0;
	return vpid;
}

static bool make_room(struct world *w)
{
	size_t cap = w->residents_cap ? 2 * w->residents_cap : 256;
	struct resident *grown;

	if (w->residents_len < w->residents_cap)
		return true;
	if (cap > WORLD_PROCESSES_MAX)
		return false;
	grown = reallocarray(w->residents, cap, sizeof(*grown));
	if (!grown)
		return false;
	w->residents = grown;
	w->residents_cap = cap;
	return true;
}

static int scan_one(uint32_t pid, void *arg)
{
	struct world *w = arg;
	struct containers_answer answer = { 0 };
	_cleanup_close_ int fd = -1;
	struct proc_stat stat;
	struct resident *r;

	if (procfs_open_stat(w->proc_fd, pid, 0, &stat, &fd))
		return 0;
	if (!make_room(w)) {
		w->residents_beyond++;
		return 0;
	}
	r = &w->residents[w->residents_len];
	*r = (struct resident){ .pid = pid,
				.ppid = stat.ppid,
				.start_ticks = stat.start_ticks,
				.comm_len = stat.comm_len,
				.kernel_thread = proc_stat_is_kernel_thread(&stat) };
	memcpy(r->comm, stat.comm, stat.comm_len);
	r->ns_error = read_ns(fd, &r->ns);
	r->vpid = read_vpid(fd);
	r->container_error = world_container(w, fd, &answer);
	r->container = answer.container;
	w->residents_len++;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	uint32_t x = ((const struct resident *)a)->pid, y = ((const struct resident *)b)->pid;

	return (x > y) - (x < y);
}

void world_scan(struct world *w)
{
	if (w->scanned)
		return;
	w->scanned = true;
	/* An error leaves what was seen until then: all that can be said of the host. */
	procfs_each_pid(w->proc_fd, scan_one, w);
	if (w->residents_len)
		qsort(w->residents, w->residents_len, sizeof(*w->residents), compare_pids);
	monitors_find(w);
}

const struct resident *world_find(const struct world *w, uint32_t pid)
{
	const struct resident key = { .pid = pid };

	if (!w->residents_len)
		return NULL;
	return bsearch(&key, w->residents, w->residents_len, sizeof(key), compare_pids);
}

int world_is_host_ns(const struct world *w, enum proc_ns_type type, uint32_t inode)
{
	if (!inode)
		return -1;
	if (inode < NS_MADE_FIRST)
		return 1;
	return w->host_ns[type] ? w->host_ns[type] == inode : -1;
}

struct str world_container_name(const struct container_info *container)
{
	if (container->name.len)
		return container->name;
	return container->id.len == ID_LEN ? str_from(container->id.p, ID_SHOWN) : container->id;
}
