// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_reader.c - what was written is read, and written again, byte for byte
 *
 * Long because every fact is taken away once.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/names.h"
#include "log/chain.h"
#include "log/reader.h"
#include "samples.h"
#include "sink/json.h"
#include "sink/text.h"

static uint64_t random_state = 88172645463325252ull;

static uint64_t random_u64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Reads one line, with or without its newline; the reader must be freed after the event. */
static int read_one(const char *data, size_t len, log_reader_write write,
		    struct log_reader **ret_reader, struct event *ret_event)
{
	if (len && data[len - 1] == '\n')
		len--;
	assert_int_equal(log_reader_new(write, ret_reader), 0);
	return log_reader_parse(*ret_reader, str_from(data, len), ret_event);
}

/* The fast way and the exact one say the same of any line, and read the same. */
static int result_of(const char *data, size_t len)
{
	struct buf fast = { 0 }, exact = { 0 };
	struct log_reader *reader;
	struct event e;
	int r = read_one(data, len, json_emit, &reader, &e), again;

	if (r == 1)
		json_emit(&e, &fast);
	log_reader_free(reader);
	again = read_one(data, len, NULL, &reader, &e);
	if (again == 1)
		json_emit(&e, &exact);
	log_reader_free(reader);
	assert_int_equal(r, again);
	assert_int_equal(fast.len, exact.len);
	if (fast.len)
		assert_memory_equal(fast.data, exact.data, exact.len);
	buf_done(&fast);
	buf_done(&exact);
	return r;
}

static void put_text(const struct event *e, struct buf *out)
{
	struct text_options options = { .time_form = TIME_FORM_UTC };
	struct text_sink *sink;

	for (int i = 0; i < COLUMN_COUNT; i++)
		options.columns.list[options.columns.len++] = (uint8_t)i;
	assert_int_equal(text_new(&options, &sink), 0);
	text_emit(sink, e, out);
	text_free(sink);
}

/* The same JSON and the same text, in all columns, from the event and from its line. */
static void check_round_trip(const struct event *e)
{
	struct buf json = { 0 }, text = { 0 }, json_again = { 0 }, text_again = { 0 };
	struct log_reader *reader;
	struct event again;

	json_emit(e, &json);
	put_text(e, &text);
	assert_int_equal(result_of(json.data, json.len), 1);
	assert_int_equal(read_one(json.data, json.len, json_emit, &reader, &again), 1);
	/* In the fast way, or a log takes ten times as long. */
	if (json.len < 32768)
		assert_int_equal(log_reader_json(reader).len, json.len);
	json_emit(&again, &json_again);
	put_text(&again, &text_again);
	if (json.len != json_again.len || memcmp(json.data, json_again.data, json.len) != 0)
		fail_msg("%.*s became %.*s", (int)json.len, json.data, (int)json_again.len,
			 json_again.data);
	if (text.len != text_again.len || memcmp(text.data, text_again.data, text.len) != 0)
		fail_msg("%.*s became %.*s", (int)text.len, text.data, (int)text_again.len,
			 text_again.data);
	log_reader_free(reader);
	buf_done(&json);
	buf_done(&text);
	buf_done(&json_again);
	buf_done(&text_again);
}

static void test_every_kind(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		struct event e;

		sample_event((enum event_kind)kind, &e);
		check_round_trip(&e);
		e.late = true;
		e.entered = ENTERED_NSENTER;
		e.entered_by = (struct event_ref){ 512, 99, STR_LITERAL("dockerd") };
		e.ran_already = true;
		e.update = true;
		e.starter = (struct event_ref){ 513, 98, STR_LITERAL("\xff shim") };
		e.proc.isolated = &sample_isolated;
		check_round_trip(&e);
		e.proc.isolated = &sample_monitored;
		for (uint32_t i = 0; i < e.ns_change_len; i++) {
			if (e.ns_change[i].owner_isolated)
				e.ns_change[i].owner_isolated = &sample_monitored;
		}
		e.error = EPERM;
		e.proc.container = e.container = &sample_pod;
		e.redacted[0] = STR_LITERAL("process.args[1]");
		e.redacted_len = 1;
		e.old_container = NULL;
		check_round_trip(&e);
		e.exit = (struct event_exit){ .code = 3 };
		e.proc.container = NULL;
		e.has_old_container = false;
		e.host = NULL;
		e.ns_change_len = 0;
		check_round_trip(&e);
	}
}

