// SPDX-License-Identifier: Apache-2.0
/*
 * test_watcher - names from the command lines of LXC's monitor and systemd-nspawn
 */
#include "container/watcher.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host_tree.h"

#define ARGS(s) str_from("" s, sizeof(s))

static void check_nspawn(struct str args, const char *want)
{
	struct str name = { 0 };
	bool has = watcher_nspawn_name(args, &name);

	if (!want) {
		if (has)
			fail_msg("%.*s", (int)name.len, name.p);
		return;
	}
	if (!has || !str_eq(name, str_of(want)))
		fail_msg("%.*s, not %s", (int)name.len, name.p ? name.p : "", want);
}

static void test_nspawn_names(void **state)
{
	(void)state;
	check_nspawn(ARGS("systemd-nspawn\0-M\0web"), "web");
	check_nspawn(ARGS("/usr/bin/systemd-nspawn\0--machine=web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0--machine\0web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-Mweb"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-qbMweb"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-qbM\0web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-D\0/srv/db"), "db");
	check_nspawn(ARGS("systemd-nspawn\0-bD/srv/db//"), "db");
	check_nspawn(ARGS("systemd-nspawn\0--directory=/srv/db\0-M\0web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-i\0/srv/disk.raw"), "disk");
	check_nspawn(ARGS("systemd-nspawn\0--image=/srv/disk.img"), "disk.img");
	/* A value that looks like an option, and an option's value that looks like one. */
	check_nspawn(ARGS("systemd-nspawn\0--setenv\0-Mother\0-M\0web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0-E\0-Mother\0-M\0web"), "web");
	check_nspawn(ARGS("systemd-nspawn\0--volatile\0-M\0web"), "web");
	/* What follows is the container's. */
	check_nspawn(ARGS("systemd-nspawn\0-D\0/srv/db\0su\0-M\0web"), "db");
	check_nspawn(ARGS("systemd-nspawn\0-D\0/srv/db\0--\0-M\0web"), "db");
	check_nspawn(ARGS("systemd-nspawn\0-D\0/srv/db\0-\0-M\0web"), "db");
	check_nspawn(ARGS("systemd-nspawn\0-x\0-D\0/srv/db\0-M\0web"), "web");
}

