// SPDX-License-Identifier: Apache-2.0
/*
 * stamp - notes when a tracer's output comes
 *
 * usage: stamp OUTPUT STAMPS       copies standard input (a pipe or a terminal) to OUTPUT
 *        stamp -f OUTPUT STAMPS    watches OUTPUT, which the tracer writes itself
 *
 * STAMPS gets a line "BYTES NANOSECONDS" for each time something came: how long the output
 * was then, and CLOCK_MONOTONIC. They are written at the end, which is the end of the input
 * or SIGTERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct stamp {
	uint64_t bytes;
	uint64_t ns;
};

static struct stamp *stamps;
static size_t len, cap;
static volatile sig_atomic_t is_over;

static void die(const char *what)
{
	fprintf(stderr, "stamp: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void on_term(int signal)
{
	(void)signal;
	is_over = 1;
}

static void note(uint64_t bytes)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (len == cap) {
		cap = cap ? 2 * cap : 4096;
		stamps = realloc(stamps, cap * sizeof(*stamps));
		if (!stamps)
			die("memory");
	}
	stamps[len++] =
		(struct stamp){ bytes, (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec };
}

static void copy(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	static char data[1 << 16];
	uint64_t bytes = 0;
	ssize_t n;

	if (fd < 0)
		die(path);
	/* The end of a terminal is an error, EIO. */
	while ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
		bytes += (uint64_t)n;
		note(bytes);
		if (write(fd, data, (size_t)n) != n)
			die(path);
	}
	close(fd);
}

static void follow(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC);
	char events[4096];
	struct stat st;

	if (fd < 0 || inotify_add_watch(fd, path, IN_MODIFY) < 0)
		die(path);
	while (!is_over && read(fd, events, sizeof(events)) > 0)
		if (stat(path, &st) == 0)
			note((uint64_t)st.st_size);
	close(fd);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_term }; /* no SA_RESTART */
	bool is_file = argc == 4 && !strcmp(argv[1], "-f");
	FILE *f;

	if (argc != 3 && !is_file)
		return 2;
	sigaction(SIGTERM, &action, NULL);
	if (is_file)
		follow(argv[2]);
	else
		copy(argv[1]);
	f = fopen(argv[argc - 1], "we");
	if (!f)
		die(argv[argc - 1]);
	for (size_t i = 0; i < len; i++)
		fprintf(f, "%" PRIu64 " %" PRIu64 "\n", stamps[i].bytes, stamps[i].ns);
	if (fclose(f))
		die(argv[argc - 1]);
	return 0;
}
