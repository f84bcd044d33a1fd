// SPDX-License-Identifier: Apache-2.0
/*
 * test_cases - a real cgroup and a real process for every known form of cgroup path
 *
 * The table is that of the unit test of the path rules; here the path comes from the
 * kernel. The tracer gets a host root of the test's own: what runtimes of this machine
 * keep must neither confirm nor deny anything.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

#define CASES_MAX 128
#define ROWS_MIN  40 /* the table only grows */

enum column { LINE, VERDICT, RUNTIME, ID, POD, COLUMNS };

struct path_case {
	char *text; /* owned; the columns point into it */
	char *column[COLUMNS];
	const char *path; /* in the line, what follows its second colon */
	pid_t pid;	  /* of the process that ran in it */
};

/* A name that any cgroup could have is a container only if a runtime's files say so. */
static const struct confirmation {
	const char *path;
	const char *id;
	const char *runtime;
	const char *file; /* NULL: a process says so */
	const char *text;
} confirmations[] = {
	{ "/default/ctr-web", "ctr-web", "containerd",
	  "run/containerd/io.containerd.runtime.v2.task/default/ctr-web/config.json",
	  "{\"linux\":{\"cgroupsPath\":\"/default/ctr-web\"}}" },
	{ "/plain-runc", "plain-runc", "runc", "run/runc/plain-runc/state.json",
	  "{\"cgroup_paths\":{\"\":\"/sys/fs/cgroup/unified/plain-runc\"}}" },
	{ "/payload", "casebox", "systemd-nspawn", NULL, NULL },
	/* Their names are theirs alone; that they are there is still to be confirmed. */
	{ "/lxc.payload.lxcweb", "lxcweb", "lxc", "var/lib/lxc/lxcweb/config", "" },
	{ "/machine.slice/machine-web.scope/payload", "web", "systemd-nspawn",
	  "run/systemd/machines/web", "NAME=web\n" },
};

#define CONFIRMATIONS (sizeof(confirmations) / sizeof(confirmations[0]))

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool parse_case(const char *line, struct path_case *ret_case)
{
	char *rest;

	ret_case->text = strdup(line);
	rest = ret_case->text;
	for (int i = 0; i < COLUMNS; i++) {
		ret_case->column[i] = strsep(&rest, "\t");
		if (!ret_case->column[i])
			harness_fail("%s: not enough columns", line);
	}
	if (strcmp(ret_case->column[LINE], "cgroup_line") == 0)
		return false;
	/* Split at the first two colons only: there may be more in the path. */
	ret_case->path = strchr(strchr(ret_case->column[LINE], ':') + 1, ':') + 1;
	return true;
}

static size_t read_cases(struct path_case cases[CASES_MAX])
{
	const char *dir = getenv("PROCTRACE_FIXTURES");
	char path[512], line[4096];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup-paths.tsv", dir ? dir : "tests/fixtures");
	f = fopen(path, "re");
	if (!f)
		harness_fail("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		assert_true(n < CASES_MAX);
		if (parse_case(line, &cases[n]))
			n++;
		else
			free(cases[n].text);
	}
	fclose(f);
	assert_true(n >= ROWS_MIN);
	return n;
}

static bool own_mounts;		  /* this program is in a mount namespace of its own */
static const char *v1_controller; /* that the tracer watches; NULL: none */

/* As `proctrace features` says it. */
static void find_v1_controller(void)
{
	static char name[32];
	struct command *c = command_run(NULL, argv_of(proctrace(), "features"));
	const char *at = strstr(c->out.data, "of v1 (");

	v1_controller = at && sscanf(at, "of v1 (%31[^)])", name) == 1 ? name : NULL;
	command_free(c);
}

/* v1 lines in the v1 hierarchy that is watched, if that can be reached; else all in v2. */
static const char *hierarchy_of(const struct path_case *c)
{
	if (begins(c->column[LINE], "0:") || !v1_controller || !cgroup_mount(v1_controller))
		return "";
	return v1_controller;
}