static void test_nspawn_without_a_name(void **state)
{
	static char long_name[sizeof("systemd-nspawn\0-M\0") + 65] = "systemd-nspawn\0-M";

	(void)state;
	memset(long_name + sizeof("systemd-nspawn\0-M"), 'a', 65);
	check_nspawn(str_from(long_name, sizeof(long_name)), NULL);
	check_nspawn(str_from(NULL, 0), NULL);
	check_nspawn(ARGS(""), NULL);
	check_nspawn(ARGS("nspawn\0-M\0web"), NULL);
	check_nspawn(ARGS("systemd-nspawn"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M\0"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-xD\0/srv/db"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0--ephemeral\0-D\0/srv/db"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M\0../web"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M\0a b"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M\0w\x1b[31m"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-M\0.."), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-D\0."), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-D\0/"), NULL);
	check_nspawn(ARGS("systemd-nspawn\0-i\0.raw"), NULL);
}

static void check_lxc(struct str args, const char *lxcpath, const char *name)
{
	struct str got_path = { 0 }, got_name = { 0 };

	assert_int_equal(watcher_lxc_args(args, &got_path, &got_name), lxcpath != NULL);
	assert_true(!lxcpath || str_eq(got_path, str_of(lxcpath)));
	assert_true(!name || str_eq(got_name, str_of(name)));
}

static void test_lxc_monitors(void **state)
{
	(void)state;
	check_lxc(ARGS("[lxc monitor] /var/lib/lxc web"), "/var/lib/lxc", "web");
	check_lxc(ARGS("[lxc monitor] /srv/two words web"), "/srv/two words", "web");
	check_lxc(ARGS("lxc-start\0-n\0web\0-P\0/srv/lxc\0-F"), "/srv/lxc", "web");
	check_lxc(ARGS("/usr/bin/lxc-start\0--name=web\0--lxcpath=/srv/lxc"), "/srv/lxc", "web");
	check_lxc(ARGS("lxc-execute\0-n\0web\0--\0sh\0-P\0/evil"), "", "web");
	check_lxc(ARGS("lxc-start\0-P"), "", "");
	check_lxc(ARGS("[lxc monitor] "), "", "");
	check_lxc(ARGS("[lxc monitor] web"), "", "web");
	check_lxc(ARGS("[lxc monitor]"), NULL, NULL);
	check_lxc(ARGS("lxc-attach\0-n\0web\0-P\0/srv/lxc"), NULL, NULL);
	check_lxc(ARGS(""), NULL, NULL);
	check_lxc(str_from(NULL, 0), NULL, NULL);
}

/* ---- who is in the cgroup beside it */

struct rig {
	struct host_tree tree;
	struct hostfs fs;
	struct cgroups cgroups;
	struct watcher w;
};

static void rig_init(struct rig *r)
{
	char line[PATH_MAX + 128], cgroup_root[PATH_MAX];

	host_tree_init(&r->tree);
	host_tree_mkdir(&r->tree, "/cg");
	snprintf(cgroup_root, sizeof(cgroup_root), "%s", host_tree_path(&r->tree, "/cg"));
	snprintf(line, sizeof(line), "30 1 0:30 / %s rw - cgroup2 none rw\n", cgroup_root);
	host_tree_text(&r->tree, "/proc/self/mountinfo", line);
	assert_int_equal(hostfs_init(&r->fs, r->tree.root), 0);
	assert_int_equal(cgroups_init(&r->cgroups, host_tree_path(&r->tree, "/proc"), 0, NULL, 1),
			 0);
	r->w = (struct watcher){ .cgroups = &r->cgroups,
				 .fs = &r->fs,
				 .proc_root = r->cgroups.proc_root };
}

static void rig_done(struct rig *r)
{
	cgroups_done(&r->cgroups);
	hostfs_done(&r->fs);
	host_tree_done(&r->tree);
}

static void add_process(struct rig *r, int pid, struct str args)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	host_tree_write(&r->tree, path, args.p, args.len);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	host_tree_text(&r->tree, path, "Name:\tx\nUid:\t0\t0\t0\t0\n");
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	host_tree_link(&r->tree, path, r->tree.root);
}

static void skip_unless_root(void)
{
	/* Whose files these are is who is believed. */
	if (geteuid() != 0)
		skip();
}

static void test_beside_a_payload(void **state)
{
	char name[CGID_MAX + 1];
	struct rig r;

	(void)state;
	skip_unless_root();
	rig_init(&r);
	add_process(&r, 7, ARGS("systemd-nspawn\0-M\0web"));
	add_process(&r, 8, ARGS("systemd-nspawn\0-M\0other"));
	add_process(&r, 9, ARGS("systemd-nspawn\0-M\0web\0-U"));
	host_tree_text(&r.tree, "/cg/a.service/supervisor/cgroup.procs", "0\n6\n7\n9\n");
	host_tree_text(&r.tree, "/cg/two.service/supervisor/cgroup.procs", "7\n8\n");
	host_tree_text(&r.tree, "/cg/supervisor/cgroup.procs", "8\n");
	host_tree_text(&r.tree, "/cg/junk.service/supervisor/cgroup.procs", "x\n7\n");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/a.service"), name), 0);
	assert_string_equal(name, "web");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL(""), name), 0);
	assert_string_equal(name, "other");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/two.service"), name), -ENOTUNIQ);
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/junk.service"), name), -ENOENT);
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/none.service"), name), -ENOENT);
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/x/../a.service"), name), -ENOENT);
	r.w.cgroups = NULL;
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/a.service"), name), -ENOENT);
	rig_done(&r);
}

