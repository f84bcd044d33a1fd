// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_runtimes - containers of other runtimes than Docker
 */
#include <stdio.h>
#include <string.h>

#include "compared.h"
#include "harness.h"
#include "inspected.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "scratch.h"

static void check_container(struct json_object *identity, const struct container *c)
{
	check_str(identity, "container.id", c->id);
	check_str(identity, "container.name", c->name);
	check_str(identity, "container.runtime", runtime()->runtime);
	check_true(identity, "container.confirmed");
	if (runtime()->image)
		check_str(identity, "container.image", runtime()->image);
}

/* One container of any runtime, by its name. */
static void of_a_container(void **state)
{
	struct json_object *identity, *namespaces, *privileges, *verdict, *facts;
	struct command *by_name;
	struct container c;
	pid_t pid;

	runtime_need(*state);
	runtime_keep_container(unique_name("one"), &c);
	pid = runtime_container_pid(c.name);
	by_name = command_run(NULL, argv_of(proctrace(), "inspect", "-f", "json", "--section",
					    "identity", "-c", c.name));
	facts = command_facts(by_name);
	check_int(facts, "pid", pid);
	identity = inspected(pid, "identity", NULL);
	namespaces = inspected(pid, "namespaces", NULL);
	privileges = inspected(pid, "privileges", NULL);
	verdict = inspected(pid, "verdict", NULL);
	check_container(identity, &c);
	check_str(identity, "arguments[1]", "600");
	check_int(identity, "pids[0]", pid);
	check_int(identity, "pids[1]", 1);
	compare_namespaces(pid, namespaces);
	compare_capabilities(pid, privileges);
	compare_process(pid, identity, privileges);
	check_str(namespaces, "list[0].whose", "its container's");
	check_that(verdict, row_of(verdict, "separated", "what", "processes") != NULL);
	check_that(verdict, row_of(verdict, "separated", "what", "network") != NULL);
	json_object_put(facts);
	json_object_put(identity);
	json_object_put(namespaces);
	json_object_put(privileges);
	json_object_put(verdict);
	command_free(by_name);
	runtime_remove_container(c.name);
}

/* No cgroup tells of it, but its monitor; its ids inside are others than outside. */
static void without_a_cgroup(void **state)
{
	struct json_object *identity, *privileges, *namespaces;
	struct container c;
	pid_t pid;

	(void)state;
	runtime_need("podman-no-cgroup");
	runtime_keep_container(unique_name("free"), &c);
	pid = runtime_container_pid(c.name);
	identity = inspected(pid, "identity", NULL);
	check_container(identity, &c);
	check_str(identity, "container.known_by", "what the monitor above it was told");
	privileges = inspected(pid, "privileges", NULL);
	check_int(privileges, "ids[1].uid_inside", 0);
	check_that(privileges, field_int(privileges, "ids[1].uid") != 0);
	namespaces = inspected(pid, "namespaces", NULL);
	compare_namespaces(pid, namespaces);
	check_between(namespaces, "user.level", 1, 2);
	check_str(row_of(namespaces, "list", "type", "pid"), "whose", "its container's");
	json_object_put(identity);
	json_object_put(privileges);
	json_object_put(namespaces);
	runtime_remove_container(c.name);
}

#define of(runtime)                                                                         \
	cmocka_unit_test_prestate_setup_teardown(of_a_container, live_setup, live_teardown, \
						 (void *)(runtime))

int main(void)
{
	const struct CMUnitTest podman[] = { of("podman") };
	const struct CMUnitTest lxc[] = { of("lxc") };
	const struct CMUnitTest runc[] = { of("runc") };
	const struct CMUnitTest no_cgroup[] = { live_test(without_a_cgroup) };
	int failed = cmocka_run_group_tests_name("podman", podman, NULL, runtime_stop);

	failed += cmocka_run_group_tests_name("lxc", lxc, NULL, runtime_stop);
	failed += cmocka_run_group_tests_name("runc", runc, NULL, runtime_stop);
	return failed + cmocka_run_group_tests_name("no cgroup", no_cgroup, NULL, runtime_stop);
}
