// SPDX-License-Identifier: Apache-2.0
/*
 * gated.c - made containers, some of which are filtered in the kernel
 */
#include "gated.h"

#include <stdio.h>
#include <string.h>

#include "cgroups.h"

void gated_write(const char *id, const char *name)
{
	char file[256], text[512];

	snprintf(file, sizeof(file), "host/var/lib/docker/containers/%s/config.v2.json", id);
	snprintf(text, sizeof(text),
		 "{\"ID\":\"%s\",\"Name\":\"/%s\",\"Config\":{\"Image\":\"shop/%s:1\","
		 "\"Labels\":{\"app\":\"%s\"}},\"Image\":\"sha256:%s\"}",
		 id, name, name, name, id);
	scratch_write(file, text, 0600);
}

void gated_write_state(const char *id, const char *controller, const char *path)
{
	char file[256], text[1024];

	snprintf(file, sizeof(file), "host/run/docker/runtime-runc/moby/%s/state.json", id);
	snprintf(text, sizeof(text), "{\"cgroup_paths\":{\"%s\":\"%s%s\"}}", controller,
		 cgroup_mount(controller), path);
	scratch_write(file, text, 0600);
}

struct gated gated_make(const char *controller, const char *name, char digit)
{
	struct gated m;

	strcpy(m.id, container_id(digit));
	gated_write(m.id, name);
	m.cgroup = cgroup_make_docker(controller, m.id);
	return m;
}

struct command *gated_run(const char *cgroup, const char *const argv[])
{
	const char *cgroups[2] = { cgroup };

	return command_run(&(struct command_options){ .cgroups = cgroups }, argv);
}

bool gated_has_args(struct json_object *event, const void *arg)
{
	const char *first = field_str(event, "process.args[1]");
	const char *action = field_str(event, "event.action");

	return first && action && !strcmp(action, "exit") && !strcmp(first, arg);
}

void gated_sync(struct harness *h, const char *wanted)
{
	static unsigned int times;
	char unique[32];

	/* Once an event was printed, what came before it was decided on. */
	snprintf(unique, sizeof(unique), "sync-%u", times++);
	command_free(gated_run(wanted, argv_of(workload("tiny"), unique)));
	harness_wait_where(h, gated_has_args, unique);
}

void gated_prime(struct harness *h, const char *wanted, const char *unwanted)
{
	command_free(gated_run(unwanted, argv_of(workload("tiny"), "prime-unwanted")));
	gated_sync(h, wanted);
	harness_forget(h);
}

void gated_check_whole(struct harness *h)
{
	for (int i = 0; i < GATED_STORM; i++) {
		char unique[32];

		snprintf(unique, sizeof(unique), "unique-%d", i);
		harness_wait_where(h, gated_has_args, unique);
	}
}

bool gated_is_of(struct json_object *event, const char *id)
{
	const char *container = field_str(event, "container.id");

	return container && !strcmp(container, id);
}

void gated_check_none_of(struct harness *h, const char *id)
{
	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++)
		check_that(h->events[i], !gated_is_of(h->events[i], id));
}
