// SPDX-License-Identifier: Apache-2.0
/*
 * test_hostwalk.c - paths that lead over mounts, to file systems that never answer among them
 *
 * In a mount namespace of its own, so as root only.
 */
#include "container/hostwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "container/roots.h"
#include "container/roots_conf.h"
#include "host_tree.h"

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

struct rig {
	struct host_tree tree;
	struct hostwalk walk;
	int root_fd;
};

static void mount_tmpfs(const struct host_tree *tree, const char *path)
{
	host_tree_mkdir(tree, path);
	assert_int_equal(mount("none", host_tree_path(tree, path), "tmpfs", 0, NULL), 0);
}

/* It never answers: nobody reads the requests. Returns what keeps it; -1: there is no FUSE here. */
static int mount_dead(const struct host_tree *tree, const char *path)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	if (fd < 0)
		return -1;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fd);
	host_tree_mkdir(tree, path);
	assert_int_equal(mount("dead", host_tree_path(tree, path), "fuse", 0, options), 0);
	return fd;
}

static void unmount(const struct host_tree *tree, const char *path)
{
	assert_int_equal(umount2(host_tree_path(tree, path), MNT_DETACH), 0);
}

static int set_up(void **state)
{
	static struct rig r;
	struct host_tree *t = &r.tree;

	r.walk = HOSTWALK_NONE;
	host_tree_init(t);
	if (geteuid() == 0) {
		mount_tmpfs(t, "/run");
		mount_tmpfs(t, "/a dir/with\\odd");
	}
	host_tree_text(t, "/run/dir/file", "in run");
	host_tree_text(t, "/a dir/with\\odd/file", "odd");
	host_tree_text(t, "/plain/file", "plain");
	host_tree_link(t, "/plain/absolute", "/run/dir/file");
	host_tree_link(t, "/plain/relative", "../run/./dir//file");
	host_tree_link(t, "/run/back", "/plain");
	host_tree_link(t, "/run/dir/out", "../../../../../plain");
	host_tree_link(t, "/run/loop", "/run/loop");
	host_tree_link(t, "/run/nowhere", "missing/at/all");
	r.root_fd = open(t->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(r.root_fd >= 0);
	*state = &r;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	if (geteuid() == 0) {
		unmount(&r->tree, "/run");
		unmount(&r->tree, "/a dir/with\\odd");
	}
	close(r->root_fd);
	hostwalk_done(&r->walk);
	host_tree_done(&r->tree);
	return 0;
}

static int walk(struct rig *r, const char *path, int flags)
{
	return hostwalk_open(&r->walk, r->root_fd, path, flags);
}

static void check_text(struct rig *r, const char *path, const char *text)
{
	char got[64] = "";
	int fd = walk(r, path, O_RDONLY);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(-fd));
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	assert_string_equal(got, text);
}

