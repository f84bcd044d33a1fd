// SPDX-License-Identifier: Apache-2.0
/*
 * test_roots.c - where containerd keeps its bundles: from its arguments, its configuration, and
 * from where its shims run; and whose word counts
 */
#include "container/roots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "container/roots_args.h"
#include "container/roots_conf.h"
#include "host_tree.h"

struct host {
	struct host_tree tree; /* proc, and the host's root */
	struct hostfs fs;
	struct roots roots;
};

static void host_init(struct host *h)
{
	host_tree_init(&h->tree);
	host_tree_mkdir(&h->tree, "/proc");
	assert_int_equal(hostfs_init(&h->fs, h->tree.root), 0);
	assert_int_equal(roots_init(&h->roots, &h->fs, host_tree_path(&h->tree, "/proc")), 0);
}

static void host_done(struct host *h)
{
	roots_done(&h->roots);
	hostfs_done(&h->fs);
	host_tree_done(&h->tree);
}

/* args: with a NUL after each; cwd NULL: it cannot be read. */
static void add_process(struct host *h, const char *pid, const char *args, size_t len,
			const char *cwd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	host_tree_write(&h->tree, path, args, len);
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	host_tree_text(&h->tree, path, "Name:\tx\nUid:\t0\t0\t0\t0\n");
	snprintf(path, sizeof(path), "/proc/%s/root", pid);
	host_tree_link(&h->tree, path, h->tree.root);
	snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	if (cwd)
		host_tree_link(&h->tree, path, cwd);
}

#define ADD(h, pid, args, cwd) add_process(h, pid, args, sizeof(args), cwd)

static void scan(struct host *h)
{
	h->roots.next_scan_ns = h->roots.next_users_ns = 0;
	assert_true(roots_scan(&h->roots, 1, str_from(NULL, 0)));
}

static bool has(const struct host *h, const char *path, bool trusted)
{
	const struct root_list *list = &h->roots.bundles;

	for (unsigned int i = 0; i < list->len; i++)
		if (strcmp(list->path[i], path) == 0)
			return (i < list->trusted_len) == trusted;
	return false;
}

#define TASKS "/io.containerd.runtime.v2.task"

static void test_arguments(void **state)
{
	struct host h;

	(void)state;
	host_init(&h);
	ADD(&h, "41", "/usr/bin/containerd\0--state\0/a", "/");
	ADD(&h, "42", "containerd\0--state=/b/", "/");
	ADD(&h, "43", "containerd-not\0--state=/c", "/");
	scan(&h);
	assert_true(has(&h, "/run/containerd" TASKS, true));
	assert_true(has(&h, "/a" TASKS, true));
	assert_true(has(&h, "/b" TASKS, true));
	assert_false(has(&h, "/c" TASKS, true));
	host_done(&h);
}

