// SPDX-License-Identifier: Apache-2.0
/*
 * test_ocicmd.c - which command lines make which container, and where its files are
 */
#include "container/ocicmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "container/roots_args.h"
#include "host_tree.h"

#define ARGS(s) ((struct str){ (s), sizeof(s) })

static void check_str(struct str s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p ? s.p : "", want, s.len);
}

#define SHIM "runc\0--root\0/run/containerd/runc/default\0--log\0/x/log.json\0create\0--bundle\0"
#define TASK "io.containerd.runtime.v2.task"

static void test_makes(void **state)
{
	static const struct {
		const char *executable;
		struct str args;
		const char *id;
		const char *runtime; /* NULL: it does not */
		const char *root, *bundle;
	} rows[] = {
		{ "/usr/sbin/runc", ARGS("runc\0run\0web"), "web", "runc", "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0create\0-b\0/b/web\0web"), "web", "runc", "",
		  "/b/web" },
		{ "/usr/bin/crun", ARGS("crun\0--root=/r\0run\0web\0--bundle=/b"), "web", "crun",
		  "/r", "/b" },
		{ "(unreachable)/crun", ARGS("/usr/bin/crun\0run\0web"), "web", "crun", "", "" },
		{ "/memfd:crun_cloned:", ARGS("crun\0run\0web"), "web", "crun", "", "" },
		{ "/opt/youki", ARGS("youki\0restore\0web"), "web", "youki", "", "" },
		{ "/usr/sbin/runc", ARGS(SHIM "/s/" TASK "/default/web\0web"), "web", "containerd",
		  "/run/containerd/runc/default", "/s/" TASK "/default/web" },
		{ "/usr/sbin/runc", ARGS("runc\0create\0-b\0/s/" TASK "/k8s.io/web\0web"), "web",
		  "containerd", "", "/s/" TASK "/k8s.io/web" },
		{ "/usr/sbin/runc", ARGS("runc\0create\0-b\0/s/" TASK "/moby/web\0web"), "web",
		  "docker", "", "/s/" TASK "/moby/web" },
		{ "/usr/sbin/runc", ARGS("runc\0--root\0/run/docker/runtime-runc/moby\0run\0web"),
		  "web", "docker", "/run/docker/runtime-runc/moby", "" },
		/* Without the last NUL. */
		{ "/usr/sbin/runc", { "runc\0run\0web", 12 }, "web", "runc", "", "" },

		/* Another program, whatever it calls itself. */
		{ "/usr/bin/python3", ARGS("runc\0run\0web"), "web", NULL, "", "" },
		{ "/usr/sbin/runcx", ARGS("runc\0run\0web"), "web", NULL, "", "" },
		{ "/tmp/memfd:runc_cloned:", ARGS("runc\0run\0web"), "web", NULL, "", "" },
		{ "/usr/sbin/runc/x", ARGS("runc\0run\0web"), "web", NULL, "", "" },
		{ "", ARGS("runc\0run\0web"), "web", NULL, "", "" },
		/* Another container, or none. */
		{ "/usr/sbin/runc", ARGS("runc\0run\0db"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0web1"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0we"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0db"), "", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0"), "", NULL, "", "" },
		/* Another command: the id alone does not make it. */
		{ "/usr/sbin/runc", ARGS("runc\0exec\0web\0true"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0init"), "init", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0web\0run\0db"), "web", NULL, "", "" },
		/* What only looks like the id. */
		{ "/usr/sbin/runc", ARGS("runc\0run\0--pid-file\0web\0db"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0-b\0web\0db"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0--root\0run\0list\0web"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("web"), "web", NULL, "", "" },
		{ "/usr/sbin/runc", { "", 0 }, "web", NULL, "", "" },
		{ "/usr/sbin/runc", ARGS("runc\0run\0--bundle"), "web", NULL, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ocicmd command;
		bool makes = ocicmd_makes(str_of(rows[i].executable), rows[i].args,
					  str_of(rows[i].id), &command);

		if (makes != (rows[i].runtime != NULL))
			fail_msg("row %zu", i);
		if (!makes)
			continue;
		assert_string_equal(command.runtime, rows[i].runtime);
		check_str(command.root, rows[i].root);
		check_str(command.bundle, rows[i].bundle);
	}
}

static bool has(const struct root_list *list, const char *path)
{
	for (unsigned int i = 0; i < list->len; i++)
		if (!strcmp(list->path[i], path))
			return true;
	return false;
}

static struct ocicmd command_of(const char *executable, struct str args, const char *id)
{
	struct ocicmd command;

	assert_true(ocicmd_makes(str_of(executable), args, str_of(id), &command));
	return command;
}

/* A state directory that only containerd's configuration names, and a runtime's own. */
static void test_roots(void **state)
{
	struct host_tree tree;
	struct hostfs fs;
	struct roots roots;
	struct ocicmd c;

	(void)state;
	host_tree_init(&tree);
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	assert_int_equal(roots_init(&roots, &fs, host_tree_path(&tree, "/proc")), 0);
	c = command_of("/bin/runc", ARGS(SHIM "/srv/state/" TASK "/default/web\0web"), "web");
	roots_args_learn(&roots, &c, STR_LITERAL("web"));
	assert_true(has(&roots.bundles, "/srv/state/" TASK));
	assert_true(has(&roots.runc, "/run/containerd/runc/default"));
	c = command_of("/bin/crun", ARGS("crun\0--root\0/srv/crun\0run\0-b\0/a/b/web\0web"), "web");
	roots_args_learn(&roots, &c, STR_LITERAL("web"));
	assert_true(has(&roots.crun, "/srv/crun"));
	assert_false(has(&roots.bundles, "/a")); /* nobody's but the user's */
	/* A bundle that is called otherwise is nowhere one would look. */
	c = command_of("/bin/runc", ARGS(SHIM "/srv/other/" TASK "/default/db\0web"), "web");
	roots_args_learn(&roots, &c, STR_LITERAL("web"));
	assert_false(has(&roots.bundles, "/srv/other/" TASK));
	roots_done(&roots);
	hostfs_done(&fs);
	host_tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_makes),
		cmocka_unit_test(test_roots),
	};

	return cmocka_run_group_tests_name("ocicmd", tests, NULL, NULL);
}
