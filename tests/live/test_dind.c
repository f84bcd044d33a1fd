// SPDX-License-Identifier: Apache-2.0
/*
 * test_dind - a real Docker in a container of a real Docker
 *
 * The outer container has the host's programs and a directory of the host's for what the inner
 * daemon keeps. It is not --privileged, for that asks for every capability there is, and
 * this host need not have them all; it may mount, which is what the daemon takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "scratch.h"

#define INNER_SOCKET "unix:///inner/socket"
#define START_INNER                                                                    \
	"for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $d;"    \
	" done 2>/dev/null; exec /usr/sbin/dockerd --iptables=false --ip6tables=false" \
	" --bridge=none -H " INNER_SOCKET                                              \
	" --data-root /inner/data --exec-root /run/inner --pidfile /run/inner.pid"

struct pair {
	struct container outer, inner;
};

static const char *bind_of(const char *from, const char *to)
{
	static char binds[8][RUNTIME_PATH_LEN + 32];
	static unsigned int next;
	char *bind = binds[next++ % 8];

	snprintf(bind, sizeof(binds[0]), "%s:%s", from, to);
	return bind;
}

static void start_outer(struct container *outer)
{
	const char *inner = runtime_below("inner"), *argv[RUNTIME_ARGS_MAX];
	struct command *c;
	size_t n;

	mkdir(inner, 0755);
	snprintf(outer->name, sizeof(outer->name), "outer-%d", getpid());
	n = runtime_put_args(argv, 0,
			     argv_of("run", "-d", "--network", "none", "--name", outer->name,
				     "--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN",
				     "--cap-add", "DAC_READ_SEARCH", "--security-opt",
				     "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
				     "--security-opt", "systempaths=unconfined",
				     "--device-cgroup-rule", "a *:* rwm"));
	n = runtime_put_args(argv, n,
			     argv_of("-v", bind_of("/usr", "/usr:ro"), "-v",
				     bind_of("/bin", "/bin:ro"), "-v", bind_of("/sbin", "/sbin:ro"),
				     "-v", bind_of("/lib", "/lib:ro"), "-v",
				     bind_of("/lib64", "/lib64:ro"), "-v",
				     bind_of(runtime_below("image.tar"), "/image.tar:ro"), "-v",
				     bind_of(inner, "/inner")));
	runtime_put_args(argv, n, argv_of("busyboxtest:1", "/bin/sh", "-c", START_INNER));
	c = engine_run(argv);
	snprintf(outer->id, sizeof(outer->id), "%.64s", c->out.data);
	command_free(c);
}

/* The client inside. Returns NULL if it fails. */
static struct command *inside(const struct pair *p, const char *const args[])
{
	const char *argv[RUNTIME_ARGS_MAX];
	size_t n = engine_put(argv, argv_of("exec", p->outer.name, "/usr/bin/docker", "-H",
					    INNER_SOCKET));
	struct command *c;

	runtime_put_args(argv, n, args);
	c = command_start(NULL, argv);
	if (command_wait(c, RUNTIME_START_MS) == 0)
		return c;
	command_free(c);
	return NULL;
}

static void must(struct command *c, const char *what)
{
	if (!c)
		harness_fail("docker %s failed inside", what);
	command_free(c);
}

static void start_daemons(struct pair *p)
{
	int64_t deadline = clock_ms() + RUNTIME_START_MS;
	struct command *c;

	runtime_need("docker");
	start_outer(&p->outer);
	while (!(c = inside(p, argv_of("version")))) {
		if (clock_ms() >= deadline)
			harness_skip("no Docker starts in a container here");
		stream_pump(-1, clock_ms() + 50);
	}
	command_free(c);
	must(inside(p, argv_of("import", "/image.tar", "busyboxtest:1")), "import");
}

static void run_inner(struct pair *p)
{
	struct command *c;

	snprintf(p->inner.name, sizeof(p->inner.name), "inner-%d", getpid());
	c = inside(p, argv_of("run", "-d", "--network", "none", "--name", p->inner.name,
			      "busyboxtest:1", "sleep", "600"));
	if (!c)
		harness_fail("docker run failed inside");
	snprintf(p->inner.id, sizeof(p->inner.id), "%.64s", c->out.data);
	command_free(c);
	must(inside(p, argv_of("exec", p->inner.name, "true", p->inner.name)), "exec");
}

static bool is_inner_exec(struct json_object *event, const void *name)
{
	const char *action = field_str(event, "event.action"),
		   *arg0 = field_str(event, "process.args[0]"),
		   *arg1 = field_str(event, "process.args[1]");

	return action && arg0 && arg1 && !strcmp(action, "exec") && !strcmp(arg0, "true") &&
	       !strcmp(arg1, name);
}

static void check_inner(struct harness *h, const struct pair *p)
{
	struct json_object *event = harness_wait_where(h, is_inner_exec, p->inner.name);

	check_str(event, "container.id", p->inner.id);
	check_str(event, "container.runtime", "docker");
	check_str(event, "container.name", p->inner.name);
	check_str(event, "container.image.name", "busyboxtest");
	check_absent(event, "proctrace.container.unconfirmed");
	check_str(event, "proctrace.container.outer[0].id", p->outer.id);
	check_str(event, "proctrace.container.outer[0].name", p->outer.name);
	check_absent(event, "proctrace.container.outer[1]");
	check_str(event, "proctrace.entered", "exec");
	check_between(event, "process.vpid", 2, 100);
}

static void in_docker(void **state)
{
	struct harness *all, *by_outer, *by_inner;
	struct pair p;

	(void)state;
	start_daemons(&p);
	all = harness_start("-f", "json", "-e", "all", "--containers");
	by_outer = harness_start("-f", "json", "-c", p.outer.name);
	run_inner(&p);
	check_inner(all, &p);
	check_inner(by_outer, &p);
	by_inner = harness_start("-f", "json", "-c", p.inner.id);
	must(inside(&p, argv_of("exec", p.inner.name, "true", p.inner.name)), "exec");
	check_inner(by_inner, &p);
	/* The outer container's own are not the inner one's. */
	harness_stop(by_inner);
	for (size_t i = 0; i < by_inner->events_len; i++) {
		const char *action = field_str(by_inner->events[i], "event.action");

		if (action && !strcmp(action, "exec"))
			check_str(by_inner->events[i], "container.id", p.inner.id);
	}
	must(inside(&p, argv_of("rm", "-f", p.inner.name)), "rm");
	harness_stop_whole(all);
	command_free(engine_run(argv_of("rm", "-f", p.outer.name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { live_test(in_docker) };

	int failed = cmocka_run_group_tests(tests, NULL, runtime_stop);

	return failed +
	       cmocka_run_group_tests_name("v2 only", tests, cgroups_v2_only, runtime_stop);
}
