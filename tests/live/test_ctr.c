// SPDX-License-Identifier: Apache-2.0
/*
 * test_ctr - containers of a real containerd, started by ctr, in each layout of cgroups
 *
 * Its state directory is only in its configuration file. The image of a container and when it
 * was made are in no file but containerd's database, and so are not looked at here.
 */
#include <stdio.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"

/* The name, the cgroup, the arguments, and what was noted on it. */
static void as_ctr_says(void **state)
{
	struct json_object *event, *info;
	struct harness *h, *by_note;
	struct container c;
	char name[64];
	pid_t pid;

	runtime_need(*state);
	snprintf(name, sizeof(name), "said-%d", getpid());
	runtime_keep_container(name, &c);
	info = ctr_info(name);
	pid = runtime_container_pid(name);
	h = harness_start("-f", "json", "--existing", "-c", name, "--show-labels", "own*");
	by_note = harness_start("-f", "json", "--label", "owner=ops");
	event = harness_wait_event(h, "process", pid);
	check_str(event, "container.id", field_str(info, "ID"));
	check_str(event, "container.name", field_str(info, "ID"));
	check_str(event, "container.runtime", "containerd");
	check_str(event, "container.labels.owner", "ops");
	check_str(event, "proctrace.cgroup.path", field_str(info, "Spec.linux.cgroupsPath"));
	check_str(event, "process.args[0]", field_str(info, "Spec.process.args[0]"));
	check_str(event, "process.args[1]", field_str(info, "Spec.process.args[1]"));
	runtime_remove_container(name);
	check_str(harness_wait_event(by_note, "exit", pid), "container.name", name);
	harness_stop_whole(h);
	harness_stop_whole(by_note);
	json_object_put(info);
}

int main(void)
{
	const struct CMUnitTest common[] = RUNTIME_TESTS("ctr");

	const struct CMUnitTest own[] = { runtime_test(as_ctr_says, "ctr") };

	const struct CMUnitTest one_kind[] = {
		runtime_test(runtime_before_and_after, "ctr"),
		runtime_test(runtime_by_name_and_id, "ctr"),
	};
	int failed = cmocka_run_group_tests_name("common", common, NULL, NULL);

	failed += cmocka_run_group_tests_name("ctr", own, NULL, runtime_stop);
	failed += cmocka_run_group_tests_name("v2 only", one_kind, cgroups_v2_only, runtime_stop);
	return failed +
	       cmocka_run_group_tests_name("v1 only", one_kind, cgroups_v1_only, runtime_stop);
}
