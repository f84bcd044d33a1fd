// SPDX-License-Identifier: Apache-2.0
/*
 * test_ring_naps.c - how long the agent sleeps while records come, without a kernel side
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proctrace/wire.h"
#include "tracer/ring.h"

struct pages {
	unsigned long consumer, producer;
	struct ptc_wake wake;
};

static struct ring ring_of(struct pages *p)
{
	return (struct ring){ .consumer = &p->consumer,
			      .producer = &p->producer,
			      .wake = &p->wake,
			      .nap_ms = 1 };
}

static void naps_grow(void **state)
{
	static const int expected[] = { 1, 2, 4, 8, 16, 32, 40, 40 };
	struct pages p = { 0 };
	struct ring r = ring_of(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		assert_int_equal(ring_nap(&r), expected[i]);
		assert_int_equal(p.wake.napping, 1);
		ring_awake(&r);
		assert_int_equal(p.wake.napping, 0);
	}
}

static void they_begin_short_after_a_pause_only(void **state)
{
	struct pages p = { .producer = 8 };
	struct ring r = ring_of(&p);

	(void)state;
	for (int i = 0; i < 10; i++)
		ring_nap(&r);
	/* Something is unread: no pause. */
	assert_false(ring_idle(&r));
	assert_int_equal(p.wake.idle, 0);
	assert_int_equal(ring_nap(&r), 40);
	p.consumer = p.producer;
	assert_true(ring_idle(&r));
	assert_int_equal(p.wake.idle, 1);
	ring_awake(&r);
	assert_int_equal(p.wake.idle, 0);
	assert_int_equal(ring_nap(&r), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(naps_grow),
		cmocka_unit_test(they_begin_short_after_a_pause_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
