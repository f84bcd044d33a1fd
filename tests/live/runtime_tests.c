// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_tests.c - what holds for the containers of every runtime
 */
#include "runtime_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "scratch.h"

#define AT_ONCE	   20
#define KEPT_BACK  100
#define AT_ONCE_MS 180000 /* each takes a second of CPU time of the runtime's own */

static void check_container(struct json_object *event, const char *id, const char *name)
{
	check_str(event, "container.id", id);
	check_str(event, "container.name", name);
	check_str(event, "container.runtime", runtime()->runtime);
	if (runtime()->image) {
		check_str(event, "container.image.name", runtime()->image);
		check_str(event, "container.image.tag[0]", "1");
	} else if (!runtime()->image_open) {
		check_absent(event, "container.image");
	}
	check_absent(event, "proctrace.container.unconfirmed");
	/* But for the runtime's own steps, which are labelled as what they are. */
	check_absent(event, "proctrace.container.host_namespaces");
}

struct wanted {
	const char *action;
	const char *id;	  /* of the container; NULL: any */
	const char *arg0; /* NULL: any */
	const char *arg1; /* NULL: any */
};

static bool same(struct json_object *event, const char *path, const char *want)
{
	const char *got = field_str(event, path);

	return !want || (got && !strcmp(got, want));
}

static bool is_wanted(struct json_object *event, const void *arg)
{
	const struct wanted *w = arg;

	return same(event, "event.action", w->action) && same(event, "container.id", w->id) &&
	       same(event, "process.args[0]", w->arg0) && same(event, "process.args[1]", w->arg1);
}

static size_t count_wanted(struct harness *h, const struct wanted *w)
{
	size_t n = 0;

	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++)
		n += is_wanted(h->events[i], w);
	return n;
}

static struct json_object *wait_for_at(struct harness *h, const struct wanted *w, int line)
{
	char what[256];

	snprintf(what, sizeof(what), "%s of %s %s in %s", w->action, w->arg0 ? w->arg0 : "any",
		 w->arg1 ? w->arg1 : "", w->id ? w->id : "any container");
	return harness_wait_where_at(h, is_wanted, w, what, __FILE__, line);
}

#define wait_for(h, action, id, arg0, arg1) \
	wait_for_at(h, (&(struct wanted){ action, id, arg0, arg1 }), __LINE__)

static void check_exec_in(struct harness *h, const struct container *c)
{
	struct json_object *event;

	runtime_exec(c->name, argv_of("true", "in", c->name));
	event = wait_for(h, "exit", c->id, "true", "in");
	check_container(event, c->id, c->name);
	check_str(event, "process.args[2]", c->name);
	event = wait_for(h, "exec", c->id, "true", "in");
	check_container(event, c->id, c->name);
	check_str(event, "proctrace.entered", "exec");
	check_str(event, "proctrace.entered_by.name", runtime()->execer);
	check_there(event, "proctrace.ns.isolated[0]");
	if (!runtime()->no_own_pid)
		check_between(event, "process.vpid", 2, 100);
}

/* The first process: of the workload, so not marked as one that came in from outside. */
static void check_first(struct json_object *event, const struct container *c)
{
	check_container(event, c->id, c->name);
	if (!runtime()->no_own_pid)
		check_int(event, "process.vpid", 1);
	check_absent(event, "proctrace.entered");
	check_str(event, "process.args[1]", "600");
}

void runtime_before_and_after(void **state)
{
	struct container before, after;
	struct harness *h;
	struct json_object *event;

	runtime_need(*state);
	runtime_keep_container(unique_name("before"), &before);
	h = harness_start("-f", "json", "-e", "all", "--containers");
	runtime_keep_container(unique_name("after"), &after);
	event = wait_for(h, "container-start", after.id, NULL, NULL);
	check_container(event, after.id, after.name);
	check_absent(event, "proctrace.container.ran_already");
	if (runtime()->starter)
		check_str(event, "proctrace.container.starter.name", runtime()->starter);
	if (runtime()->image && !runtime()->created_open)
		check_there(event, "proctrace.container.created");
	check_first(wait_for(h, "exec", after.id, "sleep", "600"), &after);
	check_exec_in(h, &before);
	check_exec_in(h, &after);
	runtime_remove_container(before.name);
	runtime_remove_container(after.name);
	check_first(wait_for(h, "exit", before.id, "sleep", "600"), &before);
	event = wait_for(h, "exit", after.id, "sleep", "600");
	check_first(event, &after);
	check_int(event, "proctrace.signal.number", 9);
	check_container(wait_for(h, "container-stop", before.id, NULL, NULL), before.id,
			before.name);
	check_container(wait_for(h, "container-stop", after.id, NULL, NULL), after.id, after.name);
	harness_stop_whole(h);
}

