// SPDX-License-Identifier: Apache-2.0
/*
 * test_gates.c - the table of excluded and limited containers, read as the kernel side reads it
 */
#include "tracer/gates.h"
#include "proctrace/meter.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
	struct gates gates;
	struct ptc_decided decided[PTC_GATE_HIERARCHIES];
	int fd;
};

static int setup(void **state)
{
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	rig.fd = memfd_create("gates", MFD_CLOEXEC);
	assert_int_equal(ftruncate(rig.fd, PTC_GATE_SLOTS * sizeof(struct ptc_gate)), 0);
	assert_int_equal(gates_init(&rig.gates, rig.fd, rig.decided), 0);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	gates_done(&rig->gates);
	close(rig->fd);
	return 0;
}

/* gate_verdict() of bpf/gate.h. */
static unsigned int seen_meter(const struct rig *rig, uint32_t hierarchy_id, uint64_t id,
			       unsigned int *ret_meter)
{
	for (uint32_t probe = 0; probe < PTC_GATE_PROBES; probe++) {
		const struct ptc_gate *gate =
			&rig->gates.slots[ptc_gate_slot(id, hierarchy_id, probe)];

		if (!gate->id) {
			*ret_meter = PTC_METER_NONE;
			return PTC_GATE_NONE;
		}
		if (gate->id == id && gate->hierarchy_id == hierarchy_id) {
			*ret_meter = gate->meter;
			return gate->state;
		}
	}
	*ret_meter = PTC_METER_NONE;
	return PTC_GATE_PASS;
}

static unsigned int seen(const struct rig *rig, uint32_t hierarchy_id, uint64_t id)
{
	unsigned int meter;

	return seen_meter(rig, hierarchy_id, id, &meter);
}

static void test_set_and_take_back(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(seen(rig, 0, 177), PTC_GATE_NONE);
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_PASS, 0));
	assert_int_equal(seen(rig, 0, 177), PTC_GATE_PASS);
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_DROP, 0));
	assert_int_equal(seen(rig, 0, 177), PTC_GATE_DROP);
	/* The same id in v1 is another cgroup. */
	assert_int_equal(seen(rig, 5, 177), PTC_GATE_NONE);
	assert_true(gates_set(&rig->gates, 5, 177, PTC_GATE_PASS, 0));
	assert_int_equal(seen(rig, 5, 177), PTC_GATE_PASS);
	assert_int_equal(seen(rig, 0, 177), PTC_GATE_DROP);
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_NONE, 0));
	assert_int_equal(seen(rig, 0, 177), PTC_GATE_NONE);
	assert_true(gates_set(&rig->gates, 0, 178, PTC_GATE_NONE, 0)); /* never was there */
	assert_false(gates_set(&rig->gates, 0, 0, PTC_GATE_DROP, 0));  /* no cgroup's id */
}

/* What is counted, and what is hidden, are told of a cgroup together, and one by one. */
static void test_meter(void **state)
{
	struct rig *rig = *state;
	unsigned int meter;

	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_PASS, PTC_METERS - 1));
	assert_int_equal(seen_meter(rig, 0, 177, &meter), PTC_GATE_PASS);
	assert_int_equal(meter, PTC_METERS - 1);
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_DROP, PTC_METERS - 1));
	assert_int_equal(seen_meter(rig, 0, 177, &meter), PTC_GATE_DROP);
	assert_int_equal(meter, PTC_METERS - 1);
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_NONE, PTC_METER_NONE));
	/* Whoever has the place next does not inherit it. */
	assert_true(gates_set(&rig->gates, 0, 177, PTC_GATE_PASS, PTC_METER_NONE));
	assert_int_equal(seen_meter(rig, 0, 177, &meter), PTC_GATE_PASS);
	assert_int_equal(meter, PTC_METER_NONE);
}

/* Ids whose low bits are equal, as after 16,384 more cgroups. */
static uint64_t alike(int n)
{
	return 35 + (uint64_t)n * PTC_GATE_HALF;
}

