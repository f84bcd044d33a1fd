// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_values.c - times, sizes, moments, globs, and any text made safe for a terminal
 *
 * What is read is written in the usual form and read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/glob.h"
#include "base/timefmt.h"
#include "base/units.h"
#include "base/users.h"
#include "base/when.h"
#include "event/names.h"
#include "inspect/section.h"
#include "rig.h"
#include "sink/columns.h"

#define NOW_NS INT64_C(1795939200000000000)

static void take_numbers(const char *text)
{
	char again[TIMEFMT_UTC_LEN];
	uint64_t value, bytes;
	int64_t wall_ns, other_ns;

	parse_duration(text, &value);
	if (parse_bytes(text, &bytes) == 0 && parse_number(text, UINT64_MAX, &value) == 0)
		FUZZ_CHECK(bytes == value);
	if (when_parse(text, NOW_NS, &wall_ns) == 0) {
		timefmt_utc(again, wall_ns);
		FUZZ_CHECK(timefmt_parse_utc(str_from(again, sizeof(again)), &other_ns));
		FUZZ_CHECK(wall_ns == other_ns);
	}
	if (timefmt_parse_utc(str_of(text), &wall_ns)) {
		FUZZ_CHECK(when_parse(text, NOW_NS, &other_ns) == 0);
		FUZZ_CHECK(wall_ns == other_ns);
	}
}

static void take_lists(const char *text)
{
	struct columns columns;
	struct globs globs = { 0 };
	uint32_t sections;
	struct str bad;

	if (columns_parse(text, COLUMNS_TIMELINE, &columns, &bad) == 0)
		FUZZ_CHECK(columns.len && columns.len <= COLUMN_COUNT);
	else
		fuzz_check_slice(bad, str_of(text));
	if (sections_parse(text, &sections, &bad) == 0)
		FUZZ_CHECK(sections && !(sections & ~SECTIONS_ALL));
	if (globs_add(&globs, text) == 0)
		globs_fit(&globs, STR_LITERAL("kube-system/coredns"));
	globs_done(&globs);
}

/* A name without anything special fits itself alone. */
static void take_glob(const char *text)
{
	if (!*text || strlen(text) > 32) /* as many as there are stars, each tried anew */
		return;
	glob_fits(text, STR_LITERAL("nginx"));
	if (!strpbrk(text, "*?[\\") && utf8_is_valid(str_of(text)))
		FUZZ_CHECK(glob_fits(text, str_of(text)));
}

static void take_text(struct str text)
{
	struct buf out = { 0 };

	escape_text(&out, text);
	fuzz_check_text(str_from(out.data, out.len));
	FUZZ_CHECK(!out.len || !memchr(out.data, '\n', out.len));
	buf_reset(&out);
	escape_shell(&out, text);
	fuzz_check_text(str_from(out.data, out.len));
	FUZZ_CHECK(out.len && !memchr(out.data, '\n', out.len));
	buf_done(&out);
}

static void take_users(struct str text)
{
	struct users *users;
	uint32_t uid;

	FUZZ_CHECK(users_new_text(text, &users) == 0);
	if (users_uid(users, "u", &uid) == 0)
		FUZZ_CHECK(users_name(users, uid).len);
	users_name(users, 1000);
	users_free(users);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = fuzz_input(data, size);
	char *text = str_dup(input);

	FUZZ_CHECK(text);
	setenv("TZ", "UTC", 1);
	take_numbers(text);
	take_lists(text);
	take_glob(text);
	take_text(input);
	take_users(input);
	free(text);
	return 0;
}
