// SPDX-License-Identifier: Apache-2.0
/*
 * test_ring - the wake-up protocol alone, as fast as two threads can drive it
 *
 * One thread makes bursts of records (an unshare() that changes nothing is one record
 * of two microseconds) and waits until the other has taken them; that one drains, says
 * that it is idle, and blocks. A lost wake-up shows as a wait of a second, the
 * backstop. PROCTRACE_WAITS is how many bursts there are (100,000).
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "harness.h"
#include "tracer/tracer.h"

#define BACKSTOP_MS 1000
#define STALL_NS    (BACKSTOP_MS * NSEC_PER_MSEC / 2)

static struct tracer *tracer;
static atomic_uint_fast64_t made, taken;
static atomic_bool stop;
static uint64_t blocked, timed_out;

static int take(const void *record, size_t size, void *arg)
{
	const struct ptc_hdr *hdr = record;
	const struct ptc_task *task = (const struct ptc_task *)(hdr + 1);

	(void)size;
	(void)arg;
	if (hdr->type == PTC_UNSHARE && task->pid == (uint32_t)getpid())
		atomic_fetch_add(&taken, 1);
	return 0;
}

/* The agent's loop without its naps, so that it blocks as often as it can. */
static void *consume(void *arg)
{
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	(void)arg;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, tracer_fd(tracer), &event);
	while (!atomic_load(&stop)) {
		if (tracer_drain(tracer, take, NULL, 1024) == 0 && tracer_idle(tracer)) {
			blocked++;
			timed_out += epoll_wait(epoll_fd, &event, 1, BACKSTOP_MS) == 0;
		}
		tracer_awake(tracer);
	}
	close(epoll_fd);
	return NULL;
}

static uint64_t wait_until_taken(void)
{
	uint64_t before = clock_boot_ns();

	while (atomic_load(&taken) < atomic_load(&made))
		sched_yield();
	return clock_boot_ns() - before;
}

static void no_wake_up_is_lost(void **state)
{
	const struct tracer_options options = { .namespaces = true };
	const char *text = getenv("PROCTRACE_WAITS");
	long waits = text ? atol(text) : 100000;
	unsigned int seed = (unsigned int)getpid();
	uint64_t longest = 0, stalls = 0;
	pthread_t consumer;

	(void)state;
	if (tracer_new(&options, &tracer) < 0)
		harness_skip("no tracing here");
	assert_int_equal(pthread_create(&consumer, NULL, consume, NULL), 0);
	for (long i = 0; i < waits; i++) {
		int burst = 1 + rand_r(&seed) % 8;
		uint64_t took;

		atomic_fetch_add(&made, (uint64_t)burst);
		while (burst-- > 0)
			assert_int_equal(unshare(0), 0);
		took = wait_until_taken();
		longest = took > longest ? took : longest;
		stalls += took > STALL_NS;
	}
	atomic_store(&stop, true);
	pthread_join(consumer, NULL);
	tracer_free(tracer);
	print_message("%ld waits, %" PRIu64 " times blocked, longest %" PRIu64 " us\n", waits,
		      blocked, longest / 1000);
	assert_int_equal(stalls, 0);
	/* Else it was not the protocol that was tested. */
	assert_true(blocked > (uint64_t)waits / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(no_wake_up_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
