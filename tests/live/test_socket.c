// SPDX-License-Identifier: Apache-2.0
/*
 * test_socket - names and images that only a real runtime's socket tells
 *
 * The tracer sees the sockets and not the files: below a root of its own that has nothing
 * else, or with the files covered.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "scratch.h"

#define HANGS_MS 1500 /* less than what a socket is given for its answer */

static void need_sockets(void)
{
	struct command *c = command_run(NULL, argv_of(proctrace(), "--version"));

	if (!strstr(c->out.data, "libcurl"))
		harness_skip("%s was built without sockets", proctrace());
	command_free(c);
}

/* A root for --host-root that has this socket, under that name, and nothing else. */
static const char *host_with(const char *socket, const char *as)
{
	char path[256];

	snprintf(path, sizeof(path), "host%s", as);
	if (link(socket, scratch_path(path)))
		harness_fail("%s: %s", path, strerror(errno));
	return scratch_path("host");
}

struct wanted {
	const char *action;
	const char *id;
	const char *arg;   /* the program's second argument; NULL: any */
	const char *image; /* known by now; NULL: or not */
	bool update;
};

static bool is_wanted(struct json_object *event, const void *arg)
{
	const struct wanted *w = arg;
	const char *action = field_str(event, "event.action");
	const char *id = field_str(event, "container.id");
	const char *second = field_str(event, "process.args[1]");
	const char *image = field_str(event, "container.image.name");

	return action && !strcmp(action, w->action) && id && !strcmp(id, w->id) &&
	       (!w->arg || (second && !strcmp(second, w->arg))) &&
	       (!w->image || (image && !strcmp(image, w->image))) &&
	       (!w->update || field_true(event, "proctrace.container.update"));
}

static struct json_object *wait_for(struct harness *h, const struct wanted *w)
{
	return harness_wait_where(h, is_wanted, w);
}

static void check_known(struct json_object *event, const struct container *c)
{
	check_str(event, "container.name", c->name);
	check_str(event, "container.runtime", runtime()->runtime);
	check_str(event, "container.image.name", runtime()->image);
	check_str(event, "container.image.tag[0]", "1");
	check_absent(event, "proctrace.container.unconfirmed");
}

/* So many starts of a container are in a log, and one of them knows its name. */
static void check_starts_in(const char *log, const char *join, const struct container *c,
			    size_t want)
{
	struct command *replay = command_run(NULL, argv_of(proctrace(), "replay", "-f", "json",
							   "-e", "container", log, join));
	size_t starts = 0, named = 0;

	for (char *line = strtok(replay->out.data, "\n"); line; line = strtok(NULL, "\n")) {
		struct json_object *event = json_tokener_parse(line);

		if (is_wanted(event,
			      &(struct wanted){ .action = "container-start", .id = c->id })) {
			starts++;
			named += field_str(event, "container.name") != NULL;
		}
		json_object_put(event);
	}
	command_free(replay);
	assert_int_equal(starts, want);
	assert_int_equal(named, 1);
}

/*
 * One that ran before is listed by its id alone, then told again with all there is. What
 * happens in it from then on carries it as well.
 */
static void check_by_socket(const char *host)
{
	struct container before, late;
	struct json_object *event;
	struct harness *h;

	runtime_keep_container(unique_name("before"), &before);
	h = harness_start("-f", "json", "--existing", "--host-root", host, "--containers", "--log",
			  scratch_path("log/events"));
	event = wait_for(h, &(struct wanted){ .action = "container-start",
					      .id = before.id,
					      .update = false });
	check_absent(event, "container.name");
	check_true(event, "proctrace.container.unconfirmed");
	check_true(event, "proctrace.container.ran_already");
	event = wait_for(h, &(struct wanted){ .action = "container-start",
					      .id = before.id,
					      .update = true });
	check_known(event, &before);
	check_true(event, "proctrace.container.ran_already");
	check_there(event, "proctrace.container.created");
	check_starts(event, "container.image.hash.all[0]", "sha256:");

	runtime_keep_container(unique_name("late"), &late);
	event = wait_for(h, &(struct wanted){ .action = "container-start",
					      .id = late.id,
					      .image = runtime()->image });
	check_known(event, &late);
	check_absent(event, "proctrace.container.ran_already");
	runtime_exec(late.name, argv_of("true", "inside"));
	event = wait_for(h, &(struct wanted){ .action = "exec", .id = late.id, .arg = "inside" });
	check_known(event, &late);
	check_str(event, "proctrace.source.container", "runtime");
	runtime_remove_container(late.name);
	event = wait_for(h, &(struct wanted){ .action = "container-stop", .id = late.id });
	check_known(event, &late);
	harness_stop_whole(h);
	/* What a log has in two lines, --join tells in the first. */
	check_starts_in(scratch_path("log/events"), NULL, &before, 2);
	check_starts_in(scratch_path("log/events"), "--join", &before, 1);
	runtime_remove_container(before.name);
}

