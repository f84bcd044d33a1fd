// SPDX-License-Identifier: Apache-2.0
/*
 * measure - what one run of a workload takes, and what its tracer spends on it
 *
 * usage: measure [-c CPU] [-p PID] PROGRAM ARG…
 *
 * Runs PROGRAM, on that CPU only if one is given, and prints one JSON object: how long
 * it took, the CPU time of it and its descendants, and all it printed ("facts"). Of the
 * tracer, the process PID: its CPU time from the start of the workload until it has
 * come to rest again, and the peak of its memory. "forks" counts the processes and
 * threads that the whole host started meanwhile: many more than the workload's, and the
 * figures tell of somebody else's work too.
 *
 * The tracer's CPU time is its CPU clock: utime + stime of all its threads, also of
 * those that ended, but in nanoseconds where /proc/<pid>/stat has ticks of 10 ms. What
 * the kernel does inside a traced process is that process's time, as it is for the user.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ULL

/* A tracer that spends less than a hundredth of a CPU over this long is at rest. */
#define REST_NS	    (NSEC_PER_SEC / 10)
#define REST_PART   100
#define REST_MAX_NS (5 * NSEC_PER_SEC) /* others keep it busy: it shows in "forks" */

struct tracer {
	pid_t pid; /* 0: none */
	clockid_t clock;
	uint64_t begin_ns;
};

static void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		die("reading a clock (has the tracer ended?)");
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

/* Finds the number after a word at the start of a line of a file of /proc; 0: not there. */
static uint64_t read_number(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	uint64_t number = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, word, strlen(word)) == 0)
			number = strtoull(line + strlen(word), NULL, 10);
	if (f)
		fclose(f);
	return number;
}

static uint64_t read_forks(void)
{
	return read_number("/proc/stat", "processes");
}

static uint64_t read_peak_kib(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	return read_number(path, "VmHWM:");
}

/* Returns the tracer's CPU time when it has nothing left to do. */
static uint64_t wait_for_rest(const struct tracer *t)
{
	const struct timespec pause = { .tv_nsec = REST_NS };
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + REST_MAX_NS;
	uint64_t before, now = now_ns(t->clock);

	do {
		before = now;
		nanosleep(&pause, NULL);
		now = now_ns(t->clock);
	} while (now - before > REST_NS / REST_PART && now_ns(CLOCK_MONOTONIC) < deadline);
	return now;
}

static void open_tracer(struct tracer *t, pid_t pid)
{
	int r = clock_getcpuclockid(pid, &t->clock);

	if (r) {
		errno = r;
		die("the tracer");
	}
	t->pid = pid;
	/* What it had to do in order to begin is not what is measured. */
	t->begin_ns = wait_for_rest(t);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("pinning to that CPU");
}

/* Runs the program to its end, its output into a file. Returns how long it took. */
static uint64_t run(char **args, FILE *output)
{
	uint64_t begin_ns = now_ns(CLOCK_MONOTONIC);
	pid_t child = vfork();
	int status;

	if (child == 0) {
		dup2(fileno(output), STDOUT_FILENO);
		execv(args[0], args);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		die("running the workload");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "measure: %s failed (%#x)\n", args[0], (unsigned int)status);
		exit(1);
	}
	return now_ns(CLOCK_MONOTONIC) - begin_ns;
}

static uint64_t children_cpu_us(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
		die("getrusage");
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void print_facts(FILE *facts)
{
	bool any = false;
	int c;

	rewind(facts);
	printf("\"facts\":");
	while ((c = getc(facts)) != EOF) {
		if (c == '\n')
			continue;
		putchar(c);
		any = true;
	}
	printf(any ? "}\n" : "null}\n");
}

int main(int argc, char **argv)
{
	struct tracer tracer = {};
	FILE *facts = tmpfile();
	uint64_t forks, wall_ns;
	int option;

	while ((option = getopt(argc, argv, "+c:p:")) > 0) {
		if (option == 'c')
			pin(atoi(optarg));
		else if (option == 'p')
			open_tracer(&tracer, (pid_t)atoi(optarg));
		else
			return 2;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: measure [-c CPU] [-p PID] PROGRAM ARG…\n");
		return 2;
	}
	if (!facts)
		die("a temporary file");
	forks = read_forks();
	wall_ns = run(argv + optind, facts);
	forks = read_forks() - forks;
	printf("{\"wall_ns\":%" PRIu64 ",\"work_cpu_us\":%" PRIu64 ",\"forks\":%" PRIu64 ",",
	       wall_ns, children_cpu_us(), forks);
	if (tracer.pid) {
		/* What is queued when the workload ends has still to be paid for. */
		uint64_t cpu_ns = wait_for_rest(&tracer) - tracer.begin_ns;

		printf("\"cpu_ns\":%" PRIu64 ",\"peak_kib\":%" PRIu64 ",", cpu_ns,
		       read_peak_kib(tracer.pid));
	}
	print_facts(facts);
	return 0;
}