static void test_collisions(void **state)
{
	struct rig *rig = *state;

	for (int i = 0; i < PTC_GATE_PROBES; i++)
		assert_true(gates_set(&rig->gates, 0, alike(i), PTC_GATE_DROP, 0));
	/* No room: it passes, and is not as the one above it. */
	assert_int_equal(rig->gates.refused, 0);
	assert_false(gates_set(&rig->gates, 0, alike(PTC_GATE_PROBES), PTC_GATE_DROP, 0));
	assert_int_equal(seen(rig, 0, alike(PTC_GATE_PROBES)), PTC_GATE_PASS);
	assert_int_equal(rig->gates.refused, 1);
	/* One that is taken out does not hide those behind it, and makes room. */
	assert_true(gates_set(&rig->gates, 0, alike(2), PTC_GATE_NONE, 0));
	assert_int_equal(seen(rig, 0, alike(PTC_GATE_PROBES - 1)), PTC_GATE_DROP);
	assert_true(gates_set(&rig->gates, 0, alike(PTC_GATE_PROBES - 1), PTC_GATE_PASS, 0));
	assert_int_equal(seen(rig, 0, alike(PTC_GATE_PROBES - 1)), PTC_GATE_PASS);
	assert_true(gates_set(&rig->gates, 0, alike(PTC_GATE_PROBES), PTC_GATE_DROP, 0));
	assert_int_equal(seen(rig, 0, alike(PTC_GATE_PROBES)), PTC_GATE_DROP);
	assert_int_equal(seen(rig, 0, alike(0)), PTC_GATE_DROP);
}

/* A year of containers, sixteen of them at a time. */
static void test_churn(void **state)
{
	struct rig *rig = *state;

	for (uint64_t id = 1; id < 200000; id += 3) {
		assert_true(gates_set(&rig->gates, 0, id, PTC_GATE_DROP, 0));
		if (id > 48)
			assert_true(gates_set(&rig->gates, 0, id - 48, PTC_GATE_NONE, 0));
	}
	assert_int_equal(seen(rig, 0, 199999), PTC_GATE_DROP);
	assert_int_equal(seen(rig, 0, 199999 - 48), PTC_GATE_NONE);
	/* What was there is no reason to pass. */
	for (uint64_t id = 1; id < PTC_GATE_HALF; id++)
		assert_int_not_equal(seen(rig, 0, id), PTC_GATE_PASS);
	assert_int_equal(rig->gates.refused, 0);
}

/* Which cgroups the kernel side need not let pass for being new. */
static void test_decided(void **state)
{
	struct rig *rig = *state;

	gates_made(&rig->gates, 0, 177);
	assert_int_equal(rig->decided[0].decided, 177);
	assert_int_equal(rig->decided[1].decided, 0);
	gates_made(&rig->gates, 5, 33);
	gates_made(&rig->gates, 0, 176); /* records are in order; never back */
	assert_int_equal(rig->decided[0].decided, 177);
	assert_int_equal(rig->decided[1].decided, 33);
	gates_renamed(&rig->gates, 5);
	gates_renamed(&rig->gates, 5);
	assert_int_equal(rig->decided[1].renames_seen, 2);
	assert_int_equal(rig->decided[0].renames_seen, 0);
}

/* The edge of the table, and of v2's half. */
static void test_edges(void **state)
{
	struct rig *rig = *state;
	const uint64_t last = PTC_GATE_HALF - 1;

	for (uint64_t id = last; id < last + 2; id++) {
		assert_true(gates_set(&rig->gates, 0, id, PTC_GATE_DROP, 0));
		assert_true(gates_set(&rig->gates, 9, id, PTC_GATE_PASS, 0));
	}
	assert_int_equal(seen(rig, 0, last), PTC_GATE_DROP);
	assert_int_equal(seen(rig, 9, last), PTC_GATE_PASS);
	assert_int_equal(seen(rig, 0, last + 1), PTC_GATE_DROP);
	assert_int_equal(seen(rig, 9, last + 1), PTC_GATE_PASS);
	assert_true(ptc_gate_slot(UINT64_MAX, 1, PTC_GATE_PROBES) < PTC_GATE_SLOTS);
}

static void test_none(void **state)
{
	struct gates none = { 0 };

	(void)state;
	assert_false(gates_set(&none, 0, 177, PTC_GATE_DROP, 0));
	assert_true(gates_set(&none, 0, 177, PTC_GATE_NONE, 0));
	gates_done(&none);
	assert_true(gates_init(&none, -1, NULL) < 0);
	gates_made(&none, 0, 177);
	gates_renamed(&none, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_set_and_take_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_meter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_collisions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_churn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_decided, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edges, setup, teardown),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
