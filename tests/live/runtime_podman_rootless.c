// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_podman_rootless.c - Podman of a user who is not root
 *
 * The user is nobody, who is there everywhere and owns no container yet; home and runtime
 * directory are the test's, and what else it takes is mounted over the host's files in a
 * mount namespace of the test's own. With a cgroup that was delegated to the user, as
 * systemd does for who logs in, or with none.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

#define USER_ID	  65534
#define USER_TEXT "65534"

static char delegated[256]; /* the directory; "": no cgroup was delegated */

/* A directory below the runtime's own that is the user's. */
static const char *make_dir(const char *name, mode_t mode)
{
	const char *path = runtime_below(name);

	if (mkdir(path, mode) || chown(path, USER_ID, USER_ID))
		harness_fail("%s: %s", path, strerror(errno));
	return path;
}

/* The range of user ids that newuidmap(1) lets the user have, over the host's own list. */
static void allow_ids(void)
{
	static const char *const files[] = { "/etc/subuid", "/etc/subgid" };
	const char *list = runtime_below("subids");
	FILE *f = fopen(list, "we");

	if (!f || fprintf(f, USER_TEXT ":100000:65536\n") < 0 || fclose(f))
		harness_fail("%s: %s", list, strerror(errno));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (mount(list, files[i], NULL, MS_BIND, NULL))
			harness_skip("%s: %s", files[i], strerror(errno));
	}
}

static void give(const char *name)
{
	char path[384];

	snprintf(path, sizeof(path), "%s%s", delegated, name);
	if (chown(path, USER_ID, USER_ID))
		harness_fail("%s: %s", path, strerror(errno));
}

static void delegate_cgroup(void)
{
	static const char *const dirs[] = { "", "/podman", "/containers" };
	static const char *const files[] = { "/cgroup.procs", "/cgroup.subtree_control",
					     "/podman/cgroup.procs" };
	const char *top = cgroup_mount("");
	char path[384];

	if (!top)
		harness_skip("no cgroup hierarchy v2");
	snprintf(delegated, sizeof(delegated), "%s/delegated-%d", top, getpid());
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", delegated, dirs[i]);
		if (mkdir(path, 0755))
			harness_fail("%s: %s", path, strerror(errno));
		give(dirs[i]);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		give(files[i]);
}

static void open_storage(void)
{
	static char home[RUNTIME_PATH_LEN + 8], run[RUNTIME_PATH_LEN + 24],
		procs[sizeof(delegated) + 32], parent[sizeof(delegated) + 32];
	static const char *const client[] = {
		/* Only root may bring it into the cgroup. */
		"sh", "-c", "[ -z \"$0\" ] || echo $$ > \"$0\" && cd / && exec \"$@\"", procs,
		/* clang-format off */
		"setpriv", "--reuid", USER_TEXT, "--regid", USER_TEXT, "--clear-groups",
		"env", "-i", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", home, run,
		"/usr/bin/podman", "--storage-driver", "vfs", "--runtime", "runc",
		"--cgroup-manager", "cgroupfs", "--events-backend", "none",
		/* clang-format on */
		NULL
	};
	static const char *const limits[] = { /* No more than this machine has. */
					      "--ulimit", "nofile=1024:1024", "--ulimit",
					      "nproc=1024:1024", "--pids-limit", "-1",
					      /* The last one is left out without a cgroup. */
					      "--cgroup-parent", parent, NULL
	};
	static const char *const no_cgroup[] = { "--ulimit", "nofile=1024:1024", "--ulimit",
						 "nproc=1024:1024", NULL };
	static const char *const rm[] = { "rm", "-f", "-t", "0", NULL };
	static struct runtime_engine podman;

	snprintf(home, sizeof(home), "HOME=%s", make_dir("home", 0700));
	snprintf(run, sizeof(run), "XDG_RUNTIME_DIR=%s", make_dir("xdg", 0700));
	procs[0] = parent[0] = '\0';
	if (delegated[0]) {
		snprintf(procs, sizeof(procs), "%s/podman/cgroup.procs", delegated);
		snprintf(parent, sizeof(parent), "/%s/containers", strrchr(delegated, '/') + 1);
	}
	podman = (struct runtime_engine){ client, delegated[0] ? limits : no_cgroup, rm };
	engine_use(&podman);
	engine_import_image();
}

static void need_programs(void)
{
	runtime_need_program("/usr/bin/podman", "podman");
	runtime_need_program("/usr/bin/newuidmap", "uidmap");
	/* It writes the files with container ids there. */
	if (chown(runtime_below(""), USER_ID, USER_ID))
		harness_fail("%s: %s", runtime_below(""), strerror(errno));
}

/* The group of tests has brought the test into a mount namespace of its own. */
static void open_delegated(void)
{
	need_programs();
	allow_ids();
	delegate_cgroup();
	open_storage();
}

static void open_no_cgroup(void)
{
	need_programs();
	delegated[0] = '\0';
	open_storage();
}

/* What holds the user's namespaces between two runs of Podman. */
static void end_pause(void)
{
	char path[RUNTIME_PATH_LEN + 32], *text;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/libpod/tmp/pause.pid", runtime_below("xdg"));
	if (access(path, R_OK) != 0)
		return;
	text = read_whole(path);
	pid = (pid_t)strtol(text, NULL, 10);
	free(text);
	if (pid > 1)
		kill(pid, SIGTERM);
}

static void close_rootless(void)
{
	static const char *const dirs[] = { "/podman", "/containers", "" };
	char path[384];

	command_free(engine_run(argv_of("rm", "-f", "-t", "0", "-a")));
	end_pause();
	for (size_t i = 0; delegated[0] && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", delegated, dirs[i]);
		cgroup_remove(path);
	}
	umount2("/etc/subuid", MNT_DETACH);
	umount2("/etc/subgid", MNT_DETACH);
}

const struct runtime_ops runtime_podman_rootless = {
	.name = "podman-rootless",
	.runtime = "podman",
	.image = "localhost/busyboxtest",
	.starter = "runc",
	.watcher = "conmon",
	.execer = "runc",
	.open = open_delegated,
	.close = close_rootless,
	ENGINE_OPS,
};

const struct runtime_ops runtime_podman_no_cgroup = {
	.name = "podman-no-cgroup",
	.runtime = "podman",
	.image = "localhost/busyboxtest",
	.starter = "runc",
	.watcher = "conmon",
	.execer = "runc",
	.open = open_no_cgroup,
	.close = close_rootless,
	ENGINE_OPS,
};
