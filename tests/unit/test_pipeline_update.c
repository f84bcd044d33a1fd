// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_update.c - a container of which more becomes known after its start
 */
#include "pipeline_rig.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "container/sockets.h"
#include "fake_server.h"
#include "records.h"

#define PID  4000000000u /* nobody's */
#define ID   "00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee"
#define NAME "docker-" ID ".scope"
#define FILE "/var/lib/docker/containers/" ID "/config.v2.json"
#define CONFIG                                                                                 \
	"{\"ID\":\"" ID "\",\"Name\":\"/web\",\"Created\":\"2026-11-22T21:18:38.390716723Z\"," \
	"\"Config\":{\"Image\":\"shop/web:1.4\"}}"
#define ANSWER                                                                                  \
	"{\"Id\":\"" ID "\",\"Name\":\"/told\",\"Created\":\"2026-11-22T21:18:38.390716723Z\"," \
	"\"Config\":{\"Image\":\"shop/web:1.4\"}}"

struct seen {
	unsigned int starts, updates, execs, stops;
	bool ran_already; /* of the last start or update */
	bool unconfirmed, settled;
	char name[64], image[64];
	bool created;
};

static void copy(char *out, size_t size, struct str s)
{
	snprintf(out, size, "%.*s", (int)s.len, s.p ? s.p : "");
}

static void take(const struct event *event, bool shown, void *arg)
{
	struct seen *seen = arg;

	(void)shown;
	seen->execs += event->kind == EVENT_EXEC;
	seen->stops += event->kind == EVENT_CONTAINER_STOP;
	if (event->kind != EVENT_CONTAINER_START)
		return;
	seen->starts += !event->update;
	seen->updates += event->update;
	seen->ran_already = event->ran_already;
	seen->unconfirmed = event->container->unconfirmed;
	seen->settled = event->container->settled;
	seen->created = event->container->created_ns != 0;
	copy(seen->name, sizeof(seen->name), event->container->name);
	copy(seen->image, sizeof(seen->image), event->container->image);
}

static void put_cgroup(struct pipeline *p, unsigned int type, uint64_t id, uint64_t parent_id,
		       struct str name)
{
	struct made m;

	made_init(&m, type);
	m.cgroup.id = id;
	m.cgroup.parent_id = parent_id;
	made_slice(&m, &m.cgroup.name, name, 0);
	pipeline_record(p, &m, m.hdr.size, true);
}

static uint64_t slice, cgroup; /* their ids */

/* One that is there as well. */
static void make_cgroup(struct pipeline *p)
{
	slice = host_tree_mkdir(rig_tree(), "/v2/system.slice");
	cgroup = host_tree_mkdir(rig_tree(), "/v2/system.slice/" NAME);
	put_cgroup(p, PTC_CGROUP_MKDIR, slice, 0, STR_LITERAL("/system.slice"));
	put_cgroup(p, PTC_CGROUP_MKDIR, cgroup, slice, STR_LITERAL(NAME));
}

static void put_task(struct pipeline *p, unsigned int type, uint64_t start_ns)
{
	struct made m;

	made_init(&m, type);
	m.hdr.time_ns = start_ns + 1;
	m.seed.task.pid = m.seed.task.tid = PID;
	m.seed.task.start_ns = start_ns;
	m.seed.task.cgroup_v2 = cgroup;
	if (type == PTC_EXEC)
		m.exec.old_tid = PID;
	if (type == PTC_TASK)
		pipeline_seed(p, &m.seed);
	else
		pipeline_record(p, &m, m.hdr.size, true);
}

/* Ticks as the loop does until n updates were told, or long enough for any. */
static bool wait_updates(struct pipeline *p, const struct seen *seen, unsigned int n,
			 uint64_t wait_ms)
{
	uint64_t deadline_ns = clock_boot_ns() + wait_ms * NSEC_PER_MSEC;

	for (;;) {
		struct pollfd ready = { .fd = pipeline_fd(p), .events = POLLIN };

		pipeline_tick(p, false);
		if (seen->updates >= n)
			return true;
		if (clock_boot_ns() >= deadline_ns)
			return false;
		poll(&ready, 1, pipeline_wait_ms(p, 20));
	}
}

