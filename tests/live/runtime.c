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

#include "harness.h"
#include "scratch.h"

#define IMAGE	 "busyboxtest:1"
#define START_MS 60000 /* for a daemon, on a busy machine */
#define PATH_LEN 384
#define ARGS_MAX 48

static char root[256]; /* everything of this runtime; "": not started */
static bool is_docker;
static pid_t daemon_pid;

#define KEPT_MAX 32

static char kept[KEPT_MAX][64]; /* names of containers to remove; "": removed */
static size_t kept_len;

static const char *below(const char *name)
{
	static char paths[16][PATH_LEN];
	static unsigned int next;
	char *path = paths[next++ % 16];

	snprintf(path, PATH_LEN, "%s/%s", root, name);
	return path;
}

const char *runtime_name(void)
{
	return is_docker ? "docker" : "podman";
}

const char *runtime_image_name(void)
{
	return is_docker ? "busyboxtest" : "localhost/busyboxtest";
}

static bool is_there(const char *path)
{
	return access(path, X_OK) == 0;
}

/* The client, and what tells it to leave the host's own alone. Another docker may be first in PATH. */
static size_t put_client(const char *argv[])
{
	size_t n = 0;

	if (is_docker) {
		static char host[PATH_LEN];

		snprintf(host, sizeof(host), "unix://%s", below("d.sock"));
		argv[n++] = "/usr/bin/docker";
		argv[n++] = "--config";
		argv[n++] = below("config");
		argv[n++] = "-H";
		argv[n++] = host;
		return n;
	}
	argv[n++] = "/usr/bin/podman";
	argv[n++] = "--root";
	argv[n++] = below("storage");
	argv[n++] = "--runroot";
	argv[n++] = below("run");
	argv[n++] = "--tmpdir";
	argv[n++] = below("tmp");
	argv[n++] = "--runtime";
	argv[n++] = "runc";
	argv[n++] = "--cgroup-manager";
	argv[n++] = "cgroupfs";
	argv[n++] = "--events-backend";
	argv[n++] = "none";
	return n;
}

static size_t put_args(const char *argv[], size_t n, const char *const args[])
{
	for (size_t i = 0; args[i] && n < ARGS_MAX - 1; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	return n;
}

struct command *runtime_start(const char *const args[])
{
	const char *argv[ARGS_MAX];

	put_args(argv, put_client(argv), args);
	return command_start(NULL, argv);
}

struct command *runtime_run(const char *const args[])
{
	const char *argv[ARGS_MAX];

	put_args(argv, put_client(argv), args);
	return command_run(&(struct command_options){ .deadline_ms = START_MS }, argv);
}

static void start_daemon(void)
{
	char host[PATH_LEN];
	int64_t deadline = clock_ms() + START_MS;
	int status = -1;

	snprintf(host, sizeof(host), "unix://%s", below("d.sock"));
	daemon_pid = fork();
	if (daemon_pid == 0) {
		int log = open(below("log"), O_WRONLY | O_CREAT | O_APPEND, 0600);

		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(log, 1);
		dup2(log, 2);
		execlp("dockerd", "dockerd", "--iptables=false", "--ip6tables=false",
		       "--bridge=none", "-H", host, "--data-root", below("data"), "--exec-root",
		       below("exec"), "--pidfile", below("pid"), NULL);
		_exit(127);
	}
	/* The socket is there before the daemon answers: ask until it does. */
	while (status != 0) {
		struct command *c = runtime_start(argv_of("version"));

		status = command_wait(c, START_MS);
		command_free(c);
		if (status && (clock_ms() >= deadline || waitpid(daemon_pid, NULL, WNOHANG)))
			harness_skip("dockerd does not start: %s", read_whole(below("log")));
		stream_pump(-1, clock_ms() + 50);
	}
}

static void import_image(void)
{
	static const char *const names[] = { "sh", "true", "sleep" };
	const char *busybox = is_there("/bin/busybox") ? "/bin/busybox" : "/usr/bin/busybox";
	char text[PATH_LEN];

	scratch_copy(busybox, "rootfs/bin/busybox");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "rootfs/bin/%s", names[i]);
		if (symlink("busybox", scratch_path(text)) && errno != EEXIST)
			harness_fail("%s: %s", text, strerror(errno));
	}
	snprintf(text, sizeof(text), "%s/rootfs", scratch());
	command_free(command_run(NULL, argv_of("tar", "-C", text, "-cf", below("image.tar"), ".")));
	command_free(runtime_run(argv_of("import", below("image.tar"), IMAGE)));
}