/* One with another root directory speaks of other paths; it may be in a container. */
static void test_with_another_root(void **state)
{
	char name[CGID_MAX + 1];
	struct rig r;

	(void)state;
	skip_unless_root();
	rig_init(&r);
	host_tree_write(&r.tree, "/proc/7/cmdline", "systemd-nspawn\0-M\0web", 22);
	host_tree_text(&r.tree, "/proc/7/status", "Uid:\t0\t0\t0\t0\n");
	host_tree_link(&r.tree, "/proc/7/root", "/dev");
	host_tree_text(&r.tree, "/cg/a/supervisor/cgroup.procs", "7\n");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/a"), name), -ENOENT);
	rig_done(&r);
}

/* Anybody may call a process systemd-nspawn. */
static void test_of_a_user(void **state)
{
	char name[CGID_MAX + 1];
	struct rig r;

	(void)state;
	skip_unless_root();
	rig_init(&r);
	add_process(&r, 7, ARGS("systemd-nspawn\0-M\0web"));
	host_tree_text(&r.tree, "/cg/a/supervisor/cgroup.procs", "7\n");
	host_tree_text(&r.tree, "/proc/7/status", "Name:\tx\nUid:\t0\t1000\t0\t0\n");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/a"), name), -ENOENT);
	host_tree_text(&r.tree, "/proc/7/status", "Name:\tx\nUid:\t0\t0\t0\t0\n");
	assert_int_equal(watcher_nspawn(&r.w, STR_LITERAL("/a"), name), 0);
	rig_done(&r);
}

static void test_beside_an_lxc_payload(void **state)
{
	char name[CGID_MAX + 1], lxcpath[32];
	struct rig r;

	(void)state;
	skip_unless_root();
	rig_init(&r);
	add_process(&r, 7, ARGS("[lxc monitor] /srv/lxc web"));
	add_process(&r, 8, ARGS("[lxc monitor] /srv/a-path-that-is-longer-than-fits web"));
	host_tree_text(&r.tree, "/cg/lxc.monitor.web/cgroup.procs", "7\n");
	host_tree_text(&r.tree, "/cg/x/lxc.monitor.web-12/cgroup.procs", "7\n");
	host_tree_text(&r.tree, "/cg/lxc.monitor.web-x/cgroup.procs", "7\n");
	host_tree_text(&r.tree, "/cg/lxc.monitor.webb/cgroup.procs", "7\n");
	host_tree_text(&r.tree, "/cg/long/lxc.monitor.web/cgroup.procs", "8\n");
#define ASK(path) watcher_lxc(&r.w, STR_LITERAL(path), name, lxcpath, sizeof(lxcpath))
	assert_int_equal(ASK("/lxc.payload.web"), 0);
	assert_string_equal(name, "web");
	assert_string_equal(lxcpath, "/srv/lxc");
	/* A cgroup of that name was left: LXC counts on. */
	assert_int_equal(ASK("/x/lxc.payload.web-12"), 0);
	assert_string_equal(name, "web");
	assert_int_equal(ASK("/lxc.payload.web-x"), -ENOENT);
	assert_int_equal(ASK("/lxc.payload.webb"), -ENOENT);
	assert_int_equal(ASK("/lxc.payload.none"), -ENOENT);
	assert_int_equal(ASK("/long/lxc.payload.web"), -ENOENT);
	assert_int_equal(ASK("/lxc/web"), -ENOENT);
	assert_int_equal(ASK(""), -ENOENT);
	rig_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nspawn_names),
		cmocka_unit_test(test_nspawn_without_a_name),
		cmocka_unit_test(test_lxc_monitors),
		cmocka_unit_test(test_beside_a_payload),
		cmocka_unit_test(test_with_another_root),
		cmocka_unit_test(test_of_a_user),
		cmocka_unit_test(test_beside_an_lxc_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
