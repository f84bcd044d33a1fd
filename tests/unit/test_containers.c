// SPDX-License-Identifier: Apache-2.0
/*
 * test_containers.c - from cgroup ids to a container, over a recorded host
 *
 * Long because each case is a whole short history of one host.
 */
#include "container/containers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "container/monitored.h"
#include "host_tree.h"

#define V1    8
#define GRACE 1000
#define WEB   "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define PWEB  "41ffcc231047c64d9bbaeb5a19b92f8bdaa87fb6fd888e1785c14604561dc18a"
#define DB    "d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3"
#define NEVER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct host {
	struct host_tree tree;
	struct containers *c;
};

/* No hierarchy is mounted unless mounts says so; metadata is the tree's own or recorded. */
static void host_init(struct host *h, const char *host_root, bool mounted)
{
	struct containers_options options = { .v1_hierarchy_id = V1,
					      .v1_controller = "pids",
					      .grace_ns = GRACE };
	char text[2048] = "";

	host_tree_init(&h->tree);
	if (mounted)
		snprintf(text, sizeof(text),
			 "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n"
			 "39 30 0:36 / %s/pids rw - cgroup cgroup rw,pids\n",
			 h->tree.root, h->tree.root);
	host_tree_mkdir(&h->tree, "/v2");
	host_tree_mkdir(&h->tree, "/pids");
	host_tree_text(&h->tree, "/proc/self/mountinfo", text);
	options.proc_root = host_tree_path(&h->tree, "/proc");
	options.host_root = host_root ? host_root : h->tree.root;
	assert_int_equal(containers_new(&options, &h->c), 0);
	if (!mounted) {
		containers_cgroup_made(h->c, 0, 1, 0, STR_LITERAL(""));
		containers_cgroup_made(h->c, V1, 1, 0, STR_LITERAL(""));
	}
}

static void host_done(struct host *h)
{
	containers_free(h->c);
	host_tree_done(&h->tree);
}

static void check_str(struct str s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p ? s.p : "", want, s.len);
}

static struct containers_answer find(struct host *h, uint64_t v2_id, uint64_t v1_id)
{
	struct containers_answer a;

	containers_find(h->c, v2_id, v1_id, 0, 0, &a);
	return a;
}

static uint64_t containers_now(const struct host *h)
{
	struct containers_stats s;

	containers_stats(h->c, &s);
	return s.containers;
}

static void test_first_process_has_its_name(void **state)
{
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	a = find(&h, 11, 0);
	assert_true(a.known);
	assert_true(a.confirmed_by_runtime);
	check_str(a.cgroup.path, "/docker/" WEB);
	assert_int_equal(a.cgroup.id, 11);
	assert_false(a.cgroup.v1);
	check_str(a.container->id, WEB);
	check_str(a.container->runtime, "docker");
	check_str(a.container->name, "web");
	check_str(a.container->image, "localhost:5000/team/bb");
	check_str(a.container->image_tag, "1.27");
	assert_false(a.container->unconfirmed);
	assert_false(a.container->build);
	assert_null(a.container->outer);

	/* Told once, however often and from wherever in it. */
	assert_true(containers_tell_start(h.c, a.container));
	containers_cgroup_made(h.c, 0, 12, 11, STR_LITERAL("inside"));
	assert_ptr_equal(find(&h, 12, 0).container, a.container);
	assert_false(containers_tell_start(h.c, find(&h, 12, 0).container));

	a = find(&h, 10, 0);
	assert_true(a.known);
	assert_null(a.container);
	host_done(&h);
}

/* What shows by its form, in what only a runtime's state says is a container. */
static void test_inside_a_name(void **state)
{
	const struct container_info *inner;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("default"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL("ctr-web"));
	containers_cgroup_made(h.c, 0, 12, 11, STR_LITERAL("docker"));
	inner = containers_cgroup_made(h.c, 0, 13, 12, STR_LITERAL(WEB));
	assert_non_null(inner);
	check_str(inner->id, WEB);
	assert_non_null(inner->outer);
	check_str(inner->outer->id, "ctr-web");
	assert_ptr_equal(find(&h, 13, 0).container, inner);
	assert_ptr_equal(find(&h, 11, 0).container, inner->outer);
	host_done(&h);
}

