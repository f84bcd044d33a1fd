// SPDX-License-Identifier: Apache-2.0
/*
 * test_tail.c - how far a log got, whatever its end looks like
 */
#include "log/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "log_rig.h"

#define LINE(n) "{\"@timestamp\":\"2026-01-02T03:04:0" #n ".000000000Z\",\"a\":{\"b\":" #n "}}\n"
#define CLOSE                                                                       \
	"{\"@timestamp\":\"2026-01-02T03:04:09.000000000Z\",\"a\":{\"log_close\":{" \
	"\"reason\":\"end\"}}}\n"

/* A file of these records, and this behind them; -1: what tail_read() says is an error. */
static int read_tail(struct log_rig *r, const char *const lines[], const char *behind, size_t len,
		     struct tail *ret_tail)
{
	_cleanup_close_ int fd = -1;
	struct chain chain = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; lines && lines[i]; i++)
		assert_int_equal(chain_append(&chain, str_of(lines[i]), &text), 0);
	unlink(r->path);
	rig_write(r->path, text.data ? text.data : "", text.len);
	rig_write(r->path, behind, len);
	buf_done(&text);
	fd = open(r->path, O_RDONLY);
	return tail_read(fd, ret_tail);
}

static void check_fragment(const struct tail *t, const char *data, size_t len)
{
	unsigned char hash[FRAGMENT_HASH_BYTES];

	assert_int_equal(t->fragment.bytes, len);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)data, len, NULL, 0);
	assert_memory_equal(t->fragment.hash, hash, sizeof(hash));
}

static void test_ends(void **state)
{
	static const char *const two[] = { LINE(1), LINE(2), NULL };
	static const char *const closed[] = { LINE(1), LINE(2), CLOSE, NULL };
	static const char nul[] = "{\"@timestamp\":\"\0\0\0\0\"chain\":\"\"}}}\n";
	struct log_rig *r = *state;
	struct tail t;

	assert_int_equal(read_tail(r, two, "", 0, &t), 0);
	assert_int_equal(t.chain.seq, 2);
	assert_false(t.closed);
	assert_int_equal(t.fragment.bytes, 0);
	assert_true(t.wall_ns - t.first_wall_ns == 1000000000);
	assert_int_equal(read_tail(r, closed, "", 0, &t), 0);
	assert_int_equal(t.chain.seq, 3);
	assert_true(t.closed);
	/* A line without its end, one that is whole but no record, blocks that never came. */
	assert_int_equal(read_tail(r, two, "{\"@timesta", 10, &t), 0);
	assert_int_equal(t.chain.seq, 2);
	check_fragment(&t, "{\"@timesta", 10);
	assert_int_equal(read_tail(r, two, "nonsense\n\nmore", 14, &t), 0);
	check_fragment(&t, "nonsense\n\nmore", 14);
	assert_int_equal(read_tail(r, two, nul, sizeof(nul) - 1, &t), 0);
	assert_int_equal(t.chain.seq, 2);
	check_fragment(&t, nul, sizeof(nul) - 1);
}

/* After a power failure a block in the midst of a record may never have come. */
static void test_hole(void **state)
{
	static const char *const two[] = { LINE(1), LINE(2), NULL };
	struct log_rig *r = *state;
	_cleanup_close_ int fd = -1;
	struct tail t;
	size_t first;

	assert_int_equal(read_tail(r, (const char *const[]){ LINE(1), NULL }, "", 0, &t), 0);
	first = rig_size(r->path);
	assert_int_equal(read_tail(r, two, "", 0, &t), 0);
	fd = open(r->path, O_RDWR);
	assert_int_equal(pwrite(fd, "\0\0\0\0", 4, (off_t)first + 20), 4);
	assert_int_equal(tail_read(fd, &t), 0);
	assert_int_equal(t.chain.seq, 1);
	assert_int_equal(t.fragment.bytes, rig_size(r->path) - first);
}

/* A torn record can be as long as a record may be, and longer than what is read at once. */
static void test_long_end(void **state)
{
	static const char *const one[] = { LINE(1), NULL };
	struct log_rig *r = *state;
	size_t len = 5 << 20;
	char *text = malloc(len);
	struct tail t;

	assert_non_null(text);
	memset(text, 'x', len);
	assert_int_equal(read_tail(r, one, text, len, &t), 0);
	assert_int_equal(t.chain.seq, 1);
	check_fragment(&t, text, len);
	free(text);
}

static void test_without_records(void **state)
{
	struct log_rig *r = *state;
	struct tail t;

	assert_int_equal(read_tail(r, NULL, "", 0, &t), 0);
	assert_int_equal(t.chain.seq, 0);
	assert_false(t.unchained);
	assert_int_equal(t.fragment.bytes, 0);
	/* The beginning of a first record. */
	assert_int_equal(read_tail(r, NULL, "{\"@tim", 6, &t), 0);
	assert_false(t.unchained);
	check_fragment(&t, "{\"@tim", 6);
	/* Of a version that made no chain. */
	assert_int_equal(read_tail(r, NULL, LINE(1) LINE(2), strlen(LINE(1) LINE(2)), &t), 0);
	assert_true(t.unchained);
	assert_int_equal(t.chain.seq, 0);
	/* Nothing of ours. */
	assert_int_equal(read_tail(r, NULL, "{\"time\":1}\n", 11, &t), -EBADMSG);
	assert_int_equal(read_tail(r, NULL, "x", 1, &t), -EBADMSG);
}

/* The words of a log-close, brought in by a process, do not make one. */
static void test_forged_close(void **state)
{
	static const char *const forged[] = {
		"{\"@timestamp\":\"2026-01-02T03:04:01.000000000Z\",\"args\":[\"\\\"log_close\\\":"
		"{\"],\"labels\":{\"log_close\":\"{\"},\"a\":{\"b\":1}}\n",
		NULL,
	};
	struct log_rig *r = *state;
	struct tail t;

	assert_int_equal(read_tail(r, forged, "", 0, &t), 0);
	assert_int_equal(t.chain.seq, 1);
	assert_false(t.closed);
}

static void test_closed_file(void **state)
{
	static const char *const closed[] = { LINE(1), LINE(2), CLOSE, NULL };
	struct log_rig *r = *state;
	_cleanup_close_ int dir_fd = open(r->dir, O_RDONLY | O_DIRECTORY);
	struct tail t, packed;
	char command[256];

	assert_int_equal(read_tail(r, closed, "", 0, &t), 0);
	assert_int_equal(tail_read_closed(dir_fd, "events", &packed), 0);
	assert_memory_equal(&packed.chain, &t.chain, sizeof(t.chain));
	snprintf(command, sizeof(command), "gzip %s", r->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(tail_read_closed(dir_fd, "events.gz", &packed), 0);
	assert_memory_equal(&packed.chain, &t.chain, sizeof(t.chain));
	assert_true(packed.closed);
	assert_int_equal(tail_read_closed(dir_fd, "none", &packed), -ENOENT);
	/* What is cut ends earlier; what is nothing of gzip's is an error. */
	assert_int_equal(truncate(rig_file(r, "events.gz"), 12), 0);
	assert_true(tail_read_closed(dir_fd, "events.gz", &packed) < 0);
}

#define rig_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(test_ends),	     rig_test(test_hole),
		rig_test(test_long_end),     rig_test(test_without_records),
		rig_test(test_forged_close), rig_test(test_closed_file),
	};

	if (chain_ready() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
