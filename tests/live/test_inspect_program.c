// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_program - environment, auxiliary vector and mappings, against what the test made
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "inspected.h"
#include "scratch.h"

#define MANY 10000

static struct command *sleeper(const char *const env[])
{
	struct command *c = command_start(&(struct command_options){ .env = env },
					  argv_of("sh", "-c", "echo ready; exec sleep 600"));

	command_wait_lines(c, 1);
	return c;
}

static bool has_value(struct json_object *object, const char *list, const char *value)
{
	struct json_object *found = field_find(object, list);

	for (size_t i = 0; found && i < json_object_array_length(found); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(found, i)), value) == 0)
			return true;
	}
	return false;
}

static void variables(void **state)
{
	struct command *c = sleeper(argv_of("PTC_PLAIN=a=b\x1b[1m", "PTC_API_TOKEN=hunter2",
					    "PTC_EMPTY=", "PTC_OTHER=1"));
	struct json_object *said = inspected(c->pid, "environment", NULL);
	char *text;

	(void)state;
	check_that(said, has_value(said, "names", "PTC_PLAIN"));
	check_that(said, has_value(said, "names", "PTC_API_TOKEN"));
	check_that(said, has_value(said, "names", "PTC_EMPTY"));
	check_absent(said, "values");
	assert_null(strstr(json_object_to_json_string(said), "hunter2"));
	json_object_put(said);

	said = inspected(c->pid, "environment", argv_of("--env", "PTC_P*,PTC_API*,PTC_EMPTY"));
	check_str(row_of(said, "values", "name", "PTC_PLAIN"), "value", "a=b\x1b[1m");
	check_str(row_of(said, "values", "name", "PTC_API_TOKEN"), "value", "[redacted]");
	check_str(row_of(said, "values", "name", "PTC_EMPTY"), "value", "");
	check_that(said, rows_of(said, "values") == 3);
	assert_null(strstr(json_object_to_json_string(said), "hunter2"));
	json_object_put(said);

	said = inspected(c->pid, "environment", argv_of("--env", "PTC_API*", "--no-redact"));
	check_str(row_of(said, "values", "name", "PTC_API_TOKEN"), "value", "hunter2");
	json_object_put(said);
	text = inspected_text(c->pid, "environment", argv_of("--env", "*"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	command_free(c);
}

static void check_auxv(struct json_object *said, const char *name, unsigned long type)
{
	struct json_object *row = row_of(said, "auxv", "name", name);

	check_that(said, row != NULL);
	check_int(row, "value", (int64_t)getauxval(type));
}

static void auxiliary_vector(void **state)
{
	struct json_object *said = inspected(getpid(), "environment", NULL);
	char address[32];

	(void)state;
	check_auxv(said, "PAGESZ", AT_PAGESZ);
	check_auxv(said, "CLKTCK", AT_CLKTCK);
	check_auxv(said, "EUID", AT_EUID);
	check_auxv(said, "PHNUM", AT_PHNUM);
	snprintf(address, sizeof(address), "0x%lx", getauxval(AT_RANDOM));
	check_str(row_of(said, "auxv", "name", "RANDOM"), "value", address);
	check_int(said, "word_bits", 8 * (int64_t)sizeof(long));
	json_object_put(said);
}

/* The child's side: what it maps is said by map, then it waits. */
static pid_t fork_with(void (*map)(void))
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		map();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void *map_or_die(size_t len, int prot, int flags, int fd)
{
	void *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		_exit(1);
	return p;
}

static void map_some(void)
{
	int file = open(scratch_path("gone"), O_RDWR | O_CREAT, 0600);
	int kept = open(scratch_path("kept"), O_RDWR | O_CREAT, 0600);
	int memfd = memfd_create("m", 0);

	if (file < 0 || kept < 0 || memfd < 0 || ftruncate(file, 8192) || ftruncate(kept, 16384) ||
	    ftruncate(memfd, 4096))
		_exit(1);
	map_or_die(8192, PROT_READ, MAP_PRIVATE, file);
	map_or_die(16384, PROT_READ, MAP_PRIVATE, kept);
	map_or_die(16384, PROT_READ | PROT_WRITE, MAP_SHARED, kept);
	map_or_die(4096, PROT_READ, MAP_SHARED, memfd);
	map_or_die(12288, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unlink(scratch_path("gone"));
}

static void mappings(void **state)
{
	struct json_object *said, *row;
	pid_t pid;

	(void)state;
	scratch();
	pid = fork_with(map_some);
	said = inspected(pid, "memory_map", argv_of("--all"));
	row = row_of(said, "files", "name", scratch_path("kept"));
	check_int(row, "bytes", 32768);
	check_int(row, "mappings", 2);
	check_that(row,
		   has_value(row, "permissions", "r--p") && has_value(row, "permissions", "rw-s"));
	check_absent(row, "deleted");
	row = row_of(said, "files", "name", scratch_path("gone"));
	check_int(row, "bytes", 8192);
	check_true(row, "deleted");
	row = row_of(said, "files", "name", "/memfd:m");
	check_true(row, "memfd");
	check_absent(row, "deleted");
	check_that(said, has_value(said, "deleted", scratch_path("gone")) &&
				 rows_of(said, "deleted") == 1);
	check_int(said, "both_bytes", 12288);
	check_int(said, "writable_executable[0].bytes", 12288);
	check_str(said, "writable_executable[0].permissions", "rwxp");
	json_object_put(said);
	end(pid);
}

/* Neighbours that may not be merged. */
static void map_many(void)
{
	char *p = map_or_die((size_t)MANY * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (size_t i = 0; i < MANY; i += 2) {
		if (mprotect(p + i * 4096, 4096, PROT_READ | PROT_WRITE | PROT_EXEC))
			_exit(1);
	}
}

static void ten_thousand(void **state)
{
	struct json_object *said;
	pid_t pid;
	char *text;

	(void)state;
	pid = fork_with(map_many);
	said = inspected(pid, "memory_map", NULL);
	check_between(said, "mappings", MANY, MANY + 500);
	check_that(said, rows_of(said, "writable_executable") == 4096);
	check_int(said, "more.writable_executable", MANY / 2 - 4096);
	check_int(said, "both_bytes", (int64_t)MANY / 2 * 4096);
	json_object_put(said);
	text = inspected_text(pid, "memory_map", NULL);
	assert_in_range(lines_of(text), 64, 200);
	free(text);
	end(pid);
}

static void system_call(void **state)
{
	int64_t deadline = clock_ms() + deadline_ms();
	struct json_object *said = NULL;
	pid_t pid = fork();
	const char *name;
	int empty[2];
	char byte;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Nobody writes, and its own is the other end. */
		if (pipe2(empty, O_CLOEXEC) == 0 && read(empty[0], &byte, 1) == 1)
			_exit(1);
		_exit(0);
	}
	do {
		if (clock_ms() > deadline)
			harness_fail("%d is never seen to read", pid);
		json_object_put(said);
		said = inspected(pid, "resources", NULL);
		name = field_str(said, "waits.syscall_name");
	} while (!name || strcmp(name, "read") != 0);
	check_int(said, "waits.syscall", SYS_read);
	json_object_put(said);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(variables),	 live_test(auxiliary_vector), live_test(mappings),
		live_test(ten_thousand), live_test(system_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
