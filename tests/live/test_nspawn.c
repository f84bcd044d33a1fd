// SPDX-License-Identifier: Apache-2.0
/*
 * test_nspawn - containers of a real systemd-nspawn, without systemd
 *
 * Two that are started in one cgroup would share "payload": nobody could tell them apart, and
 * proctrace names none. Here each is started in its own, as by a service.
 *
 * Not with v1 only: the cgroup of the container is then one of name=systemd alone, the one
 * hierarchy that has no controller and so none that proctrace's records could speak of.
 */
#include <stdio.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_tests.h"
#include "scratch.h"

static void check_machine(struct harness *h, const char *scope, const char *name, bool confirmed)
{
	const char *cgroups[2] = { NULL };
	struct command *c;
	char path[192];

	snprintf(path, sizeof(path), "/machine.slice/%s/payload", scope);
	cgroups[0] = cgroup_make(cgroup_mount("") ? "" : "pids", path);
	c = command_run(&(struct command_options){ .cgroups = cgroups }, argv_of(workload("tiny")));
	for (size_t i = 0; i < 2; i++) {
		struct json_object *event = harness_wait_event(h, i ? "exit" : "exec", c->pid);

		check_str(event, "container.id", name);
		check_str(event, "container.name", name);
		check_str(event, "container.runtime", "systemd-nspawn");
		check_that(event,
			   field_true(event, "proctrace.container.unconfirmed") != confirmed);
	}
}

/* With systemd: its scope has the name, escaped, and machined a file of that name. */
static void registered(void **state)
{
	char scope[96], name[64], file[128];
	struct harness *h;

	(void)state;
	snprintf(name, sizeof(name), "my-machine-%d", getpid());
	snprintf(file, sizeof(file), "run/systemd/machines/%s", name);
	scratch_write(file, "# This is private data. Do not parse.\n", 0644);
	h = harness_start("-f", "json", "--host-root", scratch());
	snprintf(scope, sizeof(scope), "machine-my\\x2dmachine\\x2d%d.scope", getpid());
	check_machine(h, scope, name, true);
	snprintf(scope, sizeof(scope), "machine-other%d.scope", getpid());
	snprintf(name, sizeof(name), "other%d", getpid());
	check_machine(h, scope, name, false);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = RUNTIME_TESTS("nspawn");
	const struct CMUnitTest v2_tests[] = {
		runtime_test(runtime_before_and_after, "nspawn"),
		runtime_test(runtime_by_name_and_id, "nspawn"),
		runtime_test(runtime_that_existed, "nspawn"),
	};
	const struct CMUnitTest by_hand[] = { live_test(registered) };
	int failed = cmocka_run_group_tests_name("with systemd", by_hand, NULL, NULL);

	failed += cmocka_run_group_tests(tests, NULL, runtime_stop);
	return failed +
	       cmocka_run_group_tests_name("v2 only", v2_tests, cgroups_v2_only, runtime_stop);
}
