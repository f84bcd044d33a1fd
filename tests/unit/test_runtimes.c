// SPDX-License-Identifier: Apache-2.0
/*
 * test_runtimes.c - which programs are a runtime's
 */
#include "cache/runtimes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A process that runs this; executable NULL: not known. */
static struct event_process program(const char *comm, const char *executable)
{
	struct event_process p = { .name = str_of(comm) };

	event_set(&p, FACT_NAME, SOURCE_KERNEL);
	if (executable) {
		p.executable = str_of(executable);
		event_set(&p, FACT_EXE, SOURCE_KERNEL);
	}
	return p;
}

static void test_programs(void **state)
{
	static const struct {
		const char *comm, *executable;
		bool is;
	} rows[] = {
		{ "runc", "/usr/sbin/runc", true },
		{ "6", "/usr/sbin/runc", true }, /* by descriptor: comm is its number */
		{ "runc:[0:PARENT]", NULL, true },
		{ "runc:[1:CHILD]", "/", true },
		{ "crun", "/usr/bin/crun", true },
		{ "youki", "/usr/local/bin/youki", true },
		{ "conmon", "/usr/bin/conmon", true },
		{ "containerd-shim", "/usr/bin/containerd-shim-runc-v2", true },
		{ "containerd-shim", "/opt/bin/containerd-shim-unheard-of-v3", true },
		{ "lxc-execute", "/usr/bin/lxc-execute", true },
		{ "incusd", "/opt/incus/bin/incusd", true },
		{ "(sd-inner)", "/usr/bin/systemd-nspawn", true },
		{ "exe", "/memfd:runc_cloned:/proc/self/exe", true },
		{ "memfd:lxc-attac", "/memfd:lxc-attach", true },
		{ "runc", "(unreachable)/runc", true }, /* from an overlay that only it has */
		/* A name alone proves nothing, but for one that nobody has by chance. */
		{ "runc", NULL, false },
		{ "runc", "/bin/sh", false },
		{ "sh", "/bin/sh", false },
		{ "sh", "/usr/sbin/runc/sh", false },
		{ "runcx", "/usr/sbin/runcx", false },
		{ "run", "/usr/sbin/run", false },
		{ "containerd", "/usr/bin/containerd", false },
		{ "dockerd", "/usr/bin/dockerd", false },
		{ "bwrap", "/usr/bin/bwrap", false },
		{ "unshare", "/usr/bin/unshare", false },
		{ "x", "/memfd:x", false },
		{ "x", "/tmp/memfd:runc_cloned:", false },
		{ "", "", false },
		{ "", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event_process p = program(rows[i].comm, rows[i].executable);

		assert_int_equal(runtimes_has(&p), rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests_name("runtimes", tests, NULL, NULL);
}