static void test_without_each_fact(void **state)
{
	(void)state;
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		struct event e;

		sample_event(EVENT_EXEC, &e);
		e.proc.has &= ~(1u << fact);
		e.proc.truncated = 0;
		event_miss(&e.proc, (enum fact)fact, (enum missing)(1 + fact % 4));
		check_round_trip(&e);
	}
}

/* Any bytes, often broken UTF-8 and things that look like escapes. */
static struct str random_text(char *memory, size_t max, bool words)
{
	static const char pieces[] =
		"aZ0 /\\\"'x\n\t\x1b\x7f\xc3\xa9\xff\x80\xe2\x82\xac(){}[],:\\xff";
	size_t len = random_u64() % max;

	for (size_t i = 0; i < len; i++) {
		memory[i] = pieces[random_u64() % (sizeof(pieces) - 1)];
		if (words && random_u64() % 5 == 0)
			memory[i] = '\0';
	}
	if (words && len)
		memory[len - 1] = '\0';
	return str_from(memory, len);
}

static void test_random_text(void **state)
{
	static char memory[18][64];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct container_info c = sample_web, outer = sample_pod, most = sample_kind_node;
		struct event_host host = sample_host;
		struct event e;

		sample_event((enum event_kind)(random_u64() % EVENT_KINDS), &e);
		e.proc.name = random_text(memory[0], 20, false);
		e.proc.executable = random_text(memory[1], 60, false);
		e.proc.cwd = random_text(memory[2], 60, false);
		e.proc.args = random_text(memory[3], 60, true);
		e.proc.env = random_text(memory[4], 60, true);
		e.proc.parent.name = random_text(memory[5], 20, false);
		e.proc.creator.name = random_text(memory[6], 20, false);
		e.proc.file.filename = random_text(memory[7], 20, false);
		e.proc.lsm = random_text(memory[8], 20, false);
		e.proc.cgroup.path = random_text(memory[9], 60, false);
		e.exit.sender.name = random_text(memory[10], 20, false);
		c.name = random_text(memory[11], 20, false);
		outer.name = random_text(memory[12], 20, false);
		outer.id = random_text(memory[13], 20, false);
		host.hostname = random_text(memory[14], 20, false);
		e.old_cgroup.path = random_text(memory[15], 20, false);
		most.name = random_text(memory[16], 20, false);
		most.image = random_text(memory[17], 20, false);
		most.labels = sample_labels;
		most.labels_len = 2;
		outer.outer = &most;
		c.outer = &outer;
		e.ns_change[0].shared[1] = &c;
		e.proc.container = e.container = &c;
		e.ns_change[0].owner = &outer;
		e.old_container = &outer;
		e.signal.target_container = &outer;
		e.host = &host;
		e.proc.has = (uint32_t)random_u64() & ((1u << FACT_COUNT) - 1);
		check_round_trip(&e);
	}
}

static void test_numbers_at_their_ends(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	e.sequence = UINT64_MAX;
	e.exit.cpu_ns = UINT64_MAX;
	e.proc.start_ns = UINT64_MAX;
	e.proc.pid = e.proc.tid = UINT32_MAX;
	e.proc.oom_score_adj = INT32_MIN;
	e.proc.cgroup.id = UINT64_MAX;
	e.wall_ns = INT64_MAX;
	e.start_wall_ns = INT64_MIN;
	check_round_trip(&e);
	sample_event(EVENT_LOST, &e);
	e.lost.total = UINT64_MAX;
	for (int i = 0; i < LOST_KINDS; i++)
		e.lost.by_kind[i] = lost_kind_name((unsigned int)i) ? UINT64_MAX : 0;
	check_round_trip(&e);
}

static void test_long_arguments(void **state)
{
	enum { LEN = 130000 };
	char *args = calloc(LEN, 1);
	struct event e;

	(void)state;
	assert_non_null(args);
	sample_event(EVENT_EXEC, &e);
	e.proc.args = str_from(args, LEN); /* as many empty ones */
	check_round_trip(&e);
	for (int i = 0; i < LEN; i += 2)
		args[i] = (char)0xff; /* each to be escaped */
	check_round_trip(&e);
	free(args);
}