static void test_hybrid(void **state)
{
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 11, 1, STR_LITERAL("docker.service"));
	containers_cgroup_made(h.c, V1, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, V1, 11, 10, STR_LITERAL(WEB));
	/* The id stands on the v1 path only. */
	a = find(&h, 11, 11);
	check_str(a.container->name, "web");
	assert_true(a.cgroup.v1);
	check_str(a.cgroup.path, "/docker/" WEB);
	/* Both in the root of v1: v2 says more. */
	a = find(&h, 11, 1);
	assert_false(a.cgroup.v1);
	check_str(a.cgroup.path, "/docker.service");
	a = find(&h, 1, 10);
	assert_true(a.cgroup.v1);
	check_str(a.cgroup.path, "/docker");
	/* Both: one container, with two cgroups. */
	containers_cgroup_made(h.c, 0, 20, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 21, 20, STR_LITERAL(WEB));
	assert_ptr_equal(find(&h, 21, 11).container, find(&h, 11, 11).container);
	assert_ptr_equal(find(&h, 21, 0).container, find(&h, 11, 11).container);
	assert_int_equal(containers_now(&h), 1);
	/* A hierarchy that is not watched. */
	containers_cgroup_made(h.c, 3, 30, 1, STR_LITERAL(DB));
	assert_null(containers_cgroup_removed(h.c, 3, 11, 1));
	assert_int_equal(containers_now(&h), 1);
	/* Only where it was seen first does its end end it. */
	assert_null(containers_cgroup_removed(h.c, 0, 21, 1));
	assert_non_null(containers_cgroup_removed(h.c, V1, 11, 1));
	assert_null(containers_cgroup_removed(h.c, V1, 11, 1));
	host_done(&h);
}

static void test_nested(void **state)
{
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	containers_cgroup_made(h.c, 0, 12, 11, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 13, 12, STR_LITERAL(NEVER));
	a = find(&h, 13, 0);
	check_str(a.container->id, NEVER);
	assert_true(a.container->unconfirmed);
	assert_false(a.confirmed_by_runtime);
	check_str(a.container->outer->name, "web");
	assert_ptr_equal(a.container->outer, find(&h, 12, 0).container);
	/* The removal of a cgroup inside ends no container. */
	assert_ptr_equal(containers_cgroup_removed(h.c, 0, 13, 100), a.container);
	assert_null(containers_cgroup_removed(h.c, 0, 12, 100));
	assert_non_null(containers_cgroup_removed(h.c, 0, 11, 100));
	containers_expire(h.c, clock_boot_ns());
	containers_expire(h.c, clock_boot_ns() + 2 * NSEC_PER_SEC);
	containers_expire(h.c, clock_boot_ns() + 4 * NSEC_PER_SEC);
	assert_int_equal(containers_now(&h), 0);
	host_done(&h);
}

static void test_grace_time(void **state)
{
	const struct container_info *info;
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	info = find(&h, 11, 0).container;
	assert_ptr_equal(containers_cgroup_removed(h.c, 0, 11, 5 * NSEC_PER_SEC), info);
	containers_expire(h.c, 5 * NSEC_PER_SEC + GRACE - 1);
	a = find(&h, 11, 0);
	assert_ptr_equal(a.container, info); /* a late exit still has its name */
	check_str(a.container->name, "web");
	containers_expire(h.c, 7 * NSEC_PER_SEC);
	assert_int_equal(containers_now(&h), 0);
	a = find(&h, 11, 0);
	assert_false(a.known);
	assert_null(a.container);
	host_done(&h);
}

static void test_started_again(void **state)
{
	const struct container_info *first, *second;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	first = find(&h, 11, 0).container;
	assert_true(containers_tell_start(h.c, first));
	containers_cgroup_removed(h.c, 0, 11, 1);
	containers_cgroup_made(h.c, 0, 12, 10, STR_LITERAL(WEB));
	second = find(&h, 12, 0).container;
	assert_ptr_not_equal(first, second);
	check_str(second->name, "web");
	assert_true(containers_tell_start(h.c, second));
	assert_ptr_equal(find(&h, 11, 0).container, first);
	host_done(&h);
}

static void test_impostor(void **state)
{
	struct containers_answer real, forged;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	containers_cgroup_made(h.c, 0, 12, 1, STR_LITERAL("user.slice"));
	containers_cgroup_made(h.c, 0, 13, 12, STR_LITERAL(WEB));
	real = find(&h, 11, 0);
	forged = find(&h, 13, 0);
	assert_ptr_not_equal(real.container, forged.container);
	check_str(forged.container->id, WEB);
	assert_true(forged.container->unconfirmed);
	assert_int_equal(forged.container->missing, MISSING_SKIPPED);
	assert_int_equal(forged.container->name.len, 0);
	check_str(real.container->name, "web");
	assert_false(real.container->unconfirmed);
	host_done(&h);
}

