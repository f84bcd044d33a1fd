// SPDX-License-Identifier: Apache-2.0
/*
 * test_build - the steps of an image's build by real builders
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "scratch.h"

/*
 * How long the step sleeps, so that no other's is taken for it. Of one that ends at once the
 * builder's files are gone before a busy machine lets the tracer look: that is unconfirmed then.
 */
static const char *step(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "2.%d", getpid());
	return text;
}

static bool is_step(struct json_object *event, const void *action)
{
	const char *got = field_str(event, "event.action"),
		   *first = field_str(event, "process.args[1]");

	return got && first && !strcmp(got, action) && !strcmp(first, step());
}

static bool is_end_of(struct json_object *event, const void *id)
{
	const char *got = field_str(event, "event.action"), *of = field_str(event, "container.id");

	return got && of && !strcmp(got, "container-stop") && !strcmp(of, id);
}

static struct json_object *wait_for_step(struct harness *h, const char *by)
{
	struct json_object *exec = harness_wait_where(h, is_step, "exec");
	struct json_object *exit = harness_wait_where(h, is_step, "exit");
	const char *id = field_str(exec, "container.id");
	struct json_object *stop;

	check_there(exec, "container.id");
	check_str(exec, "container.runtime", by);
	stop = harness_wait_where(h, is_end_of, id);
	for (int i = 0; i < 3; i++) {
		struct json_object *event = (struct json_object *[]){ exec, exit, stop }[i];

		check_str(event, "container.id", id);
		check_absent(event, "proctrace.container.unconfirmed");
		if (strcmp(by, "docker") != 0)
			check_true(event, "proctrace.container.build");
		else
			check_absent(event, "proctrace.container.build");
	}
	return exec;
}

static void by_buildah(void **state)
{
	struct harness *h;
	struct command *c;

	(void)state;
	runtime_need("buildah");
	h = harness_start("-f", "json", "-e", "all", "--containers");
	c = runtime_start_container(NULL, argv_of("sleep", step()));
	if (command_wait(c, RUNTIME_START_MS) != 0)
		harness_fail("buildah: %s", c->err.data);
	check_starts(wait_for_step(h, "buildah"), "container.id", "buildah");
	harness_stop_whole(h);
}

/* A context whose Dockerfile has the one step. */
static const char *make_context(void)
{
	char text[128];

	snprintf(text, sizeof(text), "FROM busyboxtest:1\nRUN [\"sleep\", \"%s\"]\n", step());
	scratch_write("context/Dockerfile", text, 0644);
	return scratch_path("context");
}

static struct json_object *build(struct harness *h, const char *buildkit, const char *by)
{
	setenv("DOCKER_BUILDKIT", buildkit, 1);
	command_free(engine_run(
		argv_of("build", "--no-cache", "--network", "none", "-q", make_context())));
	return wait_for_step(h, by);
}

static void by_docker(void **state)
{
	struct json_object *event;
	struct harness *h;

	(void)state;
	runtime_need("docker");
	h = harness_start("-f", "json", "-e", "all", "--containers");
	/* A container like any other, until the next step. */
	event = build(h, "0", "docker");
	check_there(event, "container.name");
	check_between(event, "process.vpid", 1, 1);
	harness_stop_whole(h);
}

static void by_buildkit(void **state)
{
	struct json_object *event;
	struct harness *h;

	(void)state;
	runtime_need("docker");
	h = harness_start("-f", "json", "-e", "all", "--containers");
	event = build(h, "1", "buildkit");
	check_absent(event, "container.name");
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest buildah[] = { live_test(by_buildah) };
	const struct CMUnitTest docker[] = { live_test(by_docker), live_test(by_buildkit) };
	int failed = cmocka_run_group_tests_name("buildah", buildah, NULL, runtime_stop);

	return failed + cmocka_run_group_tests_name("docker", docker, NULL, runtime_stop);
}
