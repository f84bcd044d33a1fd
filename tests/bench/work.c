// SPDX-License-Identifier: Apache-2.0
/*
 * work - one of the bench's workloads, which times itself
 *
 * usage: work [-n COUNT] [-j PARENTS] [-t TAG] [-a ARGS] [-r PER_SECOND] [-c FILE]
 *             exec|fork|ns|calls [PROGRAM]
 *
 * exec: COUNT processes, by vfork, of PROGRAM with the arguments PROGRAM, "TAG-<i>", ARGS
 * words, "last-word". fork: children that end at once. ns: children that unshare the uts and
 * ipc namespaces, return to the first uts namespace and end. calls: COUNT calls of
 * getppid(2), and no process at all. PARENTS share the children, one after the other: child i
 * is of parent i modulo PARENTS. -r: a child each so often, else as fast as it can. -c: child
 * i is born in the cgroup of v2 whose directory is on line i of FILE, from the start again at
 * its end; by fork, as glibc has no vfork into a cgroup.
 *
 * It begins when a line comes on standard input. Facts: loop_ns and cpu_us (of itself and
 * its children) from then to the end of the last child; parents, children: their pids;
 * begun_ns: CLOCK_MONOTONIC in each child right before its execve(2) or end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ULL
#define PARENTS_MAX  64

struct work {
	const char *kind;
	const char *tag;
	long count, parents, words, per_second;
	char **cgroups; /* NULL: where the parent is */
	size_t cgroups_len;
	char **args; /* of the program; [1] is each child's own */
	int uts;     /* the first uts namespace */
	/* Shared by the parents and their children. */
	pid_t *parent_pids, *children;
	uint64_t *begun_ns;
};