static pid_t run_at(const char *hierarchy, const char *path)
{
	const char *cgroups[2] = { cgroup_make(hierarchy, path) };
	struct command *command;
	pid_t pid;

	/* Every path of the table can be made on every kernel, so there is no excuse. */
	if (!cgroups[0])
		harness_fail("%s: no such cgroup can be made: %s", path, strerror(errno));
	command = command_run(&(struct command_options){ .cgroups = cgroups },
			      argv_of(workload("tiny"), "in", path));
	pid = command->pid;
	command_free(command);
	return pid;
}

static const struct confirmation *confirmation_of(const struct path_case *c)
{
	for (size_t i = 0; i < CONFIRMATIONS; i++)
		if (strcmp(confirmations[i].path, c->path) == 0)
			return &confirmations[i];
	return NULL;
}

/* Nothing in its path says container. */
static bool is_name_alone(const struct path_case *c)
{
	return strstr(c->column[VERDICT], "not hex") ||
	       strstr(c->column[VERDICT], "name unknown") ||
	       strstr(c->column[RUNTIME], "no cgroupsPath");
}

static bool is_container(const struct path_case *c)
{
	return begins(c->column[VERDICT], "container") && !is_name_alone(c);
}

static bool is_build(const struct path_case *c)
{
	return begins(c->column[VERDICT], "build");
}

/* The path is the one the kernel gave, byte for byte. */
static void check_path(struct json_object *event, const char *want)
{
	char got[4096];
	size_t len = field_bytes(event, "proctrace.cgroup.path", got, sizeof(got));

	check_that(event, len == strlen(want) && memcmp(got, want, len) == 0);
}

static void check_no_container(struct json_object *event)
{
	check_absent(event, "container");
	check_absent(event, "orchestrator");
	check_absent(event, "proctrace.container");
	/* Known to be in none, which is not the same as not known. */
	check_str(event, "proctrace.source.container", "kernel");
	check_absent(event, "proctrace.missing.container");
}

static void check_runtime(struct json_object *event, const char *row)
{
	static const char *const known[] = { "docker", "podman", "containerd",	  "cri-o",
					     "lxc",    "garden", "systemd-nspawn" };
	char runtime[64];

	snprintf(runtime, sizeof(runtime), "%.*s", (int)strcspn(row, " "), row);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(runtime, known[i])) {
			check_str(event, "container.runtime", runtime);
			return;
		}
	}
	if (begins(runtime, "buildkit"))
		check_str(event, "container.runtime", "buildkit");
	else if (begins(runtime, "unknown"))
		check_absent(event, "container.runtime");
	else if (!begins(runtime, "ECS"))
		harness_fail("%s: a runtime that this test does not know", row);
}

static void check_container(struct json_object *event, const struct path_case *c)
{
	const char *pod = c->column[POD];

	check_str(event, "container.id", c->column[ID]);
	check_runtime(event, c->column[RUNTIME]);
	if (begins(pod, "task "))
		pod += strlen("task "); /* of ECS, in the place of a pod */
	if (!strcmp(pod, "-"))
		check_absent(event, "orchestrator");
	else
		check_str(event, "orchestrator.resource.id", pod);
	check_true(event, "proctrace.container.unconfirmed");
	check_that(event, field_true(event, "proctrace.container.host_namespaces") != own_mounts);
	check_that(event, field_true(event, "proctrace.container.build") == is_build(c));
}

static void check_case(struct harness *h, const struct path_case *c)
{
	static const char *const kinds[] = { "exec", "exit" };

	for (size_t i = 0; i < 2; i++) {
		struct json_object *event = harness_wait_event(h, kinds[i], c->pid);

		check_path(event, c->path);
		if (is_container(c) || is_build(c))
			check_container(event, c);
		else
			check_no_container(event);
	}
}

static const char *host_root(void)
{
	scratch_path("host/");
	return scratch_path("host");
}