static void docker(void **state)
{
	(void)state;
	need_sockets();
	runtime_need("docker");
	check_by_socket(host_with(runtime_below("d.sock"), "/run/docker.sock"));
}

/* The socket is found through the daemon's command line, and a filter by name waits for it. */
static void docker_command_line(void **state)
{
	char script[2048], *program = realpath(proctrace(), NULL);
	struct json_object *event;
	struct container c;
	struct harness *h;

	(void)state;
	need_sockets();
	runtime_need("docker");
	snprintf(script, sizeof(script),
		 "#!/bin/sh\nexec unshare -m sh -c 'mount -t tmpfs none %s && "
		 "mount -t tmpfs none %s && exec \"$0\" \"$@\"' '%s' \"$@\"\n",
		 runtime_below("data"), runtime_below("exec"), program);
	free(program);
	setenv("PROCTRACE", scratch_write("covered", script, 0755), 1);
	h = harness_start("-f", "json", "-c", unique_name("named"));
	runtime_keep_container(unique_name("named"), &c);
	event = wait_for(h, &(struct wanted){ .action = "container-start",
					      .id = c.id,
					      .image = runtime()->image });
	check_known(event, &c);
	runtime_exec(c.name, argv_of("true", "inside"));
	check_known(wait_for(h, &(struct wanted){ .action = "exec", .id = c.id, .arg = "inside" }),
		    &c);
	harness_stop_whole(h);
	runtime_remove_container(c.name);
}

static int restore_program(void **state)
{
	static char *program; /* what PROCTRACE was before any test */

	if (!program)
		program = strdup(proctrace());
	setenv("PROCTRACE", program, 1);
	return live_setup(state);
}

/* ---- containerd */

static pid_t containerd_pid;

static struct command *ctr_start(const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = runtime_put_args(argv, 0, argv_of("ctr", "--address", runtime_below("c.sock")));

	runtime_put_args(argv, n, args);
	return command_start(NULL, argv);
}

static void ctr(const char *const args[])
{
	struct command *c = ctr_start(args);

	if (command_wait(c, RUNTIME_START_MS))
		harness_fail("ctr %s: %s", args[0], c->err.data);
	command_free(c);
}