void runtime_need(const char *which)
{
	const char *tmp = getenv("TMPDIR");

	if (root[0])
		return;
	is_docker = !strcmp(which, "docker");
	if (!is_there(is_docker ? "/usr/bin/docker" : "/usr/bin/podman") ||
	    (is_docker && !is_there("/usr/sbin/dockerd")))
		harness_skip("%s is not installed", which);
	if (!is_there("/bin/busybox") && !is_there("/usr/bin/busybox"))
		harness_skip("busybox is not installed (busybox-static)");
	snprintf(root, sizeof(root), "%s/proctrace-runtime-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(root))
		harness_fail("%s: %s", root, strerror(errno));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (is_docker)
		start_daemon();
	import_image();
}

/* "run" and what this machine needs: no network of its own, no more limits than there are. */
static size_t put_run(const char *argv[], const char *network)
{
	size_t n = put_client(argv);

	argv[n++] = "run";
	argv[n++] = "--network";
	argv[n++] = network;
	if (!is_docker) {
		argv[n++] = "--ulimit";
		argv[n++] = "nofile=1024:1024";
		argv[n++] = "--ulimit";
		argv[n++] = "nproc=1024:1024";
		/* A default that fails where v2 has no pids controller. */
		argv[n++] = "--pids-limit";
		argv[n++] = "-1";
	}
	return n;
}

struct command *runtime_start_container(const char *name, const char *const command[])
{
	const char *argv[ARGS_MAX];
	char cidfile[PATH_LEN];
	size_t n = put_run(argv, "none");

	snprintf(cidfile, sizeof(cidfile), "%s/%s.cid", root, name);
	n = put_args(argv, n, argv_of("--rm", "--cidfile", cidfile, "--name", name, IMAGE));
	put_args(argv, n, command);
	return command_start(NULL, argv);
}

static void keep_container(const char *name, const char *network, struct container *ret_container)
{
	const char *argv[ARGS_MAX];
	char cidfile[PATH_LEN];
	size_t n = put_run(argv, network);

	snprintf(cidfile, sizeof(cidfile), "%s/%s.cid", root, name);
	put_args(argv, n,
		 argv_of("-d", "--cidfile", cidfile, "--name", name, IMAGE, "sleep", "600"));
	command_free(command_run(&(struct command_options){ .deadline_ms = START_MS }, argv));
	if (kept_len < KEPT_MAX)
		snprintf(kept[kept_len++], sizeof(kept[0]), "%s", name);
	snprintf(ret_container->name, sizeof(ret_container->name), "%s", name);
	runtime_container_id(name, ret_container->id);
}

void runtime_keep_container(const char *name, struct container *ret_container)
{
	keep_container(name, "none", ret_container);
}

void runtime_keep_in_network(const char *other, const char *name, struct container *ret_container)
{
	char network[PATH_LEN];

	snprintf(network, sizeof(network), "container:%s", other);
	keep_container(name, network, ret_container);
}

void runtime_container_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1])
{
	char file[128];
	char *id;

	snprintf(file, sizeof(file), "%s.cid", name);
	id = read_whole(below(file));
	if (strlen(id) != CONTAINER_ID_LEN)
		harness_fail("%s: no container id: %s", file, id);
	strcpy(ret_id, id);
	free(id);
}

void runtime_remove_container(const char *name)
{
	/* Podman would wait ten seconds for a first process that does not mind SIGTERM. */
	if (is_docker)
		command_free(runtime_run(argv_of("rm", "-f", name)));
	else
		command_free(runtime_run(argv_of("rm", "-f", "-t", "0", name)));
	for (size_t i = 0; i < kept_len; i++) {
		if (!strcmp(kept[i], name))
			kept[i][0] = '\0';
	}
}

pid_t runtime_container_pid(const char *name)
{
	struct command *c = runtime_run(argv_of("inspect", "-f", "{{.State.Pid}}", name));
	pid_t pid = (pid_t)strtol(c->out.data, NULL, 10);

	command_free(c);
	return pid;
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
	int64_t deadline = clock_ms() + START_MS;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && clock_ms() < deadline) {
		if (pid == 0)
			stream_pump(-1, clock_ms() + 20);
	}
}

int runtime_stop(void **state)
{
	(void)state;
	if (!root[0])
		return 0;
	for (size_t i = 0; is_docker && i < kept_len; i++) {
		if (kept[i][0])
			runtime_remove_container(kept[i]);
	}
	if (is_docker) {
		kill(daemon_pid, SIGTERM);
		waitpid(daemon_pid, NULL, 0);
	} else {
		command_free(runtime_run(argv_of("rm", "-f", "-t", "0", "-a")));
	}
	wait_for_orphans();
	unmount_below();
	command_free(command_run(NULL, argv_of("rm", "-rf", "--one-file-system", root)));
	root[0] = '\0';
	return 0;
}