static void test_each_prefix_is_damaged(void **state)
{
	struct buf line = { 0 };
	struct event e;

	(void)state;
	sample_event(EVENT_SETNS, &e);
	json_emit(&e, &line);
	for (size_t len = 1; len < line.len - 1; len++)
		assert_int_equal(result_of(line.data, len), -EBADMSG);
	assert_int_equal(result_of(line.data, line.len - 1), 1); /* only the newline is gone */
	buf_done(&line);
}

/* Whatever one changed byte does, nothing breaks, and what is read can be written. */
static void test_each_byte_changed(void **state)
{
	struct buf line = { 0 }, out = { 0 };
	struct event e;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	e.proc.name = STR_LITERAL("\xff");
	json_emit(&e, &line);
	for (size_t i = 0; i < line.len - 1; i++) {
		char old = line.data[i];
		struct log_reader *reader;
		struct event read;

		line.data[i] = (char)(random_u64() % 2 ? old ^ 1 : (int)(random_u64() & 0xff));
		result_of(line.data, line.len);
		if (read_one(line.data, line.len, json_emit, &reader, &read) == 1) {
			buf_reset(&out);
			json_emit(&read, &out);
			put_text(&read, &out);
			assert_false(out.failed);
		}
		log_reader_free(reader);
		line.data[i] = old;
	}
	buf_done(&line);
	buf_done(&out);
}

#define LOST(fields)                                                                               \
	"{\"@timestamp\":\"2026-11-22T18:40:01Z\",\"event\":{\"action\":\"lost\",\"sequence\":1}," \
	"\"proctrace\":{\"lost\":{\"total\":1,\"reason\":\"buffer full\"}" fields "}}"
#define EXEC(process)                                                                              \
	"{\"@timestamp\":\"2026-11-22T18:40:01Z\",\"event\":{\"action\":\"exec\",\"sequence\":1}," \
	"\"host\":{\"boot\":{\"id\":\"5f0c9a1e\"}}," process "\"proctrace\":{\"schema\":1}}"

static const struct {
	const char *line;
	int result;
} lines[] = {
	{ LOST(""), 1 },
	{ LOST(",\"later\":{\"field\":[1,2]}"), 1 },
	{ "  " LOST("") "  ", 1 },
	{ LOST(",\"later\":[1,]"), -EBADMSG },
	{ LOST("") "x", -EBADMSG },
	{ LOST("") LOST(""), -EBADMSG },
	{ LOST(",\"seen\":1"), -EBADMSG },
	{ LOST(",\"redacted\":{}"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1},"), 1 },
	{ EXEC(""), -EBADMSG },
	{ EXEC("\"process\":[],"), -EBADMSG },
	{ EXEC("\"process\":null,"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":-1},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":4294967296},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1.0},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":\"1\"},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"args\":[\"a\\u0000b\"]},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"args\":[1]},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"entity_id\":\"5f0c9a1e-1-2\"},"), 1 },
	{ EXEC("\"process\":{\"pid\":1,\"entity_id\":\"5f0c9a1e-2-2\"},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"entity_id\":\"6f0c9a1e-1-2\"},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"entity_id\":\"5f0c9a1e-1-\"},"), -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"entity_id\":\"5f0c9a1e-1-18446744073709551616\"},"),
	  -EBADMSG },
	{ EXEC("\"process\":{\"pid\":1,\"name\":\"\xff\"},"), -EBADMSG },
	{ "{}", -EBADMSG },
	{ "[]", -EBADMSG },
	{ "null", -EBADMSG },
	{ "1", -EBADMSG },
	{ "nonsense", -EBADMSG },
	{ "{\"@timestamp\":\"yesterday\",\"event\":{\"action\":\"lost\"},\"proctrace\":{}}",
	  -EBADMSG },
	{ "{\"@timestamp\":\"2026-11-22T18:40:01Z\",\"event\":{\"action\":\"dance\"},\"proctrace\":{}}",
	  -EBADMSG },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		int r = result_of(lines[i].line, strlen(lines[i].line));

		if (r != lines[i].result)
			fail_msg("%s: %d", lines[i].line, r);
	}
	assert_int_equal(result_of("{\0}", 3), -EBADMSG);
}