static void die(const char *what)
{
	fprintf(stderr, "work: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *shared(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("memory");
	/* No page fault shall be part of what is timed. */
	memset(memory, 0, bytes);
	return memory;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NSEC_PER_SEC + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_us(void)
{
	static const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	struct rusage usage;
	uint64_t us = 0;

	for (int i = 0; i < 2; i++) {
		getrusage(whose[i], &usage);
		us += (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
		      (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	}
	return us;
}

static pid_t fork_into(const char *cgroup)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	int fd = open(cgroup, O_PATH | O_CLOEXEC);
	pid_t child;

	if (fd < 0)
		die(cgroup);
	args.cgroup = (uint64_t)fd;
	child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child)
		close(fd);
	return child;
}

/* What a child does with its life. */
static __attribute__((noreturn)) void live(const struct work *w, long i)
{
	w->begun_ns[i] = now_ns();
	if (!strcmp(w->kind, "ns"))
		_exit(unshare(CLONE_NEWUTS | CLONE_NEWIPC) || setns(w->uts, CLONE_NEWUTS));
	if (!strcmp(w->kind, "exec")) {
		execv(w->args[0], w->args);
		_exit(127);
	}
	_exit(0);
}

static void start_one(const struct work *w, long i)
{
	const char *cgroup = w->cgroups ? w->cgroups[(size_t)i % w->cgroups_len] : NULL;
	pid_t child;
	int status;

	sprintf(w->args[1], "%s-%ld", w->tag, i);
	if (cgroup)
		child = fork_into(cgroup);
	else if (!strcmp(w->kind, "exec"))
		child = vfork();
	else
		child = fork();
	if (child == 0)
		live(w, i);
	if (child < 0 || waitpid(child, &status, 0) != child)
		die("a child");
	if (status) {
		fprintf(stderr, "work: a child failed (%#x)\n", (unsigned int)status);
		exit(1);
	}
	w->children[i] = child;
}

static void pace(const struct work *w, uint64_t begin_ns, long i)
{
	uint64_t at = begin_ns + (uint64_t)i * NSEC_PER_SEC / (uint64_t)w->per_second;
	struct timespec t = { (time_t)(at / NSEC_PER_SEC), (long)(at % NSEC_PER_SEC) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* All that one parent does. */
static void work(const struct work *w, long parent)
{
	uint64_t begin_ns = now_ns();

	w->parent_pids[parent] = getpid();
	if (!strcmp(w->kind, "calls")) {
		for (long i = parent; i < w->count; i += w->parents)
			syscall(SYS_getppid);
		return;
	}
	for (long i = parent; i < w->count; i += w->parents) {
		if (w->per_second)
			pace(w, begin_ns, i);
		start_one(w, i);
	}
}

static void work_all(const struct work *w)
{
	int status;

	if (w->parents == 1) {
		work(w, 0);
		return;
	}
	for (long parent = 0; parent < w->parents; parent++) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child == 0) {
			work(w, parent);
			_exit(0);
		}
	}
	for (long parent = 0; parent < w->parents; parent++)
		if (wait(&status) < 0 || status)
			die("a parent");
}

static void make_args(struct work *w, char *program)
{
	static char unique[64];

	w->args = calloc((size_t)w->words + 4, sizeof(*w->args));
	if (!w->args)
		die("memory");
	w->args[0] = program;
	w->args[1] = unique;
	for (long i = 0; i < w->words; i++)
		if (asprintf(&w->args[2 + i], "word-%ld", i) < 0)
			die("memory");
	w->args[2 + w->words] = "last-word";
}

static void read_cgroups(struct work *w, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[4096];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		w->cgroups = realloc(w->cgroups, (w->cgroups_len + 1) * sizeof(*w->cgroups));
		if (!w->cgroups || !(w->cgroups[w->cgroups_len++] = strdup(line)))
			die("memory");
	}
	if (!w->cgroups)
		die(path);
	fclose(f);
}

static void print_pids(const char *name, const pid_t *pids, long count)
{
	printf(",\"%s\":[", name);
	for (long i = 0; i < count; i++)
		printf("%s%d", i ? "," : "", pids[i]);
	printf("]");
}

static void print_facts(const struct work *w, uint64_t loop_ns, uint64_t cpu)
{
	long count = strcmp(w->kind, "calls") ? w->count : 0;

	printf("{\"loop_ns\":%" PRIu64 ",\"cpu_us\":%" PRIu64, loop_ns, cpu);
	print_pids("parents", w->parent_pids, w->parents);
	print_pids("children", w->children, count);
	printf(",\"begun_ns\":[");
	for (long i = 0; i < count; i++)
		printf("%s%" PRIu64, i ? "," : "", w->begun_ns[i]);
	printf("]}\n");
}

int main(int argc, char **argv)
{
	struct work w = { .tag = "unique", .count = 1000, .parents = 1 };
	uint64_t begin_ns, cpu;
	int option;

	while ((option = getopt(argc, argv, "n:j:t:a:r:c:")) > 0) {
		if (option == 'n')
			w.count = atol(optarg);
		else if (option == 'j')
			w.parents = atol(optarg);
		else if (option == 't' && strlen(optarg) < 32)
			w.tag = optarg;
		else if (option == 'a')
			w.words = atol(optarg);
		else if (option == 'r')
			w.per_second = atol(optarg);
		else if (option == 'c')
			read_cgroups(&w, optarg);
		else
			return 2;
	}
	w.kind = argv[optind];
	if (!w.kind || w.count <= 0 || w.words < 0 || w.parents < 1 || w.parents > PARENTS_MAX)
		return 2;
	make_args(&w, argv[optind + 1]);
	if (!strcmp(w.kind, "exec") && !w.args[0])
		return 2;
	w.uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	w.parent_pids = shared((size_t)w.parents * sizeof(*w.parent_pids));
	w.children = shared((size_t)w.count * sizeof(*w.children));
	w.begun_ns = shared((size_t)w.count * sizeof(*w.begun_ns));
	if (getchar() == EOF)
		return 1;
	begin_ns = now_ns();
	cpu = cpu_us();
	work_all(&w);
	print_facts(&w, now_ns() - begin_ns, cpu_us() - cpu);
	return 0;
}
