// SPDX-License-Identifier: Apache-2.0
/*
 * test_wake - no event waits: bursts of random size, each waited for
 *
 * The whole agent; the protocol between it and the kernel side alone is test_ring's, which
 * drives it a thousand times faster. PROCTRACE_AGENT_WAITS is how many waits there are (500).
 * Between them lie pauses of random length, so that the agent is found working, napping,
 * about to block, and blocked. What is measured is the time from the end of the burst's last
 * process to its line here. The bound is what is promised, and what the machine itself was
 * late by in the meantime: one thread for each CPU asks to be woken every few milliseconds
 * and notes how late that happens.
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define BOUND_MS 100 /* 50 ms of batching, and the way through the agent */
#define CPUS_MAX 64
#define TICK_MS	 2

struct metronome {
	pthread_t thread;
	int cpu;
	atomic_uint_fast64_t late_ns; /* largest since it was last taken */
};

static atomic_bool stop;
static struct metronome metronomes[CPUS_MAX];
static int metronomes_len;

static void note(atomic_uint_fast64_t *largest, uint64_t ns)
{
	uint64_t old = atomic_load(largest);

	while (ns > old && !atomic_compare_exchange_weak(largest, &old, ns))
		;
}

static void *beat(void *arg)
{
	struct metronome *m = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(m->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (!atomic_load(&stop)) {
		uint64_t before = clock_mono_ns(), passed;

		poll(NULL, 0, TICK_MS);
		passed = clock_mono_ns() - before;
		note(&m->late_ns,
		     passed - (passed > TICK_MS * 1000000u ? TICK_MS * 1000000u : passed));
	}
	return NULL;
}

static void start_metronomes(void)
{
	cpu_set_t set;

	sched_getaffinity(0, sizeof(set), &set);
	for (int cpu = 0; cpu < CPUS_MAX; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		metronomes[metronomes_len].cpu = cpu;
		pthread_create(&metronomes[metronomes_len].thread, NULL, beat,
			       &metronomes[metronomes_len]);
		metronomes_len++;
	}
}

static void stop_metronomes(void)
{
	atomic_store(&stop, true);
	for (int i = 0; i < metronomes_len; i++)
		pthread_join(metronomes[i].thread, NULL);
}

/* How late the machine was since the last call. */
static uint64_t take_noise_ns(void)
{
	uint64_t noise = 0;

	for (int i = 0; i < metronomes_len; i++) {
		uint64_t late = atomic_exchange(&metronomes[i].late_ns, 0);

		noise = late > noise ? late : noise;
	}
	return noise;
}

static pid_t run_child(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	return child;
}

/* Waits for a burst's last exit, and returns how long that took. */
static uint64_t wait_for(struct harness *h, pid_t last)
{
	uint64_t before = clock_mono_ns();
	int64_t deadline = clock_ms() + deadline_ms();
	char needle[32];

	snprintf(needle, sizeof(needle), "\"pid\":%d,", last);
	/* The line is not parsed, for that would be most of what is measured. */
	while (!strstr(h->tracer->out.data, needle) ||
	       h->tracer->out.data[h->tracer->out.len - 1] != '\n') {
		if (!stream_pump(-1, deadline) && clock_ms() >= deadline)
			harness_fail("no line for pid %d: it was never woken", last);
	}
	stream_consume(&h->tracer->out, h->tracer->out.len);
	return clock_mono_ns() - before;
}

/* The agent naps for some 15 ms after a record, and blocks if then there is nothing. */
static void pause_at_random(unsigned int *seed)
{
	struct timespec pause = { .tv_nsec = 0 };

	if (rand_r(seed) % 3)
		pause.tv_nsec = rand_r(seed) % 25000000;
	ppoll(NULL, 0, &pause, NULL);
}

static void no_event_waits(void **state)
{
	const char *text = getenv("PROCTRACE_AGENT_WAITS");
	long waits = text ? atol(text) : 500;
	uint64_t longest = 0, longest_beyond = 0;
	unsigned int seed = (unsigned int)getpid();
	struct harness *h = harness_start_own("-e", "exit", "--enrich", "off");

	(void)state;
	/* Its lines are looked at as text. */
	h->json = false;
	start_metronomes();
	for (long i = 0; i < waits; i++) {
		int burst = rand_r(&seed) % 4 ? 1 : 1 + rand_r(&seed) % 20;
		uint64_t noise, took;
		pid_t last = 0;

		take_noise_ns();
		while (burst-- > 0)
			last = run_child();
		took = wait_for(h, last);
		noise = take_noise_ns();
		longest = took > longest ? took : longest;
		if (took > noise && took - noise > longest_beyond)
			longest_beyond = took - noise;
		if (took > BOUND_MS * 1000000u + 2 * noise)
			harness_fail("wait %ld took %" PRIu64
				     " us, of which the machine was late by %" PRIu64 " us",
				     i, took / 1000, noise / 1000);
		pause_at_random(&seed);
	}
	stop_metronomes();
	print_message("%ld waits: longest %" PRIu64 " us, %" PRIu64
		      " us beyond what the machine was late by\n",
		      waits, longest / 1000, longest_beyond / 1000);
	harness_stop_whole(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(no_event_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