/* The file comes after the start: told again, once, with all there is. */
static void file_later(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->starts, 1);
	assert_true(seen->unconfirmed);
	assert_false(wait_updates(p, seen, 1, 50));
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_true(wait_updates(p, seen, 1, 5000));
	assert_string_equal(seen->name, "web");
	assert_string_equal(seen->image, "shop/web");
	assert_true(seen->created);
	assert_false(seen->unconfirmed);
	assert_false(seen->ran_already);
	put_task(p, PTC_EXEC, 1000);
	assert_false(wait_updates(p, seen, 2, 50));
	assert_int_equal(seen->starts, 1);
}

static void file_before(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	host_tree_text(rig_tree(), FILE, CONFIG);
	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->starts, 1);
	assert_true(seen->settled);
	assert_string_equal(seen->name, "web");
	assert_false(wait_updates(p, seen, 1, 100));
}

/* It becomes known before its first process: the start says it all. */
static void file_before_start(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	make_cgroup(p);
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_false(wait_updates(p, seen, 1, 200));
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->starts, 1);
	assert_string_equal(seen->name, "web");
	assert_false(wait_updates(p, seen, 1, 50));
}

/* Nothing is told of a container that is over. */
static void file_after_stop(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	put_cgroup(p, PTC_CGROUP_RMDIR, cgroup, slice, STR_LITERAL(NAME));
	assert_int_equal(seen->stops, 1);
	host_tree_text(rig_tree(), FILE, CONFIG);
	poll(NULL, 0, 20); /* until it is looked at again for the event */
	put_task(p, PTC_EXIT, 1000);
	assert_false(wait_updates(p, seen, 1, 100));
}

/* One that ran before is told again only if it was listed. */
static void ran_before(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	make_cgroup(p);
	put_task(p, PTC_TASK, RIG_ATTACHED_NS - 1);
	pipeline_seed_procfs(p);
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_false(wait_updates(p, seen, 1, 200));
	assert_int_equal(seen->starts, 0);
	put_task(p, PTC_EXEC, RIG_ATTACHED_NS - 1);
	assert_int_equal(seen->starts, 0);
}

static void listed_before(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;

	make_cgroup(p);
	put_task(p, PTC_TASK, RIG_ATTACHED_NS - 1);
	pipeline_seed_procfs(p);
	pipeline_existing(p);
	assert_int_equal(seen->starts, 1);
	assert_true(seen->ran_already);
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_true(wait_updates(p, seen, 1, 5000));
	assert_true(seen->ran_already);
	assert_string_equal(seen->name, "web");
}

/* A filter by name fits from then on. */
static void filtered(struct pipeline *p, void *arg)
{
	struct seen *seen = arg;
	char *error = NULL;

	assert_int_equal(filter_add(rig_filter(), FILTER_CONTAINER, "web", &error), 0);
	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->starts + seen->execs, 0);
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_true(wait_updates(p, seen, 1, 5000));
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->execs, 1);
	assert_int_equal(seen->starts, 0);
}

/* No file at all: the socket is asked. */
static void by_socket(struct pipeline *p, void *arg)
{
	const char *answer = fake_ok(ANSWER);
	struct fake_server server;
	struct seen *seen = arg;

	host_tree_mkdir(rig_tree(), "/run");
	fake_server_start(&server, host_tree_path(rig_tree(), "/run/docker.sock"), FAKE_ANSWERS,
			  answer, strlen(answer));
	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	assert_int_equal(seen->starts, 1);
	assert_false(seen->settled);
	assert_true(wait_updates(p, seen, 1, 10000));
	assert_true(seen->settled);
	assert_string_equal(seen->name, "told");
	assert_string_equal(seen->image, "shop/web");
	assert_true(seen->created);
	assert_false(seen->unconfirmed);
	assert_false(wait_updates(p, seen, 2, 100));
	fake_server_stop(&server);
	assert_int_equal(server.requests, 1);
}