static void test_ways(void **state)
{
	static const struct {
		const char *path;
		const char *text;
	} rows[] = {
		{ "/plain/file", "plain" },
		{ "/run/dir/file", "in run" },
		{ "run//dir/./file", "in run" },
		{ "/plain/absolute", "in run" },
		{ "/plain/relative", "in run" },
		{ "/run/back/absolute", "in run" },
		{ "/run/dir/out/file", "plain" }, /* no way leads above the root */
		{ "/run/../../run/dir/../dir/file", "in run" },
		{ "/a dir/with\\odd/file", "odd" },
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_text(*state, rows[i].path, rows[i].text);
}

static void test_ends(void **state)
{
	static const struct {
		const char *path;
		int flags;
		int error;
	} rows[] = {
		{ "/run/dir/none", O_RDONLY, -ENOENT },
		{ "/run/none/file", O_PATH, -ENOENT },
		{ "/run/nowhere", O_RDONLY, -ENOENT },
		{ "/run/dir/file/x", O_RDONLY, -ENOTDIR },
		{ "/run/dir/file", O_RDONLY | O_DIRECTORY, -ENOTDIR },
		{ "/run/loop", O_RDONLY, -ELOOP },
		{ "/plain/absolute", O_RDONLY | O_NOFOLLOW, -ELOOP },
	};
	struct rig *r = *state;
	struct stat st;
	int fd;

	for (size_t i = 0; i < ROWS(rows); i++) {
		fd = walk(r, rows[i].path, rows[i].flags);
		if (fd != rows[i].error)
			fail_msg("%s: %d", rows[i].path, fd);
	}
	fd = walk(r, "/plain/absolute", O_PATH | O_NOFOLLOW);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	close(fd);
	fd = walk(r, "/run/dir", O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	close(fd);
}

/* What comes and goes while it is in use. */
static void test_changes(void **state)
{
	struct rig *r = *state;

	if (geteuid() != 0)
		skip();
	check_text(r, "/run/dir/file", "in run");
	mount_tmpfs(&r->tree, "/run/dir");
	host_tree_text(&r->tree, "/run/dir/file", "above");
	check_text(r, "/run/dir/file", "above");
	unmount(&r->tree, "/run/dir");
	check_text(r, "/run/dir/file", "in run");
	/* A file can be mounted as well. */
	assert_int_equal(mount(host_tree_path(&r->tree, "/plain/file"),
			       host_tree_path(&r->tree, "/run/dir/file"), NULL, MS_BIND, NULL),
			 0);
	check_text(r, "/run/dir/file", "plain");
	unmount(&r->tree, "/run/dir/file");
	assert_int_equal(mount("proc", host_tree_path(&r->tree, "/run/dir"), "proc", 0, NULL), 0);
	assert_int_equal(walk(r, "/run/dir/self/root/etc", O_PATH), -ELOOP);
	unmount(&r->tree, "/run/dir");
}

/* As mountinfo would say it. */
static void say_mounted(struct rig *r, const char *type, unsigned int id_added)
{
	struct statx st;
	char text[1024];

	assert_int_equal(statx(AT_FDCWD, host_tree_path(&r->tree, "/run"), 0, STATX_MNT_ID, &st),
			 0);
	snprintf(text, sizeof(text),
		 "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		 "%llu 1 0:50 / %s rw shared:7 - %s x rw\n",
		 (unsigned long long)st.stx_mnt_id + id_added, host_tree_path(&r->tree, "/run"),
		 type);
	host_tree_text(&r->tree, "/mountinfo", text);
	hostwalk_done(&r->walk);
	r->walk.mounts_fd = open(host_tree_path(&r->tree, "/mountinfo"), O_RDONLY | O_CLOEXEC);
	r->walk.mounts.limit = 1 << 20;
}

static void test_types(void **state)
{
	static const char *const waits[] = { "nfs4", "nfs",    "fuse", "fuse.sshfs",
					     "cifs", "autofs", "ceph", "fuseblk" };
	struct rig *r = *state;

	if (geteuid() != 0)
		skip();
	say_mounted(r, "tmpfs", 0);
	check_text(r, "/run/dir/file", "in run");
	check_text(r, "/plain/relative", "in run");
	for (size_t i = 0; i < ROWS(waits); i++) {
		say_mounted(r, waits[i], 0);
		assert_int_equal(walk(r, "/run/dir/file", O_RDONLY), -EREMOTE);
		assert_int_equal(walk(r, "/run", O_PATH), -EREMOTE);
		assert_int_equal(walk(r, "/plain/absolute", O_PATH), -EREMOTE);
		check_text(r, "/plain/file", "plain");
	}
	/* It is another one by now. */
	say_mounted(r, "tmpfs", 1);
	assert_int_equal(walk(r, "/run/dir/file", O_RDONLY), -EREMOTE);
	/* It is not told: where mounts cannot be read nothing is risked. */
	assert_int_equal(walk(r, "/a dir/with\\odd/file", O_RDONLY), -EREMOTE);
}

/* Who gets here looks at it: it would hang, and the test with it. */
static void test_dead_home(void **state)
{
	struct rig *r = *state;
	struct hostfs fs;
	struct roots roots;
	struct stat st;
	int dead;

	if (geteuid() != 0)
		skip();
	host_tree_text(&r->tree, "/etc/passwd",
		       "alive:x:1001:1001::/home/alive:\ndead:x:1002:1002::/home/dead:\n"
		       "late:x:1003:1003::/home/late:\n");
	host_tree_mkdir(&r->tree, "/home/alive/.local/share/lxc");
	host_tree_mkdir(&r->tree, "/home/late/.local/share/lxc");
	host_tree_mkdir(&r->tree, "/run/user/1002/");
	dead = mount_dead(&r->tree, "/home/dead");
	if (dead < 0) {
		print_message("a kernel without FUSE: test_types alone has to do\n");
		return;
	}
	host_tree_link(&r->tree, "/run/user/1002/docker.sock", "/home/dead/sock");
	assert_int_equal(hostfs_init(&fs, r->tree.root), 0);
	assert_int_equal(roots_init(&roots, &fs, host_tree_path(&r->tree, "/proc")), 0);
	roots_conf_read(&roots);
	roots_conf_state(&roots);
	assert_int_equal(roots.lxc.len - roots.lxc.trusted_len, 2); /* the others' are known */
	assert_int_equal(hostfs_check(&fs, "/home/dead/x"), -EREMOTE);
	assert_false(hostfs_is_dir(&fs, "/home/dead"));
	assert_int_equal(hostfs_open_socket(&fs, "/run/user/1002/docker.sock", &st), -EREMOTE);
	roots_done(&roots);
	hostfs_done(&fs);
	close(dead);
	unmount(&r->tree, "/home/dead");
}

/* As /proc/1/root is in a container: its mounts are not told here, and it is read all the same. */
static void test_other_namespace(void **state)
{
	struct rig *r = *state;
	struct buf text = { .limit = HOSTFS_SIZE_MAX };
	struct hostfs fs;
	char root[512];
	int ready[2], end[2];
	char byte;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(end, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(end[1]);
		if (unshare(CLONE_NEWNS) == 0) {
			mount_tmpfs(&r->tree, "/run");
			host_tree_text(&r->tree, "/run/file", "elsewhere");
			assert_int_equal(write(ready[1], "", 1), 1);
		}
		_exit(read(end[0], &byte, 1) != 0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	snprintf(root, sizeof(root), "/proc/%d/root%s", pid, r->tree.root);
	assert_int_equal(hostfs_init(&fs, root), 0);
	assert_true(fs.may_wait);
	assert_int_equal(hostfs_read(&fs, "/run/file", false, &text), 0);
	assert_true(str_eq(str_from(text.data, text.len), STR_LITERAL("elsewhere")));
	hostfs_done(&fs);
	buf_done(&text);
	close(ready[0]);
	close(end[0]);
	close(end[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(hostfs_init(&fs, r->tree.root), 0);
	assert_false(fs.may_wait);
	hostfs_done(&fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ways, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_types, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dead_home, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_namespace, set_up, tear_down),
	};

	if (geteuid() == 0 &&
	    (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)) {
		perror("test_hostwalk: a mount namespace");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
