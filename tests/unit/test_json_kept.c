// SPDX-License-Identifier: Apache-2.0
/*
 * test_json_kept.c - a line after other lines is the line that it would be alone
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "samples.h"
#include "sink/json.h"

static struct json_kept kept;

/* Emits with what is kept of the lines before, and without; both are the same. */
static void check(const struct event *e)
{
	struct buf next = { 0 }, alone = { 0 };

	json_emit_next(&kept, e, &next);
	json_emit(e, &alone);
	assert_int_equal(next.len, alone.len);
	assert_memory_equal(next.data, alone.data, alone.len);
	buf_done(&next);
	buf_done(&alone);
}

/* Changes the n-th of the facts that pieces are made of. False: there are no more. */
static bool change(struct event_process *p, unsigned int n)
{
	uint32_t *const words[] = {
		&p->creds.uid,
		&p->creds.euid,
		&p->creds.suid,
		&p->creds.fsuid,
		&p->creds.gid,
		&p->creds.egid,
		&p->creds.sgid,
		&p->creds.fsgid,
		&p->creds.securebits,
		&p->ns_isolated,
		&p->ns[PTC_NS_PID],
		&p->ns[PTC_NS_TIME],
		&p->ns[PTC_NS_TIME_FOR_CHILDREN],
		&p->truncated,
	};
	const struct str names[] = { STR_LITERAL("daemoN"),
				     STR_LITERAL("daemo"),
				     STR_LITERAL(""),
				     STR_LITERAL("a-name-of-more-than-thirty-two-characters-1"),
				     STR_LITERAL("a-name-of-more-than-thirty-two-characters-2"),
				     STR_LITERAL("\xff") };
	const unsigned int words_len = sizeof(words) / sizeof(words[0]);
	const unsigned int names_len = sizeof(names) / sizeof(names[0]);

	if (n < words_len) {
		*words[n] ^= 1;
		return true;
	}
	n -= words_len;
	if (n < names_len) {
		p->creds.user_name = names[n];
		return true;
	}
	n -= names_len;
	if (n < PTC_CAP_SETS) {
		p->creds.cap[n] ^= 2;
		return true;
	}
	n -= PTC_CAP_SETS;
	if (n < FACT_COUNT) {
		p->source[n] = (uint8_t)(p->source[n] % (SOURCE_COUNT - 1) + 1);
		return true;
	}
	n -= FACT_COUNT;
	if (n < FACT_COUNT) {
		p->has &= ~(1u << n);
		event_miss(p, (enum fact)n, MISSING_DENIED);
		return true;
	}
	return false;
}

static void test_changes(void **state)
{
	struct event base, e;
	unsigned int changes = 0;

	(void)state;
	sample_event(EVENT_EXEC, &base);
	for (e = base; change(&e.proc, changes); e = base, changes++) {
		check(&base);
		check(&e);
		check(&e);
	}
	assert_true(changes > 60);
}

/* Nothing but the reason differs. */
static void test_reasons(void **state)
{
	struct container_info container = sample_web;
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.container = &container;
	e.proc.has &= ~(1u << FACT_CWD);
	for (unsigned int why = 0; why < MISSING_COUNT; why++) {
		e.proc.missing[FACT_CWD] = (uint8_t)why;
		check(&e);
		container.missing = (uint8_t)why;
		check(&e);
	}
}

/* Two lives of a container, what becomes known of one, and one that is read from a log. */
static void test_containers(void **state)
{
	struct container_info web = sample_web, other = sample_pod, logged = sample_web;
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	logged.name = STR_LITERAL("logged");
	for (uint32_t version = 1; version < 4; version++) {
		static const struct str images[] = { { "a", 1 },
						     { "b", 1 },
						     { "\xff", 1 },
						     { "d", 1 } };
		const struct container_info *const order[] = { &web, &web, &other, &logged, &web };

		web.serial = 1;
		other.serial = 2;
		web.version = other.version = version;
		web.image = images[version];
		for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
			e.proc.container = order[i];
			check(&e);
		}
	}
	/* Nothing tells what was read from what was read before. */
	e.proc.container = &logged;
	check(&e);
	logged.name.len--;
	check(&e);
}

static void test_kinds(void **state)
{
	struct event e;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int kind = 0; kind < EVENT_KINDS; kind++) {
			sample_event((enum event_kind)kind, &e);
			check(&e);
		}
}

/* A piece that there was no room for is not kept. */
static void test_no_room(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	for (size_t limit = 4096; limit < 8192; limit += 64) {
		struct buf b = { .limit = limit };

		kept = (struct json_kept){ 0 };
		buf_reserve(&b, 1);
		b.len = 2048; /* lines before it */
		json_emit_next(&kept, &e, &b);
		buf_done(&b);
		check(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),	   cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_containers), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
