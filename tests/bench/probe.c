// SPDX-License-Identifier: Apache-2.0
/*
 * probe - the floor: a tracer that takes a record of each fork, exec and exit and forgets it
 *
 * usage: probe [-w]
 *
 * Comes back each 40 ms for what there is, or, with -w, is woken for each record. Says
 * "probe: tracing" on standard error when it is ready, and at the end how many records it
 * took and how many were lost.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "probe.skel.h"

#define NAP_US 40000

static volatile sig_atomic_t is_over;
static uint64_t taken;

static void on_end(int signal)
{
	(void)signal;
	is_over = 1;
}

static int take(void *arg, void *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
	taken++;
	return 0;
}

static int fail(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_end };
	int wakes = argc > 1 && !strcmp(argv[1], "-w");
	struct ring_buffer *ring;
	struct probe_bpf *bpf;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	bpf = probe_bpf__open();
	if (!bpf)
		return fail("opening the programs");
	bpf->rodata->wakes = (uint32_t)wakes;
	if (probe_bpf__load(bpf) || probe_bpf__attach(bpf))
		return fail("loading the programs");
	ring = ring_buffer__new(bpf_map__fd(bpf->maps.ring), take, NULL, NULL);
	if (!ring)
		return fail("the ring");
	fprintf(stderr, "probe: tracing\n");
	while (!is_over) {
		if (wakes) {
			ring_buffer__poll(ring, -1);
		} else {
			usleep(NAP_US);
			ring_buffer__consume(ring);
		}
	}
	ring_buffer__consume(ring);
	fprintf(stderr, "probe: %" PRIu64 " records, lost %" PRIu64 "\n", taken,
		(uint64_t)bpf->bss->lost);
	ring_buffer__free(ring);
	probe_bpf__destroy(bpf);
	return 0;
}