static void test_a_deep_line(void **state)
{
	char log[5000];

	(void)state;
	memset(log, '[', sizeof(log));
	assert_int_equal(result_of(log, sizeof(log)), -EBADMSG);
}

/* By one reader, which knows the last list: each line has its own sets. */
static void test_capabilities(void **state)
{
	static const uint64_t sets[][2] = {
		{ 0, 0 },
		{ UINT64_MAX, UINT64_MAX },
		{ UINT64_MAX >> 24, 0xa80425fb },
		{ 0xa80425fb, 0 },
		{ 0xa80425fb, 0xa80425fb },
		{ UINT64_MAX >> 24, 1 },
		{ 1, 1ull << 63 },
		{ 1ull << 63, 1 },
		{ 0, UINT64_MAX >> 24 },
		{ 1ull << 40, 1u },
		{ 0x5555555555555555, 0xaaaa },
		{ 0, 0 },
	};
	struct buf line = { 0 };
	struct log_reader *reader;
	struct event e;

	(void)state;
	assert_int_equal(log_reader_new(json_emit, &reader), 0);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		sample_event(EVENT_EXEC, &e);
		e.proc.creds.cap[PTC_CAP_EFFECTIVE] = sets[i][0];
		e.proc.creds.cap[PTC_CAP_PERMITTED] = sets[i][1];
		buf_reset(&line);
		json_emit(&e, &line);
		assert_int_equal(log_reader_parse(reader, str_from(line.data, line.len - 1), &e),
				 1);
		/* Read the fast way. */
		assert_int_equal(log_reader_json(reader).len, line.len);
		assert_true(e.proc.creds.cap[PTC_CAP_EFFECTIVE] == sets[i][0]);
		assert_true(e.proc.creds.cap[PTC_CAP_PERMITTED] == sets[i][1]);
	}
	log_reader_free(reader);
	buf_done(&line);
}

/* A list that is none is none as often as it comes. */
static void test_no_capabilities(void **state)
{
	static const char *const lists[] = {
		"[\"CAP_CHOWX\"]",
		"[\"CAP_63\",\"CAP_64\"]",
		"[CAP_CHOWN]",
		"[\"CAP_CHOWN\",]",
		"[\"CAP_CHOWN\" \"CAP_KILL\"]",
		"[1]",
		"[\"CAP_CHOWN\"",
		"[\"]",
		"[[]]",
		"[\"\"]",
		"{}",
		"null",
	};
	static const struct str empty = STR_LITERAL("\"effective\":[]");
	struct buf line = { 0 }, bad = { 0 };
	struct log_reader *reader;
	const char *at;
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.creds.cap[PTC_CAP_EFFECTIVE] = 0;
	json_emit(&e, &line);
	at = memmem(line.data, line.len, empty.p, empty.len);
	assert_non_null(at);
	assert_int_equal(log_reader_new(json_emit, &reader), 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		buf_reset(&bad);
		buf_put(&bad, line.data, (size_t)(at - line.data) + empty.len - 2);
		buf_puts(&bad, lists[i]);
		buf_put(&bad, at + empty.len, line.len - 1 - (size_t)(at - line.data) - empty.len);
		for (int again = 0; again < 2; again++) {
			if (log_reader_parse(reader, str_from(bad.data, bad.len), &e) != -EBADMSG)
				fail_msg("%s", lists[i]);
		}
	}
	/* Spaces are no damage, but they are not what is written. */
	buf_reset(&bad);
	buf_put(&bad, line.data, (size_t)(at - line.data) + empty.len - 2);
	buf_puts(&bad, "[ \"CAP_KILL\" , \"CAP_CHOWN\" ]");
	buf_put(&bad, at + empty.len, line.len - 1 - (size_t)(at - line.data) - empty.len);
	assert_int_equal(log_reader_parse(reader, str_from(bad.data, bad.len), &e), 1);
	assert_int_equal(log_reader_json(reader).len, 0);
	assert_int_equal(e.proc.creds.cap[PTC_CAP_EFFECTIVE], 0x21);
	log_reader_free(reader);
	buf_done(&line);
	buf_done(&bad);
}

