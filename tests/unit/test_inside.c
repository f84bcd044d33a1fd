// SPDX-License-Identifier: Apache-2.0
/*
 * test_inside.c - what a daemon in a container says of the containers in it
 */
#include "container/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host_tree.h"

#define OUTER "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define INNER "1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b"
#define LOCAL "30 1 0:50 / / rw - overlay overlay rw\n31 30 8:1 /x /inner rw - ext4 /dev/sda1 rw\n"

struct row {
	const char *cgroup;    /* of the daemon */
	const char *mountinfo; /* the same */
	const char *outer;     /* who is asked for */
	const char *name;      /* what comes out */
};

#define HOST_USERS "user:[4026531837]"

/* Of the daemon. "": it cannot be read. */
static const char *user_ns = HOST_USERS;

static void make_daemon(const struct host_tree *t, const struct row *row)
{
	static const char args[] = "dockerd\0--data-root\0/inner/data";
	char root[300];

	snprintf(root, sizeof(root), "%s/rootfs", t->root);
	host_tree_text(t, "/rootfs/inner/data/containers/" INNER "/config.v2.json",
		       "{\"ID\":\"" INNER "\",\"Name\":\"/db\",\"Config\":{\"Image\":\"pg:1\"}}");
	host_tree_write(t, "/proc/77/cmdline", args, sizeof(args));
	host_tree_text(t, "/proc/77/status", "Name:\tdockerd\nUid:\t0\t0\t0\t0\n");
	host_tree_text(t, "/proc/77/cgroup", row->cgroup);
	host_tree_text(t, "/proc/77/mountinfo", row->mountinfo);
	host_tree_link(t, "/proc/77/root", root);
	if (user_ns[0])
		host_tree_link(t, "/proc/77/ns/user", user_ns);
}

static void check(const struct row *row)
{
	struct metadata_place place = { .path = STR_LITERAL("/docker/" OUTER "/docker/" INNER),
					.outer_id = row->outer };
	struct metadata md = { 0 };
	struct meta meta = { 0 };
	struct host_tree t;
	struct cgpath c;

	host_tree_init(&t);
	make_daemon(&t, row);
	assert_int_equal(metadata_init(&md, t.root, host_tree_path(&t, "/proc"), NULL), 0);
	cgpath_parse(place.path, &c);
	metadata_read(&md, cgpath_innermost(&c), place, 10, &meta);
	if (meta.name.len != strlen(row->name) ||
	    memcmp(meta.name.p ? meta.name.p : "", row->name, meta.name.len) != 0)
		fail_msg("%s with %s: %.*s, not %s", row->cgroup, row->mountinfo,
			 (int)meta.name.len, meta.name.p, row->name);
	assert_int_equal(meta.runtime != NULL, row->name[0] != '\0');
	meta_done(&meta);
	metadata_done(&md);
	host_tree_done(&t);
}

static void test_who_is_believed(void **state)
{
	static const struct row rows[] = {
		{ "0::/docker/" OUTER "\n", LOCAL, OUTER, "db" },
		{ "8:pids:/docker/" OUTER "\n0::/\n", LOCAL, OUTER, "db" },
		{ "0::/docker/" OUTER "/init\n", LOCAL, OUTER, "db" },
		/* Not of what is in another container, nor on the host. */
		{ "0::/docker/" OUTER "\n", LOCAL, INNER, "" },
		{ "0::/docker/" OUTER "\n", LOCAL, NULL, "" },
		{ "0::/\n", LOCAL, OUTER, "" },
		{ "", LOCAL, OUTER, "" },
		/* A daemon in the inner container speaks of what is in that. */
		{ "0::/docker/" OUTER "/docker/" INNER "\n", LOCAL, OUTER, "" },
		/* Who answers is a process of the container's, or a host far away. */
		{ "0::/docker/" OUTER "\n", LOCAL "32 30 0:60 / /f rw - fuse.x x rw\n", OUTER, "" },
		{ "0::/docker/" OUTER "\n", LOCAL "32 30 0:60 / /f rw - nfs4 x rw\n", OUTER, "" },
		{ "0::/docker/" OUTER "\n", LOCAL "what is this\n", OUTER, "" },
		{ "0::/docker/" OUTER "\n", "", OUTER, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

/* Who may mount what he likes hides what answers when it likes below an overlay. */
static void test_whose_mounts(void **state)
{
	static const char *const not_hosts[] = { "user:[4026532001]", "user:[40265318370]", "" };
	static const struct row row = { "0::/docker/" OUTER "\n", LOCAL, OUTER, "" };

	(void)state;
	for (size_t i = 0; i < sizeof(not_hosts) / sizeof(not_hosts[0]); i++) {
		user_ns = not_hosts[i];
		check(&row);
	}
	user_ns = HOST_USERS;
}

/* A container can make as many cgroups as it likes, and files as dear as it likes. */
static void test_time_is_shared(void **state)
{
	static const struct row row = { "0::/docker/" OUTER "\n", LOCAL, OUTER, "db" };
	struct metadata md = { 0 };
	struct meta meta = { 0 };
	struct host_tree t;
	struct cgpath c;

	(void)state;
	host_tree_init(&t);
	make_daemon(&t, &row);
	assert_int_equal(metadata_init(&md, t.root, host_tree_path(&t, "/proc"), NULL), 0);
	metadata_scan(&md, 1);
	cgpath_parse(STR_LITERAL("/docker/" OUTER "/docker/" INNER), &c);
	md.inside_rest_ns = UINT64_MAX;
	inside_read(&md, OUTER, cgpath_innermost(&c), STR_LITERAL(""), &meta);
	assert_null(meta.runtime);
	md.inside_rest_ns = 0;
	inside_read(&md, OUTER, cgpath_innermost(&c), STR_LITERAL(""), &meta);
	assert_string_equal(meta.runtime, "docker");
	assert_true(md.inside_rest_ns > 0);
	meta_done(&meta);
	metadata_done(&md);
	host_tree_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_believed),
		cmocka_unit_test(test_whose_mounts),
		cmocka_unit_test(test_time_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
