// SPDX-License-Identifier: Apache-2.0
/*
 * test_proc_table.c - the manual names every file of /proc/<pid>
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define MANUAL	  "user/doc/proctrace.8"
#define NAMES_MAX 256
#define NAME_LEN  64

static char names[NAMES_MAX][NAME_LEN];
static size_t names_len;

/* ".It Pa NAME Ta …" of the table's section */
static int read_table(void **state)
{
	_cleanup_fclose_ FILE *f = fopen(MANUAL, "re");
	bool in_table = false;
	char line[1024];

	(void)state;
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, ".Sh ", 4) == 0)
			in_table = strcmp(line, ".Sh FILES OF A PROCESS\n") == 0;
		if (in_table && names_len < NAMES_MAX &&
		    sscanf(line, ".It Pa %63s Ta ", names[names_len]) == 1)
			names_len++;
	}
	return names_len == 0;
}

static bool is_named(const char *name)
{
	for (size_t i = 0; i < names_len; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void assert_named(const char *name)
{
	if (!is_named(name))
		fail_msg("the manual's table of files does not name %s", name);
}

static void test_this_kernel(void **state)
{
	_cleanup_closedir_ DIR *dir = opendir("/proc/self");
	struct dirent *entry;
	size_t count = 0;

	(void)state;
	assert_non_null(dir);
	/* cppcheck-suppress readdirCalled ; safe on a DIR that one thread has */
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		assert_named(entry->d_name);
		count++;
	}
	assert_true(count > 30);
}

/* Whatever this kernel is built with. */
static void test_described(void **state)
{
	static const char *const described[] = {
		"attr",		"autogroup",
		"auxv",		"cgroup",
		"clear_refs",	"cmdline",
		"comm",		"coredump_filter",
		"cpuset",	"cwd",
		"environ",	"exe",
		"fd",		"fdinfo",
		"gid_map",	"io",
		"limits",	"loginuid",
		"map_files",	"maps",
		"mem",		"mountinfo",
		"mounts",	"mountstats",
		"net",		"ns",
		"numa_maps",	"oom_adj",
		"oom_score",	"oom_score_adj",
		"pagemap",	"personality",
		"projid_map",	"root",
		"sched",	"schedstat",
		"seccomp",	"sessionid",
		"setgroups",	"smaps",
		"smaps_rollup", "stack",
		"stat",		"statm",
		"status",	"syscall",
		"task",		"timens_offsets",
		"timers",	"timerslack_ns",
		"uid_map",	"wchan",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(described) / sizeof(described[0]); i++)
		assert_named(described[i]);
}

static void test_once_each(void **state)
{
	(void)state;
	for (size_t i = 1; i < names_len; i++)
		assert_true(strcmp(names[i - 1], names[i]) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_this_kernel),
		cmocka_unit_test(test_described),
		cmocka_unit_test(test_once_each),
	};

	return cmocka_run_group_tests(tests, read_table, NULL);
}
