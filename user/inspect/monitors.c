// SPDX-License-Identifier: Apache-2.0
/*
 * monitors.c - containers that no cgroup tells of, by the monitor above their processes
 */
#include "inspect/monitors.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "container/monitored.h"
#include "procfs/procfs.h"
#include "procfs/words.h"

#define LEVELS	  8 /* between a container's first process and its monitor: a runtime, its steps */
#define ARGS_SIZE ((size_t)64 << 10)

static bool is_monitor(const struct resident *r)
{
	return str_eq(str_from(r->comm, r->comm_len), STR_LITERAL("conmon"));
}

/* The nearest above it, where that is outside of the pid namespace that it lives in. */
static const struct resident *monitor_of(const struct world *w, const struct resident *r)
{
	const struct resident *above = r;

	for (int i = 0; above && i < LEVELS; i++) {
		above = world_find(w, above->ppid);
		if (above && is_monitor(above))
			return above->ns_error == 0 && above->ns.inode[PROC_NS_PID] ==
							       r->ns.inode[PROC_NS_PID] ?
				       NULL :
				       above;
	}
	return NULL;
}

static struct container_info *ask(struct world *w, const struct resident *monitor)
{
	_cleanup_free_ char *buf = malloc(ARGS_SIZE);
	_cleanup_close_ int fd = -1;
	struct proc_words words;
	struct proc_stat stat;

	if (!buf || procfs_open_stat(w->proc_fd, monitor->pid, 0, &stat, &fd) ||
	    stat.start_ticks != monitor->start_ticks || read_cmdline(fd, buf, ARGS_SIZE, &words))
		return NULL;
	return containers_new_monitored(w->containers, monitor->pid, words.text, (uid_t)-1);
}

static void give(struct world *w, uint32_t pid_ns, const struct container_info *info)
{
	for (size_t i = 0; i < w->residents_len; i++) {
		struct resident *r = &w->residents[i];

		if (r->container || r->ns_error || r->ns.inode[PROC_NS_PID] != pid_ns)
			continue;
		r->container = info;
		r->by_monitor = true;
	}
}

static bool keep(struct world *w, struct container_info *info)
{
	struct monitored *grown = reallocarray(w->monitored, w->monitored_len + 1, sizeof(*grown));

	if (!grown) {
		monitored_free(info);
		return false;
	}
	w->monitored = grown;
	w->monitored[w->monitored_len++].info = info;
	return true;
}

void monitors_find(struct world *w)
{
	for (size_t i = 0; i < w->residents_len; i++) {
		const struct resident *r = &w->residents[i], *monitor;
		struct container_info *info;

		if (r->container || r->kernel_thread || r->ns_error ||
		    world_is_host_ns(w, PROC_NS_PID, r->ns.inode[PROC_NS_PID]) != 0)
			continue;
		monitor = monitor_of(w, r);
		info = monitor ? ask(w, monitor) : NULL;
		if (info && keep(w, info))
			give(w, r->ns.inode[PROC_NS_PID], info);
	}
}

void monitors_done(struct world *w)
{
	for (size_t i = 0; i < w->monitored_len; i++)
		monitored_free(w->monitored[i].info);
	free(w->monitored);
	w->monitored = NULL;
	w->monitored_len = 0;
}
