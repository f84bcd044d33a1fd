// SPDX-License-Identifier: Apache-2.0
/*
 * test_names.c - every word has a value and every value a word
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/capability.h>

#include "event/names.h"

static void test_kinds_and_facts_come_back(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KINDS; i++)
		assert_int_equal(event_kind_parse(str_of(event_kind_name((enum event_kind)i))), i);
	for (int i = 0; i < FACT_COUNT; i++)
		assert_int_equal(fact_parse(str_of(fact_name((enum fact)i))), i);
	for (int i = SOURCE_NONE + 1; i < SOURCE_COUNT; i++)
		assert_int_equal(source_parse(str_of(source_name((enum source)i))), i);
	for (int i = MISSING_NONE + 1; i < MISSING_COUNT; i++)
		assert_int_equal(missing_parse(str_of(missing_name((enum missing)i))), i);
	for (int i = 0; i < PTC_NS_COUNT; i++)
		assert_int_equal(ns_parse(str_of(ns_name((enum ptc_ns)i))), i);
	for (int i = 0; i < PTC_LOST_REASONS; i++)
		assert_int_equal(lost_reason_parse(str_of(lost_reason_name((enum ptc_lost)i))), i);
	for (int i = ENTERED_EXEC; i <= ENTERED_SETUP; i++)
		assert_int_equal(entered_parse(str_of(entered_name((enum entered)i))), i);
}

static void test_words_users_rely_on(void **state)
{
	(void)state;
	assert_string_equal(event_kind_name(EVENT_CONTAINER_START), "container-start");
	assert_string_equal(fact_name(FACT_CWD), "cwd");
	assert_string_equal(ns_name(PTC_NS_PID_FOR_CHILDREN), "pid_for_children");
	assert_string_equal(lost_reason_name(PTC_LOST_FULL), "buffer full");
	assert_string_equal(seccomp_name(2), "filter");
}

static void test_what_is_no_value_has_no_word(void **state)
{
	(void)state;
	assert_null(event_kind_name(EVENT_KINDS));
	assert_null(event_kind_name((enum event_kind) - 1));
	assert_null(event_type_name((enum ptc_type)0));
	assert_null(source_name(SOURCE_NONE));
	assert_null(seccomp_name(3));
	assert_null(entered_name(ENTERED_NONE));
	assert_int_equal(event_kind_parse(str_of("")), -1);
	assert_int_equal(event_kind_parse(str_of("exe")), -1);
	assert_int_equal(event_kind_parse(str_from("exec\0", 5)), -1);
	assert_int_equal(fact_parse(str_of(NULL)), -1);
}

static void test_signals(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(signal_name(SIGKILL, buf), "SIGKILL");
	assert_string_equal(signal_name(SIGSEGV, buf), "SIGSEGV");
	assert_string_equal(signal_name(33, buf), "SIG33");
	assert_string_equal(signal_name((uint32_t)SIGRTMIN, buf), "SIGRTMIN");
	assert_string_equal(signal_name((uint32_t)SIGRTMIN + 3, buf), "SIGRTMIN+3");
	assert_null(signal_name(0, buf));
	assert_null(signal_name(65, buf));
	for (uint32_t i = 1; i <= 64; i++)
		assert_non_null(signal_name(i, buf));
}

static void test_errors(void **state)
{
	(void)state;
	assert_string_equal(error_name(ENOENT), "ENOENT");
	assert_string_equal(error_text(ENOENT), "No such file or directory");
	assert_int_equal(error_parse(str_of("ENOEXEC")), ENOEXEC);
	assert_null(error_name(0));
	assert_null(error_name(-1));
	assert_null(error_name(524)); /* the kernel's own ENOTSUPP */
	assert_int_equal(error_parse(str_of("ENOSUCH")), -1);
}

static void test_capabilities(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(cap_name(CAP_CHOWN, buf), "CAP_CHOWN");
	assert_string_equal(cap_name(CAP_SYS_ADMIN, buf), "CAP_SYS_ADMIN");
	assert_string_equal(cap_name(CAP_SETFCAP, buf), "CAP_SETFCAP");
	assert_string_equal(cap_name(CAP_CHECKPOINT_RESTORE, buf), "CAP_CHECKPOINT_RESTORE");
	assert_string_equal(cap_name(41, buf), "CAP_41");
	for (unsigned int i = 0; i < 64; i++)
		assert_int_equal(cap_parse(str_of(cap_name(i, buf))), (int)i);
	assert_int_equal(cap_parse(str_of("CAP_64")), -1);
	assert_int_equal(cap_parse(str_of("CAP_07")), -1);
	assert_int_equal(cap_parse(str_of("CAP_4x")), -1);
	assert_int_equal(cap_parse(str_of("CAP_")), -1);
}

static void check_entity(const struct event_host *host, const struct event_ref *ref,
			 const char *expected)
{
	struct buf b = { 0 };

	buf_putc(&b, '<');
	fmt_entity_id(&b, host, ref);
	buf_putc(&b, '\0');
	assert_string_equal(b.data + 1, expected);
	buf_done(&b);
}

static void test_entity_id(void **state)
{
	struct event_host host = { .boot_id = STR_LITERAL("5f0c9a1e-1c5e-4b1c-9d3a-012345678") };
	struct event_host hostile = { .boot_id = STR_LITERAL("5f0c\"a1e-1c5e") };
	struct event_ref ref = { .pid = 4185, .start_ns = 5424722810753ull };
	struct event_ref unknown = { .pid = 4185 };

	(void)state;
	check_entity(&host, &ref, "5f0c9a1e-4185-5424722810753");
	check_entity(&host, &unknown, "");
	check_entity(NULL, &ref, "");
	check_entity(&hostile, &ref, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_and_facts_come_back),
		cmocka_unit_test(test_words_users_rely_on),
		cmocka_unit_test(test_what_is_no_value_has_no_word),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_entity_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
