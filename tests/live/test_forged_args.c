// SPDX-License-Identifier: Apache-2.0
/*
 * test_forged_args - an ordinary user's arguments in a process that is root
 *
 * Whoever runs a program of root's that is set-user-id gives it its arguments and its name, and
 * it may take all of root's ids: it looks like a monitor of root's.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

#define NOBODY 65534

enum who { ROOT_ITSELF, USER_AS_ROOT };

/* Runs as root until the test ends. cgroup NULL: where the test is. */
static void start_monitor(enum who who, const char *program, const char *cgroup,
			  const char *const argv[])
{
	const char *cgroups[2] = { cgroup };
	const char *copy = scratch_copy(workload("becomeroot"), program);
	struct command_options options = { .program = copy, .cgroups = cgroups, .input = true };
	struct json_object *facts;
	struct command *c;

	if (who == USER_AS_ROOT) {
		assert_int_equal(chmod(copy, 04755), 0);
		options.uid = NOBODY;
	}
	c = command_start(&options, argv);
	command_wait_lines(c, 1);
	facts = command_facts(c);
	if (field_int(facts, "uid") != 0)
		harness_skip("%s is on a file system without set-user-id programs", copy);
	json_object_put(facts);
}

static pid_t run_in(const char *cgroup)
{
	const char *cgroups[2] = { cgroup };
	struct command *c = command_run(&(struct command_options){ .cgroups = cgroups },
					argv_of(workload("tiny")));
	pid_t pid = c->pid;

	command_free(c);
	return pid;
}

static const char *make_podman(const char *id)
{
	char path[128];

	snprintf(path, sizeof(path), "/libpod_parent/libpod-%s", id);
	return cgroup_make("", path);
}

static void start_conmon(enum who who, const char *program, const char *id, const char *name)
{
	start_monitor(who, program, NULL,
		      argv_of("conmon", "-b", "/nowhere/overlay-containers/x/userdata", "-c", id,
			      "-n", name));
}

/* It is looked for when the container is first seen, and again if others were. */
static void conmon_as(enum who who, const char *program, char digit, bool believed)
{
	const char *id = container_id(digit), *name, *cgroup;
	struct harness *h = harness_start_own();
	struct json_object *event;
	int tries = 0;

	start_conmon(who, program, id, program);
	cgroup = make_podman(id);
	do {
		event = harness_wait_event(h, "exit", run_in(cgroup));
		check_str(event, "container.id", id);
		name = field_str(event, "container.name");
	} while (!name && (believed || ++tries < 5));
	check_that(event, believed ? name && !strcmp(name, program) : !name);
	harness_stop_whole(h);
	assert_int_equal(cgroup_remove(cgroup), 0);
}

static void conmon(void **state)
{
	(void)state;
	conmon_as(ROOT_ITSELF, "root/conmon", '1', true);
	conmon_as(ROOT_ITSELF, "root/other", '2', false);
	conmon_as(USER_AS_ROOT, "user/conmon", '3', false);
}

static void lxc_as(enum who who, const char *name)
{
	struct harness *h = harness_start_own();
	char path[128], file[160], title[700];
	const char *payload;
	struct json_object *event;
	bool unconfirmed;
	int tries = 0;

	snprintf(file, sizeof(file), "%s.d/%s/config", name, name);
	scratch_write(file, "lxc.uts.name = x\n", 0644);
	snprintf(title, sizeof(title), "[lxc monitor] %s/%s.d %s", scratch(), name, name);
	snprintf(path, sizeof(path), "/lxc.payload.%s", name);
	payload = cgroup_make("", path);
	snprintf(path, sizeof(path), "/lxc.monitor.%s", name);
	start_monitor(who, name, cgroup_make("", path), argv_of(title));
	/* The cgroup may have been looked at before its monitor ran. */
	do {
		event = harness_wait_event(h, "exit", run_in(payload));
		check_str(event, "container.id", name);
		unconfirmed = field_find(event, "proctrace.container.unconfirmed");
	} while (unconfirmed && (who == ROOT_ITSELF || ++tries < 5));
	check_that(event, unconfirmed == (who != ROOT_ITSELF));
	harness_stop_whole(h);
}

static void lxc(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "honest%d", getpid());
	lxc_as(ROOT_ITSELF, name);
	snprintf(name, sizeof(name), "forged%d", getpid());
	lxc_as(USER_AS_ROOT, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = { live_test(conmon), live_test(lxc) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