/* Root in a container may name cgroups there; a container of root's by that id is another one. */
static void check_forged_inside(struct host *h, bool first)
{
	struct containers_answer real = { 0 }, forged;

	containers_cgroup_made(h->c, V1, 20, 1, STR_LITERAL("docker"));
	if (!first) {
		containers_cgroup_made(h->c, V1, 21, 20, STR_LITERAL(WEB));
		real = find(h, 0, 21);
	}
	containers_cgroup_made(h->c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h->c, 0, 11, 10, STR_LITERAL(NEVER));
	containers_cgroup_made(h->c, 0, 12, 11, STR_LITERAL("docker-" WEB ".scope"));
	forged = find(h, 12, 20);
	check_str(forged.container->id, WEB);
	assert_true(forged.container->unconfirmed);
	assert_int_equal(forged.container->name.len, 0);
	assert_int_equal(forged.container->missing, first ? MISSING_NONE : MISSING_SKIPPED);
	if (first) {
		containers_cgroup_made(h->c, V1, 21, 20, STR_LITERAL(WEB));
		real = find(h, 0, 21);
		assert_int_equal(forged.container->missing, MISSING_SKIPPED);
	}
	assert_ptr_not_equal(real.container, forged.container);
	check_str(real.container->name, "web");
	assert_false(real.container->unconfirmed);
	assert_true(forged.container->unconfirmed);
}

static void test_forged_inside(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct host h;

		host_init(&h, HOST_FIXTURE, false);
		check_forged_inside(&h, first);
		host_done(&h);
	}
}

/* A user's monitor may name any id; what has a cgroup is not what it watches. */
static void test_monitored_impostor(void **state)
{
	static const char of_web[] = "conmon\0-c\0" WEB "\0-n\0mine";
	static const char of_pweb[] = "conmon\0-c\0" PWEB "\0-n\0mine";
	static const char of_other[] = "conmon\0-c\0" NEVER "\0-n\0mine";
	struct container_info *info;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	info = containers_new_monitored(h.c, 4000000000u, (struct str){ of_web, sizeof(of_web) },
					1000);
	assert_non_null(info);
	monitored_free(info);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	assert_null(containers_new_monitored(h.c, 4000000000u,
					     (struct str){ of_web, sizeof(of_web) }, 1000));
	info = containers_new_monitored(h.c, 4000000000u,
					(struct str){ of_other, sizeof(of_other) }, 1000);
	assert_non_null(info);
	monitored_free(info);
	/* Root's Podman knows that one: it is not what a user's monitor says that it is. */
	containers_seed(h.c); /* where root's files are */
	for (uid_t uid = 0; uid <= 1000; uid += 1000) {
		info = containers_new_monitored(h.c, 4000000000u,
						(struct str){ of_pweb, sizeof(of_pweb) }, uid);
		assert_non_null(info);
		assert_int_equal(info->unconfirmed, uid != 0);
		assert_int_equal(info->image.len != 0, uid == 0);
		monitored_free(info);
	}
	host_done(&h);
}

static void test_runtime_from_whoever_knows_it(void **state)
{
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("mygroup"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(PWEB));
	containers_cgroup_made(h.c, 0, 12, 10, STR_LITERAL(NEVER));
	a = find(&h, 11, 0);
	check_str(a.container->runtime, "podman");
	check_str(a.container->name, "pweb");
	a = find(&h, 12, 0);
	check_str(a.container->runtime, "");
	check_str(a.container->id, NEVER);
	assert_true(a.container->unconfirmed);
	assert_true(a.known);
	host_done(&h);
}