void runtime_check_events(struct harness *h, const char *id, const char *name)
{
	const struct wanted exec = { "exec", id, "true", name },
			    exit = { "exit", id, "true", name };
	size_t n = 0;

	for (size_t i = 0; i < h->events_len; i++) {
		if (!same(h->events[i], "container.id", id))
			continue;
		check_container(h->events[i], id, name);
		n++;
	}
	if (count_wanted(h, &exec) != 1 || count_wanted(h, &exit) != 1 || n < 4)
		harness_fail("%s: %zu execs and %zu exits of its workload, %zu events", name,
			     count_wanted(h, &exec), count_wanted(h, &exit), n);
}

void runtime_twenty_at_once(void **state)
{
	struct command *commands[AT_ONCE];
	char names[AT_ONCE][64];
	struct harness *h;

	runtime_need(*state);
	h = harness_start("-f", "json", "-e", "all", "--containers");
	for (int i = 0; i < AT_ONCE; i++) {
		snprintf(names[i], sizeof(names[i]), "%s-%d", unique_name("many"), i);
		commands[i] = runtime_start_container(names[i], argv_of("true", names[i]));
	}
	for (int i = 0; i < AT_ONCE; i++) {
		if (command_wait(commands[i], AT_ONCE_MS) != 0)
			harness_fail("%s: %s", names[i], commands[i]->err.data);
	}
	harness_stop_whole(h);
	for (int i = 0; i < AT_ONCE; i++) {
		char id[CONTAINER_ID_LEN + 1];

		runtime_container_id(names[i], id);
		runtime_check_events(h, id, names[i]);
	}
}

/* Its own events, and those that enter it. */
static void check_only(struct harness *h, const struct container *c)
{
	size_t entering = 0;

	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++) {
		const char *line = json_object_to_json_string(h->events[i]);

		if (same(h->events[i], "container.id", c->id))
			continue;
		check_that(h->events[i], strstr(line, c->id) != NULL);
		check_that(h->events[i], !same(h->events[i], "event.action", "exec"));
		entering++;
	}
	(void)entering;
	check_container(harness_find_where(h, is_wanted,
					   (&(struct wanted){ "exec", c->id, "true", "in" })),
			c->id, c->name);
	check_container(harness_find_where(h, is_wanted,
					   (&(struct wanted){ "exit", c->id, "true", "in" })),
			c->id, c->name);
}

void runtime_by_name_and_id(void **state)
{
	struct container web, other;
	struct harness *by_name, *by_prefix, *by_glob, *all;
	char prefix[13], glob[64];

	runtime_need(*state);
	runtime_keep_container(unique_name("web"), &web);
	runtime_keep_container(unique_name("other"), &other);
	snprintf(prefix, sizeof(prefix), "%.12s", web.id);
	snprintf(glob, sizeof(glob), "w*%d", getpid());
	by_name = harness_start("-f", "json", "-c", web.name);
	by_prefix = harness_start("-f", "json", "-c", prefix);
	by_glob = harness_start("-f", "json", "-c", glob);
	all = harness_start("-f", "json", "--containers");
	check_exec_in(all, &web);
	check_exec_in(all, &other);
	assert_int_equal(harness_stop(by_name), 0);
	assert_int_equal(harness_stop(by_prefix), 0);
	assert_int_equal(harness_stop(by_glob), 0);
	check_only(by_name, &web);
	check_only(by_prefix, &web);
	check_only(by_glob, &web);
	harness_stop_whole(all);
	runtime_remove_container(web.name);
	runtime_remove_container(other.name);
}

static bool enters(struct json_object *event, const void *id)
{
	return same(event, "event.action", "setns") &&
	       strstr(json_object_to_json_string(event), id);
}

static void check_visitor(struct json_object *event, const struct container *c)
{
	check_str(event, "proctrace.entered", "nsenter");
	check_str(event, "proctrace.entered_by.name", "nsenter");
	check_str(event, "proctrace.entered_container.id", c->id);
	check_str(event, "proctrace.entered_container.name", c->name);
	check_absent(event, "container");
}

/* From the host into the namespaces, but not into the cgroup: not the container's process. */
void runtime_entered(void **state)
{
	struct container c;
	struct json_object *event;
	struct harness *h, *execs;
	char pid[16];

	runtime_need(*state);
	runtime_keep_container(unique_name("entered"), &c);
	snprintf(pid, sizeof(pid), "%d", runtime_container_pid(c.name));
	h = harness_start_own();
	/* Without looking for setns(2), and as an event of the container. */
	execs = harness_start("-f", "json", "-e", "exec", "-c", c.name);
	command_free(command_run(NULL, argv_of("nsenter", "-t", pid, "-m", "-p", "-n", "--",
					       "/bin/true", "from the host")));
	event = wait_for(h, "exec", NULL, "/bin/true", "from the host");
	check_visitor(event, &c);
	check_visitor(wait_for(execs, "exec", NULL, "/bin/true", "from the host"), &c);
	event = harness_wait_where(h, enters, c.id);
	check_str(event, "process.name", "nsenter");
	check_str(event, "proctrace.ns_change[0].owner.type", "container");
	check_str(event, "proctrace.ns_change[0].owner.id", c.id);
	check_str(event, "proctrace.ns_change[0].owner.name", c.name);
	harness_stop_whole(h);
	harness_stop_whole(execs);
	runtime_remove_container(c.name);
}

