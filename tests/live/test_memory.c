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
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"
#include "stream.h"
#include "things.h"

#define PROCESSES  10000
#define CONTAINERS 1000
#define LIMIT_KIB  (32 << 10)
#define START_MS   600000 /* for all of them, on a machine as busy as can be */

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

/* Reads on in the output; true when it tells of the last of them. */
static bool is_complete(int fd)
{
	static char text[1 << 20];
	static size_t kept; /* the end of what was read before, which may be half the word */
	char last[32];
	ssize_t n;

	snprintf(last, sizeof(last), "\"crowd-%d\"", PROCESSES - 1);
	while ((n = read(fd, text + kept, sizeof(text) - kept)) > 0) {
		size_t len = kept + (size_t)n;

		if (memmem(text, len, last, strlen(last)))
			return true;
		kept = len < strlen(last) ? len : strlen(last);
		memmove(text, text + len - kept, kept);
	}
	return false;
}

static void busy_host(void **state)
{
	const char *out = scratch_path("out.json");
	char count[16], groups[16], prefix[512];
	struct harness *h;
	struct command *crowd;
	int64_t deadline;
	long kib;
	int fd;

	(void)state;
	make_containers();
	snprintf(count, sizeof(count), "%d", PROCESSES);
	snprintf(groups, sizeof(groups), "%d", CONTAINERS);
	snprintf(prefix, sizeof(prefix), "%s/docker/%s", cgroup_mount(""), id_prefix());
	h = harness_start("-f", "json", "-o", out, "--host-root", host_root());
	fd = open(out, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	deadline = clock_ms() + START_MS;
	crowd = command_start(&(struct command_options){ .input = true },
			      argv_of(workload("crowd"), count, groups, prefix, workload("hold"),
				      "an-argument-as-they-have"));
	while (!is_complete(fd)) {
		if (clock_ms() > deadline || crowd->ended)
			harness_fail("not all of them are there: %s", crowd->err.data);
		stream_pump(-1, clock_ms() + 100);
	}
	close(fd);
	kib = command_memory_kib(h->tracer, "VmRSS");
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
