// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_nspawn.c - systemd-nspawn, without systemd
 *
 * It then keeps to the cgroup that it is started in ("--keep-unit") and makes two below it,
 * "payload" for the container and "supervisor" for itself. Each is started in a cgroup of its
 * own, as a service would be.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

#define MACHINES_MAX 64

static struct machine {
	char name[64];
	pid_t nspawn;
} machines[MACHINES_MAX];
static size_t machines_len;

/* Of v2 and of name=systemd where they are mounted, made; NULL at the end. what: below it. */
static void cgroups_of(const char *name, const char *what, const char *ret_cgroups[3])
{
	static const char *const hierarchies[] = { "", "name=systemd" };
	size_t n = 0;
	char path[192];

	snprintf(path, sizeof(path), "/%s.unit%s", name, what);
	for (size_t i = 0; i < 2; i++)
		if (cgroup_mount(hierarchies[i]))
			ret_cgroups[n++] = cgroup_make(hierarchies[i], path);
	ret_cgroups[n] = NULL;
}

/* Read-only, for nspawn locks a root directory that it may write to. */
static struct command *start_machine(const char *name, const char *network,
				     const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX], *cgroups[3];
	struct command *c;

	cgroups_of(name, "", cgroups);
	runtime_put_args(argv,
			 runtime_put_args(argv, 0,
					  argv_of("systemd-nspawn", "--quiet", "--keep-unit",
						  "--register=no", network, "--pipe", "--read-only",
						  "--timezone=off", "-M", name, "-D",
						  runtime_rootfs())),
			 command);
	c = command_start(&(struct command_options){ .cgroups = cgroups }, argv);
	if (machines_len == MACHINES_MAX)
		harness_fail("more than %d machines", MACHINES_MAX);
	snprintf(machines[machines_len].name, sizeof(machines[0].name), "%s", name);
	machines[machines_len++].nspawn = c->pid;
	return c;
}

static struct command *start_nspawn(const char *name, const char *const command[])
{
	return start_machine(name, "--private-network", command);
}

/* 0: it has none yet. */
static pid_t child_of(pid_t parent)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

static bool runs(pid_t pid, const char *program)
{
	char path[64], name[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%63s", name) != 1)
		name[0] = '\0';
	if (f)
		fclose(f);
	return !strcmp(name, program);
}

/* The child of parent, as soon as it runs the program. */
static pid_t wait_for_child(pid_t parent, const char *program)
{
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	pid_t pid;

	while (!(pid = child_of(parent)) || !runs(pid, program)) {
		if (clock_ms() >= deadline)
			harness_fail("pid %d starts no %s", parent, program);
		stream_pump(-1, clock_ms() + 10);
	}
	return pid;
}

static pid_t nspawn_of(const char *name)
{
	for (size_t i = 0; i < machines_len; i++)
		if (!strcmp(machines[i].name, name))
			return machines[i].nspawn;
	harness_fail("no machine %s", name);
}

static pid_t first_of(const char *name)
{
	return wait_for_child(nspawn_of(name), "sleep");
}

static void keep_nspawn(const char *name, const char *other)
{
	char network[64] = "--private-network";

	if (other)
		snprintf(network, sizeof(network), "--network-namespace-path=/proc/%d/ns/net",
			 first_of(other));
	start_machine(name, network, argv_of("sleep", "600"));
	first_of(name);
}

/*
 * "machinectl shell" needs a systemd in the container. So what is left to do by hand: into the
 * cgroup, into the namespaces, then the program.
 */
static struct command *enter_nspawn(const char *name, const char *const command[])
{
	const char *argv[RUNTIME_ARGS_MAX], *cgroups[3];
	struct command *c;
	char pid[16];
	size_t n;

	snprintf(pid, sizeof(pid), "%d", first_of(name));
	n = runtime_put_args(
		argv, 0,
		argv_of("/bin/sh", "-c",
			"echo; read x; exec nsenter -t \"$0\" -m -u -i -n -p -- \"$@\"", pid));
	runtime_put_args(argv, n, command);
	c = command_start(&(struct command_options){ .input = true }, argv);
	command_wait_lines(c, 1);
	cgroups_of(name, "/payload", cgroups);
	for (size_t i = 0; cgroups[i]; i++)
		cgroup_move(cgroups[i], c->pid);
	command_tell(c, "");
	return c;
}

static void kill_all_in(const char *cgroup)
{
	char path[512];
	FILE *f;
	int pid;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (f)
		fclose(f);
}

/*
 * nspawn ends when the first process has. Should it have been killed at the end of a failed
 * test, its container lives on. systemd would remove the cgroups with the unit.
 */
static void end_nspawn(const char *name)
{
	static const char *const parts[] = { "/payload", "/supervisor", "" };
	const char *cgroups[3];
	siginfo_t info;

	cgroups_of(name, parts[0], cgroups);
	for (size_t i = 0; cgroups[i]; i++)
		kill_all_in(cgroups[i]);
	waitid(P_PID, (id_t)nspawn_of(name), &info, WEXITED | WNOWAIT);
	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
		cgroups_of(name, parts[part], cgroups);
		for (size_t i = 0; cgroups[i]; i++)
			cgroup_remove(cgroups[i]);
	}
}

/* It forgets what it made in /run, and in name=systemd also where only v2 is to be seen. */
static void close_nspawn(void)
{
	static const char *const left[] = { "/payload", "/supervisor", "" };
	const char *systemd = runtime_below("systemd");
	char path[RUNTIME_PATH_LEN + 128];
	bool hidden = !cgroup_mount("name=systemd") && mkdir(systemd, 0755) == 0 &&
		      mount("none", systemd, "cgroup", 0, "none,name=systemd") == 0;

	cgroups_teardown();
	for (size_t i = 0; i < machines_len; i++) {
		snprintf(path, sizeof(path), "/run/systemd/nspawn/propagate/%.63s",
			 machines[i].name);
		rmdir(path);
		for (size_t k = 0; hidden && k < sizeof(left) / sizeof(left[0]); k++) {
			snprintf(path, sizeof(path), "%s/%.63s.unit%s", systemd, machines[i].name,
				 left[k]);
			rmdir(path);
		}
	}
	machines_len = 0;
	if (hidden)
		umount2(systemd, MNT_DETACH);
}

static void open_nspawn(void)
{
	runtime_need_program("/usr/bin/systemd-nspawn", "systemd-container");
	runtime_rootfs();
	/* Without it a directory is not taken for an operating system's. */
	if (mkdir(runtime_below("rootfs/usr"), 0755))
		harness_fail("%s: %s", runtime_below("rootfs/usr"), strerror(errno));
}

const struct runtime_ops runtime_nspawn = {
	.name = "nspawn",
	.runtime = "systemd-nspawn",
	.starter = "systemd-nspawn",
	.watcher = "systemd-nspawn",
	.execer = "test_nspawn", /* who moved it into the cgroup */
	.open = open_nspawn,
	.close = close_nspawn,
	.start = start_nspawn,
	.keep = keep_nspawn,
	.exec = enter_nspawn,
	.remove = end_nspawn,
	.pid = first_of,
};
