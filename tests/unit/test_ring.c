// SPDX-License-Identifier: Apache-2.0
/*
 * test_ring.c - records come out of the ring whole, once, and in order
 *
 * The kernel's half is played here, as Documentation/bpf/ringbuf.rst tells it.
 */
#include "tracer/ring.h"

#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proctrace/wire.h"

#define BYTES 4096u

struct rig {
	struct ring ring;
	unsigned long consumer, producer;
	_Alignas(8) char data[BYTES];
	char cut[BYTES];
	/* What came out. */
	unsigned int next, stop_at;
	int result;
};

static char *at(struct rig *r, unsigned long position)
{
	return r->data + position % BYTES;
}

static void rig_init(struct rig *r, unsigned long start)
{
	*r = (struct rig){ .consumer = start, .producer = start, .stop_at = UINT32_MAX };
	r->ring = (struct ring){ .consumer = &r->consumer,
				 .producer = &r->producer,
				 .data = r->data,
				 .bytes = BYTES,
				 .cut = r->cut };
}

/* A record of len bytes, each of them that number; false: there is no room. */
static bool produce(struct rig *r, uint32_t len, uint32_t flags, unsigned int number)
{
	uint32_t whole = (len + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8, header = len | flags;

	if (r->producer - r->consumer + whole > BYTES)
		return false;
	memcpy(at(r, r->producer), &header, sizeof(header));
	for (uint32_t i = 0; i < len; i++)
		*at(r, r->producer + BPF_RINGBUF_HDR_SZ + i) = (char)number;
	r->producer += whole;
	return true;
}

static int take(const void *record, size_t size, void *arg)
{
	struct rig *r = arg;
	const char *bytes = record;

	assert_int_equal(size, 1 + r->next * 37 % 900);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], (char)r->next);
	return r->next++ == r->stop_at ? r->result : 0;
}

/* Of every size, over the end of the ring at every place, also where the positions overflow. */
static void test_records_that_the_end_cuts(void **state)
{
	static const unsigned long starts[] = { 0, 8, BYTES - 8, -8ul - 64 * BYTES };
	static struct rig r;

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		rig_init(&r, starts[i]);
		for (unsigned int number = 0; number < 5000;) {
			if (produce(&r, 1 + number * 37 % 900, 0, number))
				number++;
			else
				assert_true(ring_drain(&r.ring, take, &r, 1000) > 0);
		}
		ring_drain(&r.ring, take, &r, 1000);
		assert_int_equal(r.next, 5000);
		assert_int_equal(ring_unread(&r.ring), 0);
	}
}

static void test_no_more_than_asked_for(void **state)
{
	static struct rig r;

	(void)state;
	rig_init(&r, 0);
	for (unsigned int i = 0; i < 5; i++)
		assert_true(produce(&r, 1 + i * 37, 0, i));
	assert_int_equal(ring_drain(&r.ring, take, &r, 3), 3);
	assert_int_equal(r.next, 3);
	assert_int_equal(ring_drain(&r.ring, take, &r, 3), 2);
	assert_int_equal(ring_drain(&r.ring, take, &r, 3), 0);
}

static void test_a_busy_record_holds_up_those_behind_it(void **state)
{
	static struct rig r;
	uint32_t len = 1 + 37;

	(void)state;
	rig_init(&r, 0);
	assert_true(produce(&r, 1, 0, 0));
	assert_true(produce(&r, len, BPF_RINGBUF_BUSY_BIT, 1));
	assert_true(produce(&r, 1 + 2 * 37, 0, 2));
	assert_int_equal(ring_drain(&r.ring, take, &r, 10), 1);
	assert_true(ring_unread(&r.ring) > 0);
	memcpy(at(&r, 16), &len, sizeof(len));
	assert_int_equal(ring_drain(&r.ring, take, &r, 10), 2);
}

static void test_discarded_records_do_not_count(void **state)
{
	static struct rig r;

	(void)state;
	rig_init(&r, 0);
	assert_true(produce(&r, 8, BPF_RINGBUF_DISCARD_BIT, 77));
	assert_true(produce(&r, 1, 0, 0));
	assert_true(produce(&r, 8, BPF_RINGBUF_DISCARD_BIT, 77));
	assert_int_equal(ring_drain(&r.ring, take, &r, 1), 1);
	assert_int_equal(ring_drain(&r.ring, take, &r, 1), 0);
	assert_int_equal(ring_unread(&r.ring), 0);
}

/* The record that stopped the drain is not handed out again. */
static void test_stopped(void **state)
{
	static struct rig r;

	(void)state;
	rig_init(&r, 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_true(produce(&r, 1 + i * 37, 0, i));
	r.stop_at = 1;
	r.result = -5;
	assert_int_equal(ring_drain(&r.ring, take, &r, 10), -5);
	assert_int_equal(r.next, 2);
	assert_int_equal(ring_drain(&r.ring, take, &r, 10), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_that_the_end_cuts),
		cmocka_unit_test(test_no_more_than_asked_for),
		cmocka_unit_test(test_a_busy_record_holds_up_those_behind_it),
		cmocka_unit_test(test_discarded_records_do_not_count),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
