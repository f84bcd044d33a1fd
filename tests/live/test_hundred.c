// SPDX-License-Identifier: Apache-2.0
/*
 * test_hundred - a hundred containers in a row, and what the tracer keeps of them
 *
 * The first hundred and its grace time bring every table and pool to its size. After another
 * the tracer must be as large as before, and have as many files open.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "scratch.h"

#define IN_A_ROW 100
#define GRACE_MS 30000 /* containers are known for so long after they are gone */
#define SWEEP_MS 3000  /* and are forgotten so much later at most */

/*
 * What a hundred may leave behind. Of each container a struct of more than 1 KiB is kept, and some
 * hundred bytes for each of its half a dozen namespaces: any of these leaked is more than
 * this, each time. Pages that the allocator touches for the first time, and what others on
 * this host do meanwhile, may be more once, but not each time.
 */
#define GROWTH_KIB 64
#define ROUNDS	   4

/* The sanitizer keeps what was freed, up to its quarantine: only the files are compared. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_COUNTS false
#else
#define MEMORY_COUNTS true
#endif

/* Processes and threads that were started on this host, ever. */
static long forks(void)
{
	char *text = read_whole("/proc/stat");
	const char *line = strstr(text, "\nprocesses ");
	long n = line ? strtol(line + strlen("\nprocesses "), NULL, 10) : 0;

	free(text);
	return n;
}

static int open_files(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		harness_fail("no %s", path);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Nothing tells that the grace time is over, so this is a wait for a time. */
static void wait_for_grace(void)
{
	int64_t deadline = clock_ms() + GRACE_MS + SWEEP_MS;

	while (clock_ms() < deadline)
		stream_pump(-1, deadline);
}

static bool is_stop(struct json_object *event, const void *id)
{
	const char *action = field_str(event, "event.action"),
		   *container = field_str(event, "container.id");

	return action && container && !strcmp(action, "container-stop") && !strcmp(container, id);
}

static void run_hundred(struct harness *h, const char *what)
{
	static char names[IN_A_ROW][64];
	char id[CONTAINER_ID_LEN + 1];

	for (int i = 0; i < IN_A_ROW; i++) {
		struct command *c;

		snprintf(names[i], sizeof(names[i]), "%s-%d-%d", what, getpid(), i);
		c = runtime_start_container(names[i], argv_of("true", names[i]));
		if (command_wait(c, RUNTIME_START_MS) != 0)
			harness_fail("%s: %s", names[i], c->err.data);
		command_free(c);
	}
	runtime_container_id(names[IN_A_ROW - 1], id);
	harness_wait_where(h, is_stop, id);
	for (int i = 0; i < IN_A_ROW; i++) {
		runtime_container_id(names[i], id);
		runtime_check_events(h, id, names[i]);
	}
	harness_forget(h);
}

struct round {
	long kib;
	long forks; /* on the whole host, for the tracer sees all of them */
	int files;
};

static void run_round(struct harness *h, int number, struct round *ret)
{
	long before = forks();
	char what[16];

	snprintf(what, sizeof(what), "round%d", number);
	run_hundred(h, what);
	wait_for_grace();
	ret->kib = command_memory_kib(h->tracer, "VmRSS");
	ret->files = open_files(h->tracer->pid);
	ret->forks = forks() - before;
}

static void leaves_nothing_behind(void **state)
{
	struct round now, last;
	struct harness *h;
	bool alone = false;

	runtime_need(*state);
	h = harness_start("-f", "json", "-e", "all", "--containers");
	run_round(h, 0, &last);
	for (int i = 1; i < ROUNDS; i++) {
		run_round(h, i, &now);
		/* The thread that asks sockets begins with the first question, once. */
		if (now.files <= last.files &&
		    (!MEMORY_COUNTS || now.kib <= last.kib + GROWTH_KIB)) {
			harness_stop_whole(h);
			return;
		}
		fprintf(stderr,
			"%ld KiB after %ld KiB, %d files after %d, with %ld forks after %ld\n",
			now.kib, last.kib, now.files, last.files, now.forks, last.forks);
		alone |= now.forks < last.forks + last.forks / 4;
		last = now;
	}
	if (!alone)
		harness_skip("others start ever more processes here: there is nothing to compare");
	harness_fail("it grows with each hundred containers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_test(leaves_nothing_behind, "podman"),
	};

	/* Tens of thousands of lines of the kinds that test_podman has. */
	unsetenv("PROCTRACE_JSON_DIR");
	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