/* What a configuration file says, and the state directory it names; NULL: none. */
static void test_config_files(void **state)
{
	static const struct {
		const char *text;
		const char *path;
	} rows[] = {
		{ "version = 2\nroot = \"/r\"\nstate = \"/s\"\n[grpc]\n", "/s" TASKS },
		{ "  state='/s'", "/s" TASKS },
		{ "state\t=\t\"/s\" # its files", "/s" TASKS },
		{ "[plugins]\nstate = \"/s\"\n", NULL },
		{ "  [ttrpc]\nstate = \"/s\"\n", NULL },
		{ "#state = \"/s\"\n", NULL },
		{ "mystate = \"/s\"\n", NULL },
		{ "state = \"relative\"\n", NULL },
		{ "state = \"/s$HOME\"\n", NULL },
		{ "state = \"\"\n", NULL },
		{ "state = /s\n", NULL },
		{ "state = \"/s", NULL },
		{ "state", NULL },
		{ "\n\n", NULL },
		{ "", NULL },
		{ "\xff\x01", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int before;
		struct host h;

		host_init(&h);
		before = h.roots.bundles.len;
		host_tree_text(&h.tree, "/etc/containerd/config.toml", rows[i].text);
		scan(&h);
		if (rows[i].path ? !has(&h, rows[i].path, true) : h.roots.bundles.len != before)
			fail_msg("row %zu: %u directories, the first is %s", i, h.roots.bundles.len,
				 h.roots.bundles.path[0]);
		host_done(&h);
	}
}

static void test_config_option(void **state)
{
	struct host h;

	(void)state;
	host_init(&h);
	host_tree_text(&h.tree, "/opt/a.toml", "state = \"/a\"\n");
	host_tree_text(&h.tree, "/opt/b.toml", "state = \"/b\"\n");
	host_tree_text(&h.tree, "/opt/c.toml", "state = \"/c\"\n");
	host_tree_text(&h.tree, "/opt/first.toml", "state = \"/first\"\n");
	host_tree_text(&h.tree, "/opt/user.toml", "state = \"/user\"\n");
	host_tree_fifo(&h.tree, "/opt/fifo");
	ADD(&h, "41", "containerd\0--config\0/opt/a.toml", "/");
	ADD(&h, "42", "containerd\0-c\0b.toml", "/opt");
	/* The last one is the one that is used. */
	ADD(&h, "43", "containerd\0--config=/opt/first.toml\0--config=/opt/c.toml", NULL);
	ADD(&h, "44", "containerd\0-c\0first.toml", NULL);
	ADD(&h, "45", "containerd\0-c\0fifo", "/opt");
	ADD(&h, "46", "containerd\0-c\0", "/opt");
	ADD(&h, "47", "containerd\0-c", "/opt");
	ADD(&h, "48", "containerd\0-c\0/opt/user.toml", "/");
	host_tree_text(&h.tree, "/proc/48/status", "Name:\tx\nUid:\t65534\t65534\t65534\t65534\n");
	scan(&h);
	assert_int_equal(has(&h, "/a" TASKS, true), true);
	assert_int_equal(has(&h, "/b" TASKS, true), true);
	assert_int_equal(has(&h, "/c" TASKS, true), true);
	assert_false(has(&h, "/first" TASKS, true));
	/* A user's file is not even read. */
	assert_false(has(&h, "/user" TASKS, false));
	host_done(&h);
}

static void test_shims(void **state)
{
	unsigned int before;
	struct host h;

	(void)state;
	host_init(&h);
	before = h.roots.bundles.len;
	ADD(&h, "41", "/usr/bin/containerd-shim-runc-v2\0-namespace\0shop\0-id\0web\0-address\0/x",
	    "/state/tasks/shop/web");
	ADD(&h, "42", "containerd-shim-kata-v2\0-id\0k\0-namespace\0ns", "/kata/ns/k");
	/* One that runs elsewhere says nothing. */
	ADD(&h, "43", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web", "/elsewhere/shop/db");
	ADD(&h, "44", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web", "/elsewhere/my/web");
	ADD(&h, "45", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web", "/shop/web");
	ADD(&h, "46", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web", "/");
	ADD(&h, "47", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web", NULL);
	ADD(&h, "48", "containerd-shim-runc-v2\0-namespace\0\0-id\0", "/elsewhere//");
	ADD(&h, "49", "containerd-shim-runc-v2", "/elsewhere/shop/web");
	ADD(&h, "50", "containerd-shim-runc-v2\0-namespace\0shop\0-id\0web",
	    "(unreachable)/a/shop/web");
	scan(&h);
	assert_true(has(&h, "/state/tasks", true));
	assert_true(has(&h, "/kata", true));
	assert_int_equal(h.roots.bundles.len, before + 2);
	host_done(&h);
}

static void see(struct host *h, uid_t uid, int n)
{
	char args[64];
	int len = snprintf(args, sizeof(args), "dockerd%c--data-root=/%u-%d%c-H%cunix:///%u-%d.s",
			   0, uid, n, 0, 0, uid, n);

	roots_args_see(&h->roots, str_from(args, (size_t)len), uid, NULL, str_from(NULL, 0));
}

/* All the ids that a user has do not fill the lists; another user has his place. */
static void test_ids_of_user_namespaces(void **state)
{
	struct host h;
	unsigned int before;

	(void)state;
	host_init(&h);
	host_tree_text(&h.tree, "/etc/subuid", "u:100000:65536\n");
	scan(&h);
	before = h.roots.endpoints.len;
	see(&h, 1000, 1);
	for (uid_t uid = 100000; uid < 100000 + ROOTS_MAX; uid++)
		for (int n = 0; n < 8; n++)
			see(&h, uid, n);
	assert_int_equal(h.roots.endpoints.len, before + 1);
	see(&h, 1001, 1);
	assert_int_equal(h.roots.endpoints.len, before + 2);
	assert_string_equal(h.roots.endpoints.item[before + 1].path, "/1001-1.s");
	assert_string_equal(h.roots.docker.path[h.roots.docker.len - 1], "/1001-1");
	/* No longer anybody's. */
	host_tree_text(&h.tree, "/etc/subuid", "");
	scan(&h);
	see(&h, 100000, 1);
	assert_int_equal(h.roots.endpoints.len, before + 3);
	host_done(&h);
}

static void add_others(struct host *h, int count)
{
	char pid[16];

	for (int i = 0; i < count; i++) {
		snprintf(pid, sizeof(pid), "%d", 1000 + i);
		ADD(h, pid, "sleep\0infinity", NULL);
	}
}

/* More processes than are looked at in one go, and a daemon among them. */
static void test_parts(void **state)
{
	struct host h;
	uint64_t now = 1;

	(void)state;
	host_init(&h);
	add_others(&h, 700);
	ADD(&h, "300", "containerd\0--state\0/run/a", NULL);
	assert_false(roots_scan_part(&h.roots, now));
	/* Not for each that asks. */
	assert_false(roots_scan_part(&h.roots, now));
	assert_false(roots_scan_part(&h.roots, ++now));
	assert_true(roots_scan_part(&h.roots, ++now));
	assert_true(has(&h, "/run/a/" ROOTS_BUNDLES, true));
	/* That was all, and is enough for a second. */
	ADD(&h, "301", "containerd\0--state\0/run/b", NULL);
	assert_true(roots_scan_part(&h.roots, ++now));
	assert_false(has(&h, "/run/b/" ROOTS_BUNDLES, true));
	now += NSEC_PER_SEC;
	assert_false(roots_scan_part(&h.roots, now));
	/* Who cannot wait has all of it at once. */
	assert_true(roots_scan(&h.roots, ++now, str_from(NULL, 0)));
	assert_true(has(&h, "/run/b/" ROOTS_BUNDLES, true));
	assert_true(roots_scan_part(&h.roots, ++now));
	assert_false(roots_scan(&h.roots, ++now, str_from(NULL, 0)));
	host_done(&h);
}

/* A daemon that starts while the others are looked at may be behind us. */
static void test_new_daemon_between_parts(void **state)
{
	struct event_process dockerd = { .pid = 300, .args = STR_LITERAL("dockerd\0") };
	struct host h;
	uint64_t now = 1;

	(void)state;
	host_init(&h);
	add_others(&h, 300);
	event_set(&dockerd, FACT_CREDS, SOURCE_KERNEL);
	assert_false(roots_scan_part(&h.roots, now));
	roots_see_exec(&h.roots, &dockerd);
	assert_true(roots_scan_part(&h.roots, ++now));
	assert_false(roots_scan_part(&h.roots, ++now));
	host_done(&h);
}

/* For a look at what is there: nobody is searched for again, but who was found is asked. */
static void test_one_look(void **state)
{
#define ID "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
	struct host h;

	(void)state;
	host_init(&h);
	h.roots.one_look = true;
	ADD(&h, "41", "conmon\0-c\0" ID "\0-n\0web", "/");
	host_tree_link(&h.tree, "/proc/41/exe", "/usr/bin/conmon");
	scan(&h);
	assert_string_equal(h.roots.conmon_name, "");
	ADD(&h, "42", "containerd\0--state\0/later", "/");
	h.roots.next_scan_ns = 0;
	assert_true(roots_scan(&h.roots, 1, str_of(ID)));
	assert_string_equal(h.roots.conmon_name, "web");
	assert_false(has(&h, "/later" TASKS, true));
	/* Who lives on its own time looks again. */
	h.roots.one_look = false;
	scan(&h);
	assert_true(has(&h, "/later" TASKS, true));
	host_done(&h);
#undef ID
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_config_files),
		cmocka_unit_test(test_config_option),
		cmocka_unit_test(test_shims),
		cmocka_unit_test(test_ids_of_user_namespaces),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_new_daemon_between_parts),
		cmocka_unit_test(test_one_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