/* Its address is on its command line; without the CRI plugin, which wants a network. */
static void start_containerd(void)
{
	const char *conf = scratch_write(
		"c.toml", "version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n",
		0644);
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	struct command *c;
	int status = -1;

	containerd_pid = fork();
	if (containerd_pid == 0) {
		int log = open(runtime_below("c.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(log, 1);
		dup2(log, 2);
		execlp("containerd", "containerd", "--config", conf, "--root",
		       runtime_below("croot"), "--state", runtime_below("cstate"), "--address",
		       runtime_below("c.sock"), NULL);
		_exit(127);
	}
	while (status && clock_ms() < deadline) {
		c = ctr_start(argv_of("version"));
		status = command_wait(c, RUNTIME_START_MS);
		command_free(c);
		stream_pump(-1, clock_ms() + 50);
	}
	if (status)
		harness_skip("containerd does not start: %s", read_whole(runtime_below("c.log")));
}

static int stop_containerd(void **state)
{
	static const char *const names[] = { "before", "late" };
	int r;

	/* Its shims would stay. */
	for (size_t i = 0; containerd_pid > 0 && i < 2; i++) {
		struct command *c =
			ctr_start(argv_of("task", "delete", "--force", unique_name(names[i])));

		command_wait(c, RUNTIME_START_MS);
	}
	r = live_teardown(state);
	if (containerd_pid > 0) {
		kill(containerd_pid, SIGTERM);
		waitpid(containerd_pid, NULL, 0);
	}
	containerd_pid = 0;
	return r;
}

/* The image of a container that "ctr run" made is in containerd's own database alone. */
static void containerd(void **state)
{
	static const char image[] = "docker.io/library/busyboxtest";
	char reference[128];
	const char *before = unique_name("before"), *late = unique_name("late");
	struct json_object *event;
	struct harness *h;

	(void)state;
	need_sockets();
	runtime_need("docker");
	runtime_need_program("/usr/bin/containerd", "containerd");
	start_containerd();
	command_free(
		engine_run(argv_of("save", "-o", runtime_below("saved.tar"), "busyboxtest:1")));
	ctr(argv_of("images", "import", "--snapshotter", "native", runtime_below("saved.tar")));
	snprintf(reference, sizeof(reference), "%s:1", image);
	ctr(argv_of("run", "-d", "--null-io", "--snapshotter", "native", reference, before, "sleep",
		    "600"));
	h = harness_start("-f", "json", "--existing", "--containers");
	event = wait_for(h, &(struct wanted){ .action = "container-start", .id = before });
	check_absent(event, "container.image");
	check_str(event, "container.runtime", "containerd");
	event = wait_for(
		h, &(struct wanted){ .action = "container-start", .id = before, .update = true });
	check_str(event, "container.image.name", image);
	check_str(event, "container.image.tag[0]", "1");
	check_str(event, "container.runtime", "containerd");
	check_there(event, "proctrace.container.created");
	check_true(event, "proctrace.container.ran_already");
	ctr(argv_of("run", "-d", "--null-io", "--snapshotter", "native", reference, late, "sleep",
		    "600"));
	event = wait_for(
		h, &(struct wanted){ .action = "container-start", .id = late, .image = image });
	check_str(event, "container.name", late);
	ctr(argv_of("task", "delete", "--force", late));
	event = wait_for(h, &(struct wanted){ .action = "container-stop", .id = late });
	check_str(event, "container.image.name", image);
	harness_stop_whole(h);
}

/* ---- Podman */

static void podman(void **state)
{
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	char address[RUNTIME_PATH_LEN + 8];
	struct command *service;
	struct stat st;

	(void)state;
	need_sockets();
	runtime_need("podman");
	snprintf(address, sizeof(address), "unix://%s", runtime_below("p.sock"));
	service = command_start(NULL, argv_of("/usr/bin/podman", "--root", runtime_below("storage"),
					      "--runroot", runtime_below("run"), "--tmpdir",
					      runtime_below("tmp"), "--runtime", "runc",
					      "--cgroup-manager", "cgroupfs", "--events-backend",
					      "none", "system", "service", "--time=0", address));
	while (stat(runtime_below("p.sock"), &st) && clock_ms() < deadline)
		stream_pump(-1, clock_ms() + 50);
	check_by_socket(host_with(runtime_below("p.sock"), "/run/podman/podman.sock"));
	command_free(service);
}

/* ---- a server that never answers */

static void hanging(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *id = container_id('5'), *cgroups[2] = { NULL };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct command_options inside = { .cgroups = cgroups };
	struct command *c = NULL;
	struct harness *h;
	int64_t begun;

	(void)state;
	need_sockets();
	cgroups[0] = cgroup_make_docker(cgroup_mount("pids") ? "pids" : "", id);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		 scratch_path("host/run/docker.sock"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 16), 0);
	h = harness_start_own("--host-root", scratch_path("host"));
	begun = clock_ms();
	/* It asks now: somebody knocks. */
	command_free(command_run(&inside, argv_of(workload("tiny"), "first")));
	assert_true(accept4(fd, NULL, NULL, SOCK_CLOEXEC) >= 0);
	for (int i = 0; i < 10 && clock_ms() - begun < HANGS_MS; i++) {
		command_free(c);
		c = command_run(&inside, argv_of(workload("tiny"), "then"));
		check_str(harness_wait_event(h, "exit", c->pid), "container.id", id);
	}
	assert_true(clock_ms() - begun < HANGS_MS);
	begun = clock_ms();
	harness_stop_whole(h);
	assert_true(clock_ms() - begun < HANGS_MS);
	close(fd);
}

#define socket_test(f, teardown) cmocka_unit_test_setup_teardown(f, restore_program, teardown)

int main(void)
{
	const struct CMUnitTest docker_tests[] = {
		socket_test(hanging, live_teardown),
		socket_test(docker, live_teardown),
		socket_test(docker_command_line, live_teardown),
		socket_test(containerd, stop_containerd),
	};
	const struct CMUnitTest podman_tests[] = { socket_test(podman, live_teardown) };
	int failed =
		cmocka_run_group_tests_name("docker, containerd", docker_tests, NULL, runtime_stop);

	return failed + cmocka_run_group_tests_name("podman", podman_tests, NULL, runtime_stop);
}
