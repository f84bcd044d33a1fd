// SPDX-License-Identifier: Apache-2.0
/*
 * test_endpoints.c - which sockets there are, whose they are, and what they may speak about
 */
#include "container/endpoints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "container/hostfs.h"
#include "container/peer.h"
#include "container/roots.h"
#include "host_tree.h"

static bool has(const struct endpoints *list, enum endpoint_kind kind, uid_t uid, const char *path)
{
	for (unsigned int i = 0; i < list->len; i++)
		if (list->item[i].kind == kind && list->item[i].uid == uid &&
		    strcmp(list->item[i].path, path) == 0)
			return true;
	return false;
}

static void test_add(void **state)
{
	struct endpoints list = { 0 };

	(void)state;
	endpoints_add(&list, ENDPOINT_DOCKER, 1000, STR_LITERAL("unix:///u.sock"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("/r.sock"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("/r.sock"));
	endpoints_add(&list, ENDPOINT_PODMAN, 0, STR_LITERAL("/r.sock"));
	assert_int_equal(list.len, 3);
	assert_int_equal(list.root_len, 2);
	assert_string_equal(list.item[0].path, "/r.sock"); /* root's first */
	assert_true(has(&list, ENDPOINT_DOCKER, 1000, "/u.sock"));

	/* Root names it as well: then it is root's; the other way round nothing changes. */
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("/u.sock"));
	endpoints_add(&list, ENDPOINT_DOCKER, 1000, STR_LITERAL("/r.sock"));
	assert_int_equal(list.len, 3);
	assert_int_equal(list.root_len, 3);

	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL(""));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("/"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("fd://"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("unix://"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("unix://x.sock"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("tcp://127.0.0.1:2375"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("@/abstract"));
	endpoints_add(&list, ENDPOINT_DOCKER, 0, STR_LITERAL("/a\0b"));
	assert_int_equal(list.len, 3);
	endpoints_done(&list);
}

/* One user has a few; all users together never keep out root's. */
static void test_limits(void **state)
{
	struct endpoints list = { 0 };
	char path[32];

	(void)state;
	for (uid_t uid = 1000; uid < 1100; uid++) {
		for (int i = 0; i < 100; i++) {
			snprintf(path, sizeof(path), "/%u-%d", uid, i);
			endpoints_add(&list, ENDPOINT_DOCKER, uid, str_of(path));
		}
	}
	assert_int_equal(list.len, ENDPOINTS_MAX);
	assert_true(has(&list, ENDPOINT_DOCKER, 1000, "/1000-5"));
	assert_false(has(&list, ENDPOINT_DOCKER, 1000, "/1000-6"));
	assert_true(has(&list, ENDPOINT_DOCKER, 1001, "/1001-0"));
	for (int i = 0; i < ENDPOINTS_MAX + 5; i++) {
		snprintf(path, sizeof(path), "/root-%d", i);
		endpoints_add(&list, ENDPOINT_DOCKER, 0, str_of(path));
	}
	assert_int_equal(list.len, ENDPOINTS_MAX);
	assert_int_equal(list.root_len, ENDPOINTS_MAX);
	assert_true(has(&list, ENDPOINT_DOCKER, 0, "/root-0"));
	endpoints_done(&list);
}

static void test_may_tell(void **state)
{
	static const struct {
		uid_t uid;
		const char *path;
		uid_t own, above; /* whose cgroup it is; 0: root's */
		bool may;
	} rows[] = {
		{ 0, "/docker/1", 0, 0, true },
		{ 0, "/docker/1", 1000, 1000, true },
		{ 0, "/user.slice/user-1000.slice/docker-1.scope", 0, 0, true },
		{ 1000, "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-1.scope",
		  0, 0, true },
		{ 1000, "/docker/1", 0, 0, false },
		{ 1000, "/user.slice/user-1001.slice/docker-1.scope", 0, 0, false },
		{ 1000, "/user.slice/user-10000.slice/docker-1.scope", 0, 0, false },
		{ 100, "/user.slice/user-1000.slice/docker-1.scope", 0, 0, false },
		/* Made by a container for itself. */
		{ 1000, "/docker/1/user.slice/user-1000.slice/docker-1.scope", 0, 0, false },
		{ 1000, "/user.slice/user-1000.slice", 0, 0, false },
		{ 1000, "", 0, 0, false },
		{ CGROUPS_NO_UID, "/docker/1", 0, 0, false },
		/* No slice, but a cgroup that was given to a user. */
		{ 1000, "/mine/1", 1000, 0, true },
		{ 1000, "/mine/1", 100000, 1000, true },
		{ 1000, "/mine/1", CGROUPS_NO_UID, 1000, true },
		{ 1000, "/mine/1", 1001, 1001, false },
		{ 1000, "/mine/1", CGROUPS_NO_UID, CGROUPS_NO_UID, false },
		{ CGROUPS_NO_UID, "/mine/1", CGROUPS_NO_UID, CGROUPS_NO_UID, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct endpoints_place place = { .cgroup_path = str_of(rows[i].path),
						 .users = { { rows[i].own, rows[i].above } } };

		if (endpoints_may_tell(rows[i].uid, &place) != rows[i].may)
			fail_msg("row %zu: %u %s", i, rows[i].uid, rows[i].path);
	}
}

/* ---- where they are found */

static void put_process(struct host_tree *t, int pid, const char *args, size_t len)
{
	char path[64], status[128];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	host_tree_write(t, path, args, len);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	snprintf(status, sizeof(status), "Name:\tx\nUid:\t%u\t%u\t%u\t%u\n", getuid(), getuid(),
		 getuid(), getuid());
	host_tree_text(t, path, status);
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	host_tree_link(t, path, t->root);
}

#define PUT_PROCESS(t, pid, args) put_process(t, pid, args, sizeof(args))

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void test_found(void **state)
{
	struct endpoints *list;
	struct host_tree tree;
	struct roots roots;
	struct hostfs fs;
	uid_t me = getuid();
	int fds[2];

	(void)state;
	host_tree_init(&tree);
	PUT_PROCESS(&tree, 10,
		    "/usr/bin/dockerd\0-H\0unix:///a.sock\0--host=unix:///b.sock\0"
		    "-Hunix:///c.sock\0-H\0fd://\0-H=tcp://0.0.0.0:1");
	PUT_PROCESS(&tree, 11, "podman\0--root\0/g\0system\0service\0--time=0\0unix:///p.sock");
	PUT_PROCESS(&tree, 12, "podman\0--url\0unix:///client.sock\0ps");
	PUT_PROCESS(&tree, 13, "containerd\0--config\0/x\0--address\0/d.sock\0-a\0/e.sock");
	PUT_PROCESS(&tree, 14,
		    "/usr/bin/containerd-shim-runc-v2\0-namespace\0k8s.io\0-id\0x\0"
		    "-address\0/f.sock");
	PUT_PROCESS(&tree, 15, "grep\0-H\0unix:///grep.sock");
	host_tree_text(&tree, "/etc/docker/daemon.json",
		       "{\"hosts\":[\"unix:///h.sock\",7,\"fd://\",null]}");
	host_tree_mkdir(&tree, "/run/user/1000/podman");
	host_tree_mkdir(&tree, "/run/user/12x");
	host_tree_text(&tree, "/run/user/1000/docker.sock", "no socket");
	fds[0] = listen_at(host_tree_path(&tree, "/run/user/1000/podman/podman.sock"));
	fds[1] = listen_at(host_tree_path(&tree, "/run/user/12x/docker.sock"));
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	assert_int_equal(roots_init(&roots, &fs, host_tree_path(&tree, "/proc")), 0);
	list = &roots.endpoints;
	assert_true(has(list, ENDPOINT_DOCKER, 0, "/run/docker.sock"));
	assert_true(roots_scan(&roots, 1, str_from(NULL, 0)));
	assert_true(has(list, ENDPOINT_DOCKER, me, "/a.sock"));
	assert_true(has(list, ENDPOINT_DOCKER, me, "/b.sock"));
	assert_true(has(list, ENDPOINT_DOCKER, me, "/c.sock"));
	assert_true(has(list, ENDPOINT_PODMAN, me, "/p.sock"));
	assert_true(has(list, ENDPOINT_CONTAINERD, me, "/d.sock"));
	assert_true(has(list, ENDPOINT_CONTAINERD, me, "/e.sock"));
	assert_true(has(list, ENDPOINT_CONTAINERD, me, "/f.sock"));
	assert_true(has(list, ENDPOINT_DOCKER, 0, "/h.sock"));
	assert_true(has(list, ENDPOINT_PODMAN, 1000, "/run/user/1000/podman/podman.sock"));
	assert_int_equal(list->len, 5 + 9);
	roots_done(&roots);
	hostfs_done(&fs);
	close(fds[0]);
	close(fds[1]);
	host_tree_done(&tree);
}

/* What a containerd's configuration says of its socket; NULL: nothing. */
static void test_containerd_config(void **state)
{
	static const struct {
		const char *text;
		const char *path;
	} rows[] = {
		{ "version = 2\nstate = \"/s\"\n[grpc]\n  address = \"/c.sock\"\n", "/c.sock" },
		{ "[ttrpc]\naddress = \"/t.sock\"\n[grpc]\naddress = '/c.sock'\n", "/c.sock" },
		{ " [ grpc ] # its socket\n\tuid = 0\n\taddress='/c.sock'", "/c.sock" },
		{ "[grpc]\nuid = 0\n[metrics]\naddress = \"/m.sock\"\n", NULL },
		{ "[ttrpc]\naddress = \"/t.sock\"\n", NULL },
		{ "[plugins.grpc]\naddress = \"/p.sock\"\n", NULL },
		{ "[[grpc]]\naddress = \"/p.sock\"\n", NULL },
		{ "[grpcs]\naddress = \"/p.sock\"\n", NULL },
		{ "[grpc\naddress = \"/p.sock\"\n", NULL },
		{ "address = \"/top.sock\"\n", NULL },
		{ "[grpc]\n#address = \"/c.sock\"\n", NULL },
		{ "[grpc]\naddress = \"127.0.0.1:1\"\n", NULL },
		{ "[grpc]\ntcp_address = \"/c.sock\"\n", NULL },
		{ "[grpc]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host_tree tree;
		struct roots roots;
		struct hostfs fs;

		host_tree_init(&tree);
		host_tree_mkdir(&tree, "/proc");
		host_tree_text(&tree, "/etc/containerd/config.toml", rows[i].text);
		assert_int_equal(hostfs_init(&fs, tree.root), 0);
		assert_int_equal(roots_init(&roots, &fs, host_tree_path(&tree, "/proc")), 0);
		assert_true(roots_scan(&roots, 1, str_from(NULL, 0)));
		if (rows[i].path ? !has(&roots.endpoints, ENDPOINT_CONTAINERD, 0, rows[i].path) :
				   roots.endpoints.len != 5)
			fail_msg("row %zu: %u sockets", i, roots.endpoints.len);
		roots_done(&roots);
		hostfs_done(&fs);
		host_tree_done(&tree);
	}
}

/* ---- who listens */

static void test_peer(void **state)
{
	struct endpoint mine = { .uid = getuid(), .path = (char *)"/s.sock" };
	struct endpoint other = { .uid = getuid() + 1, .path = (char *)"/s.sock" };
	struct endpoint file = { .uid = 0, .path = (char *)"/file" };
	struct endpoint none = { .uid = 0, .path = (char *)"/none.sock" };
	struct endpoints_place roots = { .cgroup_path = STR_LITERAL("/docker/x") }, own = roots;
	char slice[64];
	struct host_tree tree;
	struct hostfs fs;
	int fd, pair[2];

	(void)state;
	host_tree_init(&tree);
	host_tree_text(&tree, "/file", "");
	host_tree_link(&tree, "/out.sock", "../../../../../../../../../s.sock");
	fd = listen_at(host_tree_path(&tree, "/s.sock"));
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	assert_true(peer_find(&fs, &mine) >= 0);
	assert_true(peer_find(&fs, &other) < 0); /* a stranger's is left alone */
	assert_true(peer_find(&fs, &file) < 0);
	assert_true(peer_find(&fs, &none) < 0);
	mine.path = (char *)"/out.sock"; /* a link does not lead out of the tree */
	assert_true(peer_find(&fs, &mine) >= 0);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	snprintf(slice, sizeof(slice), "/user.slice/user-%u.slice/x", getuid());
	own.cgroup_path = str_of(slice);
	assert_true(peer_may_tell(pair[0], &mine, &own));
	assert_false(peer_may_tell(pair[0], &other, &own));
	assert_int_equal(peer_may_tell(pair[0], &file, &roots), getuid() == 0);
	close(pair[0]);
	close(pair[1]);
	/* Nobody there yet. */
	pair[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_false(peer_may_tell(pair[0], &file, &roots));
	close(pair[0]);
	hostfs_done(&fs);
	close(fd);
	host_tree_done(&tree);
}

static void test_quiet(void **state)
{
	struct quiet quiet = { 0 };
	char path[16];

	(void)state;
	assert_false(quiet_has(&quiet, "/a", 1));
	quiet_add(&quiet, "/a", 10);
	assert_true(quiet_has(&quiet, "/a", 9));
	assert_false(quiet_has(&quiet, "/a", 10));
	assert_false(quiet_has(&quiet, "/b", 9));
	for (int i = 0; i < QUIET_MAX; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		quiet_add(&quiet, path, 10);
	}
	assert_false(quiet_has(&quiet, "/a", 9)); /* the oldest was forgotten */
	assert_true(quiet_has(&quiet, "/0", 9));
	quiet_done(&quiet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_may_tell),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_containerd_config),
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