static void test_identity_by_name(void **state)
{
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("plain-runc"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL("init.scope"));
	containers_cgroup_made(h.c, 0, 12, 1, STR_LITERAL("no-runc"));
	containers_cgroup_made(h.c, 0, 13, 1, STR_LITERAL("lxc.payload.lxcweb"));
	containers_cgroup_made(h.c, 0, 14, 1, STR_LITERAL("lxc.payload.\x1b[2J\n"));
	a = find(&h, 10, 0);
	check_str(a.container->id, "plain-runc");
	check_str(a.container->name, "plain-runc");
	check_str(a.container->runtime, "runc");
	assert_false(a.container->unconfirmed);
	a = find(&h, 12, 0);
	assert_true(a.known);
	assert_null(a.container);
	a = find(&h, 13, 0);
	check_str(a.container->runtime, "lxc");
	assert_false(a.container->unconfirmed);
	a = find(&h, 14, 0);
	check_str(a.container->id, "\x1b[2J\n");
	assert_true(a.container->unconfirmed);
	host_done(&h);
}

/* Asks until want is there; a runtime's files are looked for again on later events. */
static bool comes_true(struct host *h, uint64_t id, bool (*want)(const struct container_info *info))
{
	uint64_t deadline_ns = clock_boot_ns() + 4 * NSEC_PER_SEC;

	while (clock_boot_ns() < deadline_ns) {
		struct containers_answer a = find(h, id, 0);

		if (a.container && want(a.container))
			return true;
	}
	return false;
}

static bool is_named(const struct container_info *info)
{
	return info->name.len > 0 && !info->unconfirmed;
}

static void test_metadata_that_comes_late(void **state)
{
	const struct container_info *info;
	uint32_t version;
	struct host h;

	(void)state;
	host_init(&h, NULL, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	containers_cgroup_made(h.c, 0, 12, 1, STR_LITERAL("mine"));
	info = find(&h, 11, 0).container;
	assert_true(info->unconfirmed);
	check_str(info->runtime, "docker");
	version = info->version;
	assert_true(version > 0);
	assert_null(find(&h, 12, 0).container);
	host_tree_text(&h.tree, "/var/lib/docker/containers/" WEB "/config.v2.json",
		       "{\"ID\":\"" WEB "\",\"Name\":\"/late\",\"Config\":{\"Image\":\"i\"}}");
	host_tree_text(&h.tree, "/run/runc/mine/state.json",
		       "{\"cgroup_paths\":{\"\":\"/sys/fs/cgroup/mine\"}}");
	assert_true(comes_true(&h, 11, is_named));
	check_str(info->name, "late");
	assert_true(info->version != version);
	assert_true(comes_true(&h, 12, is_named));
	check_str(find(&h, 12, 0).container->id, "mine");
	host_done(&h);
}

static void test_rename(void **state)
{
	const struct container_info *old;
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, V1, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, V1, 11, 10, STR_LITERAL(WEB));
	old = find(&h, 0, 11).container;
	/* One above it: the same container, by another path. */
	containers_cgroup_renamed(h.c, V1, 10, STR_LITERAL("moved"));
	a = find(&h, 0, 11);
	check_str(a.cgroup.path, "/moved/" WEB);
	assert_ptr_equal(a.container, old);
	/* Its own: no container's path any more; then another's. */
	containers_cgroup_renamed(h.c, V1, 11, STR_LITERAL("plain"));
	a = find(&h, 0, 11);
	check_str(a.cgroup.path, "/moved/plain");
	assert_null(a.container);
	containers_cgroup_renamed(h.c, V1, 11, STR_LITERAL(PWEB));
	a = find(&h, 0, 11);
	assert_ptr_not_equal(a.container, old);
	check_str(a.container->name, "pweb");
	assert_ptr_equal(containers_cgroup_removed(h.c, V1, 11, 1), a.container);
	host_done(&h);
}

static void count(const struct container_info *info, void *arg)
{
	unsigned int *n = arg;

	assert_true(info->id.len > 0);
	(*n)++;
}

static void test_seed(void **state)
{
	unsigned int n = 0;
	uint64_t v2, v1, inside;
	struct containers_answer a;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, true);
	v2 = host_tree_mkdir(&h.tree, "/v2/docker/" WEB);
	v1 = host_tree_mkdir(&h.tree, "/pids/docker/" WEB);
	inside = host_tree_mkdir(&h.tree, "/v2/libpod_parent/libpod-" PWEB "/a/b");
	host_tree_mkdir(&h.tree, "/v2/plain-runc");
	host_tree_mkdir(&h.tree, "/v2/system.slice/x.service");
	host_tree_mkdir(&h.tree, "/pids/docker/" DB);
	assert_int_equal(containers_seed(h.c), 0);
	containers_each(h.c, false, count, &n);
	assert_int_equal(n, 4);
	a = find(&h, v2, v1);
	check_str(a.container->name, "web");
	a = find(&h, inside, 0);
	check_str(a.container->name, "pweb");
	host_done(&h);
}

