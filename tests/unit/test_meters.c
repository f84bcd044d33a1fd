// SPDX-License-Identifier: Apache-2.0
/*
 * test_meters.c - what containers past their rate limit did, written as the kernel side writes it
 */
#include "tracer/meters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

struct rig {
	struct meters meters;
	int fd;
};

static int setup(void **state)
{
	static struct rig rig;

	rig.fd = memfd_create("meters", MFD_CLOEXEC);
	assert_int_equal(ftruncate(rig.fd, PTC_METERS * sizeof(struct ptc_meter)), 0);
	assert_int_equal(meters_init(&rig.meters, rig.fd), 0);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	meters_done(&rig->meters);
	close(rig->fd);
	return 0;
}

/* count_throttled() of bpf/limit.h. */
static void throttle(struct rig *rig, unsigned int meter, enum ptc_type type, uint64_t now_ns)
{
	struct ptc_meter *m = &rig->meters.all[meter];

	m->throttled[type]++;
	if (!m->first_ns)
		m->first_ns = now_ns;
	m->last_ns = now_ns;
}

static void test_each_is_told_once(void **state)
{
	struct rig *rig = *state;
	struct tracer_throttled t;
	uint64_t sum[PTC_TYPES];

	assert_false(meters_take(&rig->meters, 1, &t));
	throttle(rig, 1, PTC_EXEC, 1000);
	throttle(rig, 1, PTC_EXEC, 1500);
	throttle(rig, 1, PTC_EXIT, 2000);
	throttle(rig, PTC_METERS - 1, PTC_FORK, 7000);
	assert_true(meters_take(&rig->meters, 1, &t));
	assert_int_equal(t.total, 3);
	assert_int_equal(t.by_type[PTC_EXEC], 2);
	assert_int_equal(t.by_type[PTC_EXIT], 1);
	assert_int_equal(t.from_ns, 1000);
	assert_int_equal(t.to_ns, 2000);
	assert_false(meters_take(&rig->meters, 1, &t));
	throttle(rig, 1, PTC_EXEC, 3000);
	assert_true(meters_take(&rig->meters, 1, &t));
	assert_int_equal(t.total, 1);
	assert_int_equal(t.from_ns, 3000);
	assert_int_equal(t.to_ns, 3000);
	assert_true(meters_take(&rig->meters, PTC_METERS - 1, &t));
	assert_int_equal(t.total, 1);
	assert_int_equal(t.by_type[PTC_FORK], 1);
	assert_int_equal(t.from_ns, 7000);
	/* The sum is of all that ever was, told or not. */
	throttle(rig, 2, PTC_EXEC, 8000);
	meters_sum(&rig->meters, sum);
	assert_int_equal(sum[PTC_EXEC], 4);
	assert_int_equal(sum[PTC_FORK], 1);
	assert_int_equal(sum[PTC_EXIT], 1);
	assert_int_equal(sum[PTC_SIGNAL], 0);
}

/* Counted, and the time is not yet written: it lies between the two times of asking. */
static void test_without_a_time(void **state)
{
	struct rig *rig = *state;
	uint64_t before = clock_boot_ns();
	struct tracer_throttled t;

	assert_false(meters_take(&rig->meters, 5, &t));
	rig->meters.all[5].throttled[PTC_EXIT]++;
	assert_true(meters_take(&rig->meters, 5, &t));
	assert_true(t.from_ns >= before && t.from_ns <= t.to_ns && t.to_ns <= clock_boot_ns());
}

static void test_none(void **state)
{
	struct meters none = { 0 };
	struct tracer_throttled t;
	uint64_t sum[PTC_TYPES] = { 1 };

	(void)state;
	assert_false(meters_take(&none, 1, &t));
	meters_sum(&none, sum);
	assert_int_equal(sum[0], 0);
	meters_done(&none);
	assert_true(meters_init(&none, -1) < 0);
	meters_done(&none);
}

static void test_out_of_range(void **state)
{
	struct rig *rig = *state;
	struct tracer_throttled t;

	assert_false(meters_take(&rig->meters, PTC_METERS, &t));
	assert_false(meters_take(&rig->meters, UINT16_MAX, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_is_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_a_time, setup, teardown),
		cmocka_unit_test(test_none),
		cmocka_unit_test_setup_teardown(test_out_of_range, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
