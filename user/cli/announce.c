// SPDX-License-Identifier: Apache-2.0
/*
 * announce.c - the line that says that tracing has begun
 */
#include "cli/announce.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"

struct running {
	const struct filter *filter;
	size_t index;
	bool known;
	struct buf names;
};

static void note_container(const struct container_info *container, void *arg)
{
	struct running *running = arg;

	running->known |= filter_container_known(running->filter, running->index, container);
	if (running->names.len)
		buf_puts(&running->names, ", ");
	escape_text(&running->names,
		    container->name.len ?
			    container->name :
			    str_from(container->id.p,
				     container->id.len < 12 ? container->id.len : 12));
}

/* A filter on a container that is not there yet is fine, but may be a mistake. */
static void say_waiting(struct pipeline *p, const struct filter *filter)
{
	struct running running = { .filter = filter };

	for (size_t i = 0; i < filter_containers_len(running.filter); i++) {
		running.index = i;
		running.known = false;
		buf_reset(&running.names);
		pipeline_containers(p, note_container, &running);
		if (running.known)
			continue;
		log_info("no such container yet, waiting: %s; running: %.*s",
			 filter_container_value(running.filter, i),
			 running.names.len ? (int)running.names.len : 4,
			 running.names.len ? running.names.data : "none");
	}
	buf_done(&running.names);
}

/* A number that nobody has now may be somebody's later, but that is hardly what is meant. */
static void say_missing(const struct filter *filter, const char *proc_root)
{
	char path[4096];
	size_t len;
	const uint32_t *pids = filter_pids(filter, &len);

	for (size_t i = 0; i < len; i++) {
		snprintf(path, sizeof(path), "%s/%u", proc_root, pids[i]);
		if (access(path, F_OK) < 0 && errno == ENOENT)
			log_warn("there is no process %u now: nothing is shown before one gets "
				 "that number",
				 pids[i]);
	}
}

static void count_container(const struct container_info *container, void *arg)
{
	unsigned long long *count = arg;

	(void)container;
	++*count;
}

void announce(struct pipeline *p, const struct filter *filter, const char *proc_root)
{
	unsigned long long containers = 0;
	struct pipeline_stats stats;

	pipeline_stats(p, &stats);
	pipeline_containers(p, count_container, &containers);
	log_info("tracing (%llu processes and %llu containers run already)",
		 (unsigned long long)stats.processes, containers);
	say_waiting(p, filter);
	say_missing(filter, proc_root);
}