static void test_lost_removal(void **state)
{
	uint64_t id, again;
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, true);
	id = host_tree_mkdir(&h.tree, "/v2/docker/" WEB);
	host_tree_mkdir(&h.tree, "/v2/libpod_parent/libpod-" PWEB);
	assert_int_equal(containers_seed(h.c), 0);
	assert_non_null(find(&h, id, 0).container);
	assert_int_equal(containers_now(&h), 2);
	host_tree_remove(&h.tree, "/v2/docker/" WEB);
	host_tree_remove(&h.tree, "/v2/libpod_parent/libpod-" PWEB);
	/* Its next life, whose making was told. */
	host_tree_mkdir(&h.tree, "/v2/keep-the-inode-number");
	again = host_tree_mkdir(&h.tree, "/v2/docker/" WEB);
	if (again != id) {
		containers_cgroup_made(h.c, 0, again, host_tree_mkdir(&h.tree, "/v2/docker"),
				       STR_LITERAL(WEB));
		check_str(find(&h, again, 0).container->name, "web");
	}
	host_tree_remove(&h.tree, "/v2/docker/" WEB);
	/* Asked now and then, they are found to be gone. */
	for (uint64_t s = 0; s < 300; s += 61)
		containers_expire(h.c, clock_boot_ns() + s * NSEC_PER_SEC);
	assert_int_equal(containers_now(&h), 0);
	host_done(&h);
}

static void test_unknown(void **state)
{
	struct containers_answer a;
	struct host h;
	uint64_t id;

	(void)state;
	host_init(&h, HOST_FIXTURE, true);
	id = host_tree_mkdir(&h.tree, "/v2/docker/" WEB);
	a = find(&h, 0, 0);
	assert_false(a.known);
	a = find(&h, id, 0);
	assert_false(a.known);
	assert_int_equal(a.cgroup.id, id);
	assert_null(a.container);
	/* Another process of that cgroup is alive to be asked. */
	host_tree_text(&h.tree, "/proc/42/cgroup", "0::/docker/" WEB "\n");
	for (uint64_t deadline_ns = clock_boot_ns() + 4 * NSEC_PER_SEC;
	     !a.known && clock_boot_ns() < deadline_ns;)
		containers_find(h.c, id, 0, 42, 0, &a);
	assert_true(a.known);
	check_str(a.container->name, "web");
	host_done(&h);
}

static void test_tables_are_bounded(void **state)
{
	struct containers_stats s;
	struct host h;
	char name[65];

	(void)state;
	host_init(&h, NULL, false);
	for (uint64_t id = 2; id < 70000; id++) {
		snprintf(name, sizeof(name), "n%u.service", (unsigned int)id);
		containers_cgroup_made(h.c, 0, id, 1, str_of(name));
		find(&h, id, 0);
	}
	containers_stats(h.c, &s);
	assert_true(s.cgroups <= 65536);
	assert_true(s.evicted > 0);
	check_str(find(&h, 69999, 0).cgroup.path, "/n69999.service");
	host_done(&h);
}

/* A container that is let make cgroups cannot bury its identity under a long path. */
static void test_deep_below_a_container(void **state)
{
	char name[200];
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE, false);
	containers_cgroup_made(h.c, 0, 10, 1, STR_LITERAL("docker"));
	containers_cgroup_made(h.c, 0, 11, 10, STR_LITERAL(WEB));
	memset(name, 'x', sizeof(name));
	for (uint64_t id = 12; id < 3000; id++)
		containers_cgroup_made(h.c, 0, id, id - 1, str_from(name, sizeof(name)));
	check_str(find(&h, 2999, 0).container->name, "web");
	host_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_process_has_its_name),
		cmocka_unit_test(test_inside_a_name),
		cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_grace_time),
		cmocka_unit_test(test_started_again),
		cmocka_unit_test(test_impostor),
		cmocka_unit_test(test_forged_inside),
		cmocka_unit_test(test_monitored_impostor),
		cmocka_unit_test(test_runtime_from_whoever_knows_it),
		cmocka_unit_test(test_identity_by_name),
		cmocka_unit_test(test_metadata_that_comes_late),
		cmocka_unit_test(test_rename),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_lost_removal),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_tables_are_bounded),
		cmocka_unit_test(test_deep_below_a_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
