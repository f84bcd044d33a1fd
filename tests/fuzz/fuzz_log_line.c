// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_log_line.c - a line of a log, read in the fast way and in the exact one
 *
 * Both say the same of any line, and what they read is written as a line that is read as
 * the same event.
 */
#include "log/reader.h"
#include "rig.h"
#include "sink/json.h"

static struct log_reader *fast, *exact;

static void check_same(const struct event *a, const struct event *b)
{
	struct buf one = { 0 }, other = { 0 };

	json_emit(a, &one);
	json_emit(b, &other);
	FUZZ_CHECK(!one.failed && !other.failed);
	FUZZ_CHECK(str_eq(str_from(one.data, one.len), str_from(other.data, other.len)));
	if (log_reader_json(fast).len)
		FUZZ_CHECK(str_eq(log_reader_json(fast), str_from(one.data, one.len)));
	buf_done(&one);
	buf_done(&other);
}

static void take_line(struct str line)
{
	struct event a, b;
	int r = log_reader_parse(fast, line, &a);

	FUZZ_CHECK(log_reader_parse(exact, line, &b) == r);
	FUZZ_CHECK(log_reader_seq(fast) == log_reader_seq(exact));
	if (r == 1) {
		check_same(&a, &b);
		fuzz_check_event(&b, NULL);
	} else if (r == 0) {
		FUZZ_CHECK(str_eq(log_reader_own(fast)->action, log_reader_own(exact)->action));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_input(data, size);

	if (!fast) {
		FUZZ_CHECK(log_reader_new(json_emit, &fast) == 0);
		FUZZ_CHECK(log_reader_new(NULL, &exact) == 0);
	}
	while (rest.len)
		take_line(fuzz_take_until(&rest, '\n'));
	return 0;
}
