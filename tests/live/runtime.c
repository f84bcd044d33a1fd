// SPDX-License-Identifier: Apache-2.0
/*
 * runtime.c - a real container runtime of the test's own
 */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

#define KEPT_MAX 32

static const struct runtime_ops *const all[] = { &runtime_cri,
						 &runtime_crun,
						 &runtime_ctr,
						 &runtime_docker,
						 &runtime_lxc,
						 &runtime_nspawn,
						 &runtime_podman,
						 &runtime_runc,
						 &runtime_buildah,
						 &runtime_podman_rootless,
						 &runtime_podman_no_cgroup };

static const struct runtime_ops *ops; /* NULL: none is in use */
static bool is_open;	 /* false: it cannot be had, and the first test that asked said why */
static char root[256];	 /* everything of this runtime */
static pid_t daemon_pid; /* 0: none */
static char kept[KEPT_MAX][64]; /* names of containers to remove; "": removed */
static size_t kept_len;

const struct runtime_ops *runtime(void)
{
	return ops;
}

const char *runtime_below(const char *name)
{
	static char paths[16][RUNTIME_PATH_LEN];
	static unsigned int next;
	char *path = paths[next++ % 16];

	snprintf(path, RUNTIME_PATH_LEN, "%s/%s", root, name);
	return path;
}

size_t runtime_put_args(const char *argv[], size_t n, const char *const args[])
{
	for (size_t i = 0; args[i] && n < RUNTIME_ARGS_MAX - 1; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	return n;
}

void runtime_need_program(const char *path, const char *package)
{
	if (access(path, X_OK) != 0)
		harness_skip("no %s here: install %s", path, package);
}

const char *runtime_rootfs(void)
{
	static const char *const names[] = { "sh", "true", "sleep" };
	static const char *const dirs[] = { "",	   "bin", "proc", "dev", "sys",
					    "tmp", "run", "etc",  "root" };
	const char *busybox = access("/bin/busybox", X_OK) == 0 ? "/bin/busybox" :
								  "/usr/bin/busybox";
	char path[RUNTIME_PATH_LEN];

	if (access(runtime_below("rootfs/bin/true"), X_OK) == 0)
		return runtime_below("rootfs");
	runtime_need_program(busybox, "busybox-static");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/rootfs/%s", root, dirs[i]);
		if (mkdir(path, 0755) && errno != EEXIST)
			harness_fail("%s: %s", path, strerror(errno));
	}
	command_free(
		command_run(NULL, argv_of("cp", busybox, runtime_below("rootfs/bin/busybox"))));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/rootfs/bin/%s", root, names[i]);
		if (symlink("busybox", path))
			harness_fail("%s: %s", path, strerror(errno));
	}
	return runtime_below("rootfs");
}

void runtime_start_daemon(const char *const argv[])
{
	daemon_pid = fork();
	if (daemon_pid == 0) {
		int log = open(runtime_below("log"), O_WRONLY | O_CREAT | O_APPEND, 0600);

		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(log, 1);
		dup2(log, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
}

/* The socket is there before the daemon answers: ask until it does. */
void runtime_wait_for_daemon(const char *const ask[])
{
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	int status = -1;

	while (status != 0) {
		struct command *c = command_start(NULL, ask);

		status = command_wait(c, RUNTIME_START_MS);
		command_free(c);
		if (status && (clock_ms() >= deadline || waitpid(daemon_pid, NULL, WNOHANG)))
			harness_skip("%s does not start: %s", ops->name,
				     read_whole(runtime_below("log")));
		stream_pump(-1, clock_ms() + 50);
	}
}

void runtime_stop_daemon(void)
{
	if (daemon_pid <= 0)
		return;
	kill(daemon_pid, SIGTERM);
	waitpid(daemon_pid, NULL, 0);
	daemon_pid = 0;
}

void runtime_need(const char *which)
{
	const char *tmp = getenv("TMPDIR");

	if (ops && !is_open)
		harness_skip("no %s here, as the test before says", ops->name);
	if (ops)
		return;
	cgroups_need_view();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && !ops; i++)
		if (!strcmp(all[i]->name, which))
			ops = all[i];
	if (!ops)
		harness_fail("no runtime %s", which);
	snprintf(root, sizeof(root), "%s/proctrace-runtime-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(root) || chmod(root, 0755))
		harness_fail("%s: %s", root, strerror(errno));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ops->open();
	is_open = true;
}

struct command *runtime_start_container(const char *name, const char *const command[])
{
	return ops->start(name, command);
}

static void keep_container(const char *name, const char *other, struct container *ret_container)
{
	ops->keep(name, other);
	if (kept_len < KEPT_MAX)
		snprintf(kept[kept_len++], sizeof(kept[0]), "%s", name);
	snprintf(ret_container->name, sizeof(ret_container->name), "%s", name);
	runtime_container_id(name, ret_container->id);
}

void runtime_keep_container(const char *name, struct container *ret_container)
{
	keep_container(name, NULL, ret_container);
}

void runtime_keep_in_network(const char *other, const char *name, struct container *ret_container)
{
	keep_container(name, other, ret_container);
}

void runtime_exec(const char *name, const char *const command[])
{
	struct command *c = ops->exec(name, command);

	if (command_wait(c, RUNTIME_START_MS) != 0)
		harness_fail("exec in %s: %s", name, c->err.data);
	command_free(c);
}

void runtime_container_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1])
{
	if (ops->id)
		ops->id(name, ret_id);
	else
		snprintf(ret_id, CONTAINER_ID_LEN + 1, "%s", name);
}

void runtime_remove_container(const char *name)
{
	ops->remove(name);
	for (size_t i = 0; i < kept_len; i++)
		if (!strcmp(kept[i], name))
			kept[i][0] = '\0';
}

pid_t runtime_container_pid(const char *name)
{
	return ops->pid(name);
}

/* What a container that died in a failed test left mounted; the innermost was mounted last. */
static void unmount_below(void)
{
	char line[4096], where[2048];
	bool again = true;

	while (again) {
		FILE *f = fopen("/proc/self/mountinfo", "re");

		again = false;
		where[0] = '\0';
		while (f && fgets(line, sizeof(line), f)) {
			char point[2048];

			if (sscanf(line, "%*s %*s %*s %*s %2047s", point) == 1 &&
			    !strncmp(point, root, strlen(root)) && point[strlen(root)] == '/')
				strcpy(where, point);
		}
		if (f)
			fclose(f);
		if (where[0])
			again = umount2(where, MNT_DETACH) == 0;
	}
}

/* Shims, monitors and what cleans up after them are orphans, and so our children. */
static void wait_for_orphans(void)
{
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && clock_ms() < deadline) {
		if (pid == 0)
			stream_pump(-1, clock_ms() + 20);
	}
}

int runtime_stop(void **state)
{
	(void)state;
	if (!ops)
		return 0;
	for (size_t i = 0; i < kept_len; i++)
		if (kept[i][0])
			runtime_remove_container(kept[i]);
	kept_len = 0;
	if (is_open && ops->close)
		ops->close();
	/* What was started, and never answered. */
	runtime_stop_daemon();
	is_open = false;
	wait_for_orphans();
	unmount_below();
	command_free(command_run(NULL, argv_of("rm", "-rf", "--one-file-system", root)));
	ops = NULL;
	return 0;
}