/* A network that two containers share is the first one's, and the second is named. */
void runtime_shared_network(void **state)
{
	struct container web, side;
	char name[64], pid[16];
	struct json_object *event;
	struct command *c;
	struct harness *h;

	runtime_need(*state);
	runtime_keep_container(unique_name("shared"), &web);
	snprintf(name, sizeof(name), "%.40s-side", web.name);
	h = harness_start("-f", "json", "-e", "exec,exit,setns");
	runtime_keep_in_network(web.name, name, &side);
	snprintf(pid, sizeof(pid), "%d", runtime_container_pid(side.name));
	c = command_run(NULL, argv_of("nsenter", "-t", pid, "-n", "--", "/bin/true"));
	/* The runtime has entered it as well, when there was one container in it. */
	event = harness_wait_event(h, "setns", c->pid);
	check_str(event, "proctrace.ns_change[0].type", "net");
	check_str(event, "proctrace.ns_change[0].owner.name", web.name);
	check_str(event, "proctrace.ns_change[0].shared[0].id", side.id);
	check_str(event, "proctrace.ns_change[0].shared[0].name", side.name);
	check_that(event, field_int(event, "proctrace.ns_change[0].holder.pid") > 0);
	runtime_remove_container(side.name);
	runtime_remove_container(web.name);
	harness_stop_whole(h);
}

void runtime_that_existed(void **state)
{
	struct container c;
	struct json_object *event;
	struct harness *h;

	runtime_need(*state);
	runtime_keep_container(unique_name("existed"), &c);
	h = harness_start("-f", "json", "--existing", "-c", c.name);
	event = wait_for(h, "container-start", c.id, NULL, NULL);
	check_true(event, "proctrace.container.ran_already");
	/* Of runc nothing is left: its watcher is the parent. */
	if (runtime()->watcher)
		check_starts(event, "proctrace.container.starter.name", runtime()->watcher);
	event = wait_for(h, "process", c.id, "sleep", "600");
	check_first(event, &c);
	runtime_remove_container(c.name);
	event = wait_for(h, "exit", c.id, "sleep", "600");
	check_str(event, "process.entity_id",
		  field_str(harness_find(h, "process", 0), "process.entity_id"));
	assert_int_equal(harness_stop(h), 0);
}

/* A shell that starts "true ARG" COUNT times. */
static void storm_in(const struct container *c, const char *arg, int count)
{
	char script[256];

	snprintf(script, sizeof(script),
		 "i=0; while [ $i -lt %d ]; do /bin/true %s $i; i=$((i + 1)); done; exit 0", count,
		 arg);
	runtime_exec(c->name, argv_of("sh", "-c", script));
}

/* What storms in a container that nobody asked for stays in the kernel. */
void runtime_kept_back(void **state)
{
	struct container web, other;
	struct harness *h;
	uint64_t filtered;

	runtime_need(*state);
	runtime_keep_container(unique_name("quiet"), &web);
	runtime_keep_container(unique_name("loud"), &other);
	h = harness_start("-f", "json", "-e", "all", "-c", web.name);
	storm_in(&other, "first", 1);
	runtime_exec(web.name, argv_of("true", "decided"));
	wait_for(h, "exit", web.id, "true", "decided");
	storm_in(&other, "other", KEPT_BACK);
	storm_in(&web, "web", KEPT_BACK);
	runtime_exec(web.name, argv_of("true", "last"));
	wait_for(h, "exit", web.id, "true", "last");
	assert_int_equal(count_wanted(h, &(struct wanted){ "exec", web.id, "/bin/true", "web" }),
			 KEPT_BACK);
	assert_int_equal(count_wanted(h, &(struct wanted){ "exit", web.id, "/bin/true", "web" }),
			 KEPT_BACK);
	/* But for the runtime's moves, no event of the other one came. */
	assert_int_equal(count_wanted(h, &(struct wanted){ "exec", other.id, NULL, NULL }), 0);
	harness_stop_whole(h);
	filtered = harness_summary(h, "filtered in the kernel");
	if (filtered == UINT64_MAX || filtered < 3 * KEPT_BACK)
		harness_fail("%d records were filtered, of %d processes", (int)filtered, KEPT_BACK);
	runtime_remove_container(web.name);
	runtime_remove_container(other.name);
}
