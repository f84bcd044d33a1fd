// SPDX-License-Identifier: Apache-2.0
/*
 * test_when.c - moments as people write them
 */
#include "base/when.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define SECOND 1000000000ll
#define NOW    (1795939200ll * SECOND + 5) /* 2026-11-29 08:00:00 UTC */
#define AT(s)  ((s)*SECOND)

static const struct {
	const char *text;
	int result;
	int64_t wall_ns;
} rows[] = {
	{ "2026-11-29 08:00:00Z", 0, AT(1795939200) },
	{ "2026-11-29T08:00:00Z", 0, AT(1795939200) },
	{ "2026-11-29 08:00:00 UTC", 0, AT(1795939200) },
	{ "2026-11-29T09:00:00+01:00", 0, AT(1795939200) },
	{ "2026-11-29T02:30:00-05:30", 0, AT(1795939200) },
	{ "2026-11-29 08:00:00", 0, AT(1795939200 - 2 * 3600) },
	{ "2026-11-29 08:00", 0, AT(1795939200 - 2 * 3600) },
	{ "2026-11-29T08:00:00.123456789Z", 0, AT(1795939200) + 123456789 },
	{ "2026-11-29T08:00:00.5Z", 0, AT(1795939200) + 500000000 },
	{ "2026-11-29", 0, AT(1795939200 - 10 * 3600) },
	{ "2026-11-29Z", 0, AT(1795939200 - 8 * 3600) },
	{ "2026-11-29 UTC", 0, AT(1795939200 - 8 * 3600) },
	{ "10:00", 0, AT(1795939200) },
	{ "10:00:01", 0, AT(1795939201) },
	{ "today", 0, AT(1795939200 - 10 * 3600) },
	{ "yesterday", 0, AT(1795939200 - 34 * 3600) },
	{ "tomorrow", 0, AT(1795939200 + 14 * 3600) },
	{ "now", 0, NOW },
	{ "-5m", 0, NOW - AT(300) },
	{ "+5m", 0, NOW + AT(300) },
	{ "5m ago", 0, NOW - AT(300) },
	{ "@0", 0, 0 },
	{ "@12.5", 0, AT(12) + 500000000 },
	{ "2024-02-29Z", 0, AT(1709164800) },

	{ "", -EINVAL, 0 },
	{ "soon", -EINVAL, 0 },
	{ "-", -EINVAL, 0 },
	{ "-5", -EINVAL, 0 },
	{ "5m", -EINVAL, 0 },
	{ " ago", -EINVAL, 0 },
	{ "@", -EINVAL, 0 },
	{ "@-1", -EINVAL, 0 },
	{ "@1.", -EINVAL, 0 },
	{ "@99999999999999999999", -ERANGE, 0 },
	{ "@9999999999", -ERANGE, 0 },
	{ "2026-02-29", -EINVAL, 0 },
	{ "2026-11-31", -EINVAL, 0 },
	{ "2026-13-01", -EINVAL, 0 },
	{ "2026-00-01", -EINVAL, 0 },
	{ "2026-11-29 24:00", -EINVAL, 0 },
	{ "2026-11-29 08:60", -EINVAL, 0 },
	{ "2026-11-29 8:00", -EINVAL, 0 },
	{ "2026-11-29  08:00", -EINVAL, 0 },
	{ "2026-11-29 08:00:00.", -EINVAL, 0 },
	{ "2026-11-29 08:00:00.1234567890", -EINVAL, 0 },
	{ "2026-11-29 08:00:00 CET", -EINVAL, 0 },
	{ "2026-11-29T08:00:00+1", -EINVAL, 0 },
	{ "2026-11-29T", -EINVAL, 0 },
	{ "26-11-29", -EINVAL, 0 },
	{ "9999-01-01", -ERANGE, 0 },
	{ " today", -EINVAL, 0 },
};

static void all_forms(void **state)
{
	(void)state;
	/* East of Greenwich by two hours, without any summer. */
	assert_int_equal(setenv("TZ", "TST-2", 1), 0);
	tzset();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t wall_ns = -1;
		int r = when_parse(rows[i].text, NOW, &wall_ns);

		if (r != rows[i].result || (r == 0 && wall_ns != rows[i].wall_ns))
			fail_msg("'%s': %d, %lld", rows[i].text, r, (long long)wall_ns);
		if (r < 0)
			assert_int_equal(wall_ns, -1);
	}
}

/* The hour that is left out in spring is the one after it, and no mistake. */
static void summer(void **state)
{
	int64_t wall_ns;

	(void)state;
	assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
	assert_int_equal(when_parse("2026-07-01 02:00", NOW, &wall_ns), 0);
	assert_int_equal(wall_ns, AT(1782864000));
	assert_int_equal(when_parse("2026-03-29 02:30", NOW, &wall_ns), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms),
		cmocka_unit_test(summer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