static void every_form(void **state)
{
	static struct path_case cases[CASES_MAX];
	size_t n = read_cases(cases), containers = 0, builds = 0;
	struct harness *h;

	(void)state;
	find_v1_controller();
	h = harness_start_own("--host-root", host_root());
	for (size_t i = 0; i < n; i++)
		cases[i].pid = run_at(hierarchy_of(&cases[i]), cases[i].path);
	for (size_t i = 0; i < n; i++) {
		check_case(h, &cases[i]);
		containers += is_container(&cases[i]);
		builds += is_build(&cases[i]);
		free(cases[i].text);
	}
	harness_stop_whole(h);
	print_message("%zu paths: %zu containers, %zu builds, %zu neither\n", n, containers, builds,
		      n - containers - builds);
}

/* A program of systemd-nspawn's name that has the host root for its own, where it would be. */
static struct command *start_nspawn(void)
{
	const char *cgroups[2] = { cgroup_make("", "/supervisor") };
	struct command *c;

	scratch_copy(workload("hold"), "host/systemd-nspawn");
	c = command_start(&(struct command_options){ .input = true, .cgroups = cgroups },
			  argv_of("chroot", host_root(), "/systemd-nspawn", "-M", "casebox"));
	command_wait_lines(c, 1);
	return c;
}

/* The same paths, when there is a runtime that knows them. */
static void names_that_are_confirmed(void **state)
{
	static struct path_case cases[CASES_MAX];
	size_t n = read_cases(cases), seen = 0;
	struct command *nspawn;
	struct harness *h;

	(void)state;
	for (size_t i = 0; i < CONFIRMATIONS; i++) {
		char file[256];

		if (!confirmations[i].file)
			continue;
		snprintf(file, sizeof(file), "host/%s", confirmations[i].file);
		scratch_write(file, confirmations[i].text, 0644);
	}
	nspawn = start_nspawn();
	h = harness_start_own("--host-root", host_root());
	for (size_t i = 0; i < n; i++) {
		const struct confirmation *by = confirmation_of(&cases[i]);
		struct json_object *event;

		/* Without one, every name alone has been tried above. */
		assert_true(by || !is_name_alone(&cases[i]));
		if (by) {
			event = harness_wait_event(h, "exit", run_at("", cases[i].path));
			check_path(event, cases[i].path);
			check_str(event, "container.id", by->id);
			check_str(event, "container.runtime", by->runtime);
			check_absent(event, "proctrace.container.unconfirmed");
			check_str(event, "proctrace.source.container", "runtime");
			seen++;
		}
		free(cases[i].text);
	}
	assert_int_equal(seen, CONFIRMATIONS);
	command_end(nspawn);
	harness_stop_whole(h);
}

/* Bytes that no runtime writes, and that the kernel takes: everything but "/" and newline. */
static void odd_bytes(void **state)
{
	static const char *const parents[] = { "/a b",	    "/a:b::c",	   "/a\\x2db\\",
					       "/\xff\xfe", "/\033[31m\a", "/caf\303\251 \"'$(x)",
					       "/...",	    "/ " };
	struct harness *h = harness_start_own("--host-root", host_root());
	const char *id = container_id('b');

	(void)state;
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		char path[256];
		struct json_object *event;

		event = harness_wait_event(h, "exit", run_at("", parents[i]));
		check_path(event, parents[i]);
		check_no_container(event);
		snprintf(path, sizeof(path), "%s/%s", parents[i], id);
		event = harness_wait_event(h, "exit", run_at("", path));
		check_path(event, path);
		check_str(event, "container.id", id);
		check_absent(event, "container.runtime");
	}
	harness_stop_whole(h);
}

static int v2_only(void **state)
{
	own_mounts = true;
	return cgroups_v2_only(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(every_form),
		live_test(names_that_are_confirmed),
		live_test(odd_bytes),
	};
	const struct CMUnitTest v2_tests[] = {
		live_test(every_form),
		live_test(odd_bytes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed + cmocka_run_group_tests_name("v2 only", v2_tests, v2_only, NULL);
}