/* All is in the file: nobody is asked. */
static void file_and_socket(struct pipeline *p, void *arg)
{
	const char *answer = fake_ok(ANSWER);
	struct fake_server server;
	struct seen *seen = arg;

	host_tree_mkdir(rig_tree(), "/run");
	host_tree_text(rig_tree(), FILE, CONFIG);
	fake_server_start(&server, host_tree_path(rig_tree(), "/run/docker.sock"), FAKE_ANSWERS,
			  answer, strlen(answer));
	make_cgroup(p);
	put_task(p, PTC_EXEC, 1000);
	assert_false(wait_updates(p, seen, 1, 300));
	assert_string_equal(seen->name, "web");
	fake_server_stop(&server);
	assert_int_equal(server.requests, 0);
}

/* A server that never answers delays no event, and what the file says later is told. */
static void hanging_socket(struct pipeline *p, void *arg)
{
	struct fake_server server;
	struct seen *seen = arg;
	uint64_t begun_ns, longest_ns = 0;

	host_tree_mkdir(rig_tree(), "/run");
	fake_server_start(&server, host_tree_path(rig_tree(), "/run/docker.sock"), FAKE_HANGS, NULL,
			  0);
	make_cgroup(p);
	for (unsigned int i = 0; i < 200; i++) {
		begun_ns = clock_boot_ns();
		put_task(p, PTC_EXEC, 1000);
		assert_int_equal(seen->execs, i + 1); /* on its way out already */
		pipeline_tick(p, false);
		if (clock_boot_ns() - begun_ns > longest_ns)
			longest_ns = clock_boot_ns() - begun_ns;
		poll(NULL, 0, 1);
	}
	assert_int_equal(server.requests, 1);
	assert_true(longest_ns < 1000 * NSEC_PER_MSEC); /* it hangs for three seconds */
	host_tree_text(rig_tree(), FILE, CONFIG);
	assert_true(wait_updates(p, seen, 1, 5000));
	assert_string_equal(seen->name, "web");
	fake_server_stop(&server);
}

static void run(void (*test)(struct pipeline *p, void *arg))
{
	struct seen seen = { 0 };

	rig_run(take, test, &seen);
}

static void test_file(void **state)
{
	(void)state;
	run(file_later);
	run(file_before);
	run(file_before_start);
	run(file_after_stop);
}

static void test_ran_before(void **state)
{
	(void)state;
	run(ran_before);
	run(listed_before);
}

static void test_filter(void **state)
{
	(void)state;
	run(filtered);
}

static void test_socket(void **state)
{
	(void)state;
	if (!sockets_version())
		return; /* built without */
	run(by_socket);
	run(file_and_socket);
	run(hanging_socket);
}

/* A bundle names it, but of its labels only the socket tells. */
static void test_labels(void **state)
{
	static const char *const bundle =
		"{\"annotations\":{\"io.kubernetes.cri.container-name\":\"web\","
		"\"io.kubernetes.cri.image-name\":\"shop/web:1\"}}";

	(void)state;
	for (int want = 0; want < 2; want++) {
		struct containers_options options = { .want_labels = want };
		struct containers_answer answer;
		struct containers *c;
		struct host_tree tree;

		host_tree_init(&tree);
		host_tree_text(&tree, "/proc/self/mountinfo", "");
		host_tree_text(&tree,
			       "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID
			       "/config.json",
			       bundle);
		options.proc_root = host_tree_path(&tree, "/proc");
		options.host_root = tree.root;
		assert_int_equal(containers_new(&options, &c), 0);
		containers_cgroup_made(c, 0, 1, 0, STR_LITERAL(""));
		containers_cgroup_made(c, 0, 2, 1, STR_LITERAL("cri-containerd-" ID ".scope"));
		containers_find(c, 2, 0, 0, 0, &answer);
		assert_int_equal(answer.container->name.len, 3);
		assert_int_equal(answer.container->settled, !want || !sockets_version());
		containers_free(c);
		host_tree_done(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),   cmocka_unit_test(test_ran_before),
		cmocka_unit_test(test_filter), cmocka_unit_test(test_socket),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
