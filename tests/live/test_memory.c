// SPDX-License-Identifier: Apache-2.0
/*
 * test_memory - what a busy host takes of memory: 10,000 processes, 1,000 containers
 *
 * Each process ran a program of its own arguments, each container has the files that Docker
 * keeps of it, and the tracer its usual settings. The figure is what the kernel says is
 * resident, the ring buffer and the libraries included.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"
#include "stream.h"
#include "things.h"

#define PROCESSES  10000
#define CONTAINERS 1000
#define LIMIT_KIB  (32 << 10)
#define START_MS   100000 /* for all of them, on a busy machine */

/* The first 60 digits of their ids. */
static const char *id_prefix(void)
{
	static char prefix[65];

	memcpy(prefix, container_id('e'), sizeof(prefix));
	prefix[60] = '\0';
	return prefix;
}

static void make_containers(void)
{
	char id[80], name[32];

	for (int i = 0; i < CONTAINERS; i++) {
		snprintf(id, sizeof(id), "%s%04x", id_prefix(), (unsigned int)i);
		snprintf(name, sizeof(name), "crowd-%d", i);
		write_docker(id, name, "registry.example/team/service:1.27.4-bookworm", "back");
		if (!cgroup_make_docker("", id))
			harness_skip("no cgroup can be made in /docker");
	}
}

/* The last line that tells of the last of them is in the file, with its container's name. */
static bool is_complete(const char *path)
{
	static char tail[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;
	char last[32];

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0)
		n = pread(fd, tail, sizeof(tail) - 1,
			  st.st_size < (off_t)sizeof(tail) ? 0 :
							     st.st_size - (off_t)sizeof(tail) + 1);
	close(fd);
	tail[n > 0 ? n : 0] = '\0';
	snprintf(last, sizeof(last), "\"crowd-%d\"", PROCESSES - 1);
	return strstr(tail, last) != NULL;
}

static void busy_host(void **state)
{
	const char *out = scratch_path("out.json");
	char count[16], groups[16], prefix[512];
	struct harness *h;
	struct command *crowd;
	int64_t deadline;
	long kib;

	(void)state;
	make_containers();
	snprintf(count, sizeof(count), "%d", PROCESSES);
	snprintf(groups, sizeof(groups), "%d", CONTAINERS);
	snprintf(prefix, sizeof(prefix), "%s/docker/%s", cgroup_mount(""), id_prefix());
	h = harness_start("-f", "json", "-o", out, "--host-root", host_root());
	deadline = clock_ms() + START_MS;
	crowd = command_start(&(struct command_options){ .input = true },
			      argv_of(workload("crowd"), count, groups, prefix, workload("hold"),
				      "an-argument-as-they-have"));
	while (!is_complete(out)) {
		if (clock_ms() > deadline || crowd->ended)
			harness_fail("not all of them are there: %s", crowd->err.data);
		stream_pump(-1, clock_ms() + 100);
	}
	kib = harness_rss_kib(h);
	fprintf(stderr, "%ld KiB with %d processes in %d containers\n", kib, PROCESSES, CONTAINERS);
#ifndef __SANITIZE_ADDRESS__
	if (kib > LIMIT_KIB)
		harness_fail("%ld KiB are resident, more than %d", kib, LIMIT_KIB);
#endif
	close(crowd->in);
	crowd->in = -1;
	assert_int_equal(command_wait(crowd, START_MS), 0);
	command_free(crowd);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(busy_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