/* What a log puts into a line is no part of the event. */
static void test_in_a_log(void **state)
{
	struct buf line = { 0 }, stored = { 0 };
	struct chain chain = { .seq = 6 };
	struct log_reader *reader;
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	json_emit(&e, &line);
	assert_int_equal(chain_append(&chain, str_from(line.data, line.len), &stored), 0);
	assert_int_equal(result_of(stored.data, stored.len), 1);
	assert_int_equal(read_one(stored.data, stored.len, json_emit, &reader, &e), 1);
	assert_int_equal(log_reader_seq(reader), 7);
	assert_int_equal(log_reader_json(reader).len, line.len);
	assert_memory_equal(log_reader_json(reader).p, line.data, line.len);
	/* The next is no line of a log. */
	assert_int_equal(log_reader_parse(reader, str_from(line.data, line.len - 1), &e), 1);
	assert_int_equal(log_reader_seq(reader), 0);
	log_reader_free(reader);
	/* Braces that are only nearly those that end a line. */
	line.data[line.len - 2] = 'x';
	assert_int_equal(result_of(line.data, line.len), -EBADMSG);
	buf_done(&line);
	buf_done(&stored);
}

#define OWN(action, fields)                                                                  \
	"{\"@timestamp\":\"2026-11-22T18:40:01Z\",\"event\":{\"action\":\"" action           \
	"\"},\"agent\":{\"version\":\"1.2\"},\"host\":{\"hostname\":\"h\",\"boot\":{\"id\":" \
	"\"b\"},\"os\":{\"kernel\":\"6.1\"}},\"proctrace\":{\"schema\":1" fields "}}"

static void test_records_of_the_log_itself(void **state)
{
	static const char open[] =
		OWN("log-open",
		    ",\"log_open\":{\"reason\":\"restart\",\"previous\":{\"closed\":true,\"end\":"
		    "\"2026-11-22T18:40:00Z\"},\"unrecorded_ns\":5,\"fragment\":{\"bytes\":7}}");
	static const char close[] =
		OWN("log-close", ",\"log_close\":{\"reason\":\"end\",\"records\":3,\"lost\":2}");
	static const char damaged[] = OWN("log-close", ",\"log_close\":{\"records\":-1}");
	const struct log_own *own;
	struct log_reader *reader;
	struct event e;

	(void)state;
	assert_int_equal(read_one(open, sizeof(open) - 1, json_emit, &reader, &e), 0);
	own = log_reader_own(reader);
	assert_true(str_eq(own->action, STR_LITERAL("log-open")));
	assert_true(str_eq(own->version, STR_LITERAL("1.2")));
	assert_true(str_eq(own->hostname, STR_LITERAL("h")));
	assert_true(str_eq(own->boot_id, STR_LITERAL("b")));
	assert_true(str_eq(own->kernel, STR_LITERAL("6.1")));
	assert_true(str_eq(own->reason, STR_LITERAL("restart")));
	assert_true(own->has_previous && own->previous_closed);
	assert_int_equal(own->wall_ns - own->previous_wall_ns, 1000000000);
	assert_int_equal(own->unrecorded_ns, 5);
	assert_int_equal(own->fragment_bytes, 7);
	log_reader_free(reader);
	assert_int_equal(read_one(close, sizeof(close) - 1, json_emit, &reader, &e), 0);
	own = log_reader_own(reader);
	assert_int_equal(own->records, 3);
	assert_int_equal(own->lost, 2);
	assert_false(own->has_previous);
	log_reader_free(reader);
	assert_int_equal(result_of(damaged, sizeof(damaged) - 1), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_without_each_fact),
		cmocka_unit_test(test_random_text),
		cmocka_unit_test(test_numbers_at_their_ends),
		cmocka_unit_test(test_long_arguments),
		cmocka_unit_test(test_each_prefix_is_damaged),
		cmocka_unit_test(test_each_byte_changed),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_a_deep_line),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_no_capabilities),
		cmocka_unit_test(test_in_a_log),
		cmocka_unit_test(test_records_of_the_log_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
