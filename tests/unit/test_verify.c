// SPDX-License-Identifier: Apache-2.0
/*
 * test_verify.c - logs that were changed, cut, reordered, rebuilt; and logs that were not
 *
 * Long because each thing an attacker may try is a log of its own.
 */
#include "log/verify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <sodium.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/timefmt.h"
#include "log/chain.h"
#include "log/sealed.h"

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define START	   INT64_C(1795939200) /* of the key, seconds */
#define LINES_MAX  64
#define FILES_MAX  4

/* What a log is made with. */
struct maker {
	struct chain chain;
	struct sealkey key;
	bool sealing;
	int64_t now_s;
};

/* A log as it lies there: lines of files. */
struct made {
	char *lines[FILES_MAX][LINES_MAX]; /* with their newline */
	size_t len[FILES_MAX];
	size_t files;
};

static struct verifykey key;
static char *kept[4096];
static size_t kept_len;

/* Lives to the end of the test. */
static char *keep(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	assert_true(kept_len < ROWS(kept));
	kept[kept_len++] = copy;
	return copy;
}

static int set_up_all(void **state)
{
	(void)state;
	if (chain_ready() < 0)
		return -1;
	verifykey_make(&key, (uint64_t)START);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	while (kept_len)
		free(kept[--kept_len]);
	return 0;
}

static struct maker maker(bool sealing)
{
	struct maker m = { .sealing = sealing, .now_s = START + 30 };

	sealkey_first(&key, &m.key);
	return m;
}

/* One stored line: of a record about the log if own is not NULL. */
static char *record(struct maker *m, const char *action, const char *own, bool sealed)
{
	struct buf line = {}, sealed_line = {}, out = {};
	char time[TIMEFMT_UTC_LEN];
	uint64_t slot;
	char *copy;

	timefmt_utc(time, m->now_s * (int64_t)NSEC_PER_SEC);
	buf_printf(&line,
		   "{\"@timestamp\":\"%.*s\",\"ecs\":{\"version\":\"8.11.0\"},\"event\":{\"kind\":"
		   "\"event\",\"action\":\"%s\"},\"proctrace\":{\"schema\":1%s%s}}\n",
		   TIMEFMT_UTC_LEN, time, action, own ? "," : "", own ? own : "");
	if (sealed && m->sealing) {
		assert_int_equal(sealed_append(&m->key, &m->chain, str_from(line.data, line.len),
					       &sealed_line),
				 0);
		slot = sealkey_slot_of((uint64_t)START, m->now_s * (int64_t)NSEC_PER_SEC);
		/* The key does not go back, whatever the clock says. */
		slot = slot > m->key.slot ? slot : m->key.slot;
		assert_true(sealkey_wind(&m->key, m->key.epoch + 1, slot));
		buf_reset(&line);
		buf_put(&line, sealed_line.data, sealed_line.len);
	}
	assert_int_equal(chain_append(&m->chain, str_from(line.data, line.len), &out), 0);
	copy = keep(out.data, out.len);
	buf_done(&line);
	buf_done(&sealed_line);
	buf_done(&out);
	m->now_s += 10;
	return copy;
}

static void add(struct made *log, char *line)
{
	size_t f = log->files - 1;

	assert_true(log->len[f] < LINES_MAX);
	log->lines[f][log->len[f]++] = line;
}

static void begin_file(struct maker *m, struct made *log, const char *reason)
{
	char own[64];

	snprintf(own, sizeof(own), "\"log_open\":{\"reason\":\"%s\"}", reason);
	assert_true(log->files++ < FILES_MAX);
	add(log, record(m, "log-open", own, true));
}

static void events(struct maker *m, struct made *log, int n)
{
	for (int i = 0; i < n; i++)
		add(log, record(m, "exec", NULL, false));
}

static void seal(struct maker *m, struct made *log)
{
	if (m->sealing)
		add(log, record(m, "log-seal", NULL, true));
}

static void end_file(struct maker *m, struct made *log, const char *reason)
{
	char own[64];

	snprintf(own, sizeof(own), "\"log_close\":{\"reason\":\"%s\"}", reason);
	add(log, record(m, "log-close", own, true));
}

/*
 * Three files of seven records, six without seals: open, event, event, seal, event, event,
 * close. With seals the epochs are 0 to 8.
 */
static struct made usual_log(struct maker *m)
{
	struct made log = {};

	for (int f = 0; f < 3; f++) {
		begin_file(m, &log, f ? "rotate" : "open");
		events(m, &log, 2);
		seal(m, &log);
		events(m, &log, 2);
		end_file(m, &log, f < 2 ? "rotate" : "end");
	}
	return log;
}

static void remove_line(struct made *log, size_t file, size_t line)
{
	memmove(&log->lines[file][line], &log->lines[file][line + 1],
		(log->len[file] - line - 1) * sizeof(log->lines[0][0]));
	log->len[file]--;
}

static void insert_line(struct made *log, size_t file, size_t line, char *text)
{
	memmove(&log->lines[file][line + 1], &log->lines[file][line],
		(log->len[file] - line) * sizeof(log->lines[0][0]));
	log->lines[file][line] = text;
	log->len[file]++;
}

static void remove_file(struct made *log, size_t file)
{
	for (size_t f = file; f + 1 < log->files; f++) {
		memcpy(log->lines[f], log->lines[f + 1], sizeof(log->lines[f]));
		log->len[f] = log->len[f + 1];
	}
	log->files--;
}

static int file_of(const char *data, size_t len)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static const char *const names[FILES_MAX] = { "a", "b", "c", "d" };

/* Ones of the stack: only the finding's file outlives it, and that is a literal. */
static struct verify_result verify_fds(const int *fds, size_t len, const struct verifykey *with,
				       const struct sealkey *sealing)
{
	struct verify_result result;
	struct verify *v = NULL;
	int r = 0;

	assert_int_equal(verify_new(with, &v), 0);
	for (size_t f = 0; f < len; f++) {
		struct log_file file = { .path = names[f], .name = names[f] };

		assert_int_equal(log_source_new(fds[f], &file.source), 0);
		if (r == 0)
			r = verify_file(v, &file);
		assert_true(r >= 0);
		log_source_free(file.source);
	}
	result = *verify_end(v, sealing);
	assert_true(r == 0 || result.found.problem);
	verify_free(v);
	return result;
}

static struct verify_result verify(const struct made *log, bool with_key)
{
	int fds[FILES_MAX];

	for (size_t f = 0; f < log->files; f++) {
		struct buf text = {};

		for (size_t i = 0; i < log->len[f]; i++)
			buf_puts(&text, log->lines[f][i]);
		fds[f] = file_of(text.data ? text.data : "", text.len);
		buf_done(&text);
	}
	return verify_fds(fds, log->files, with_key ? &key : NULL, NULL);
}

static void expect(const struct made *log, bool with_key, enum verify_problem problem,
		   const char *file, uint64_t line, uint64_t seq)
{
	struct verify_result r = verify(log, with_key);

	if (r.found.problem != problem || r.found.seq != seq || r.found.line != line ||
	    (file && (!r.found.file || strcmp(r.found.file, file) != 0)))
		fail_msg("%s at %s:%llu, record %llu: %s", verify_problem_name(r.found.problem),
			 r.found.file ? r.found.file : "-", (unsigned long long)r.found.line,
			 (unsigned long long)r.found.seq, r.found.text);
	/* It stands before the text. */
	if (strstr(r.found.text, verify_problem_name(problem)))
		fail_msg("said twice: %s: %s", verify_problem_name(problem), r.found.text);
}

static void expect_fine(const struct made *log, bool with_key)
{
	expect(log, with_key, VERIFY_FINE, NULL, 0, 0);
}

/* ---- nothing was done ---- */

static void test_untouched(void **state)
{
	struct maker plain = maker(false), sealed = maker(true);
	struct made log = usual_log(&plain);
	struct verify_result r;

	(void)state;
	expect_fine(&log, false);
	log = usual_log(&sealed);
	expect_fine(&log, false);
	expect_fine(&log, true);
	r = verify(&log, true);
	assert_int_equal(r.files, 3);
	assert_int_equal(r.records, 21);
	assert_int_equal(r.first_seq, 1);
	assert_int_equal(r.last_seq, 21);
	assert_int_equal(r.seals, 9);
	assert_int_equal(r.first_epoch, 0);
	assert_int_equal(r.last_epoch, 8);
	assert_int_equal(r.sealed_seq, 21);
	assert_int_equal(r.crashes, 0);
}

static void test_retention(void **state)
{
	struct maker m = maker(true);
	struct made log = usual_log(&m);
	struct verify_result r;

	(void)state;
	remove_file(&log, 0);
	expect_fine(&log, false);
	expect_fine(&log, true);
	r = verify(&log, true);
	assert_int_equal(r.first_seq, 8);
	assert_int_equal(r.first_epoch, 3);
	remove_file(&log, 0);
	expect_fine(&log, true);
}

/* A log that was not sealed, and then was. */
static void test_sealed_later(void **state)
{
	struct maker m = maker(false);
	struct made log = {};
	struct verify_result r;

	(void)state;
	begin_file(&m, &log, "open");
	events(&m, &log, 3);
	end_file(&m, &log, "rotate");
	m.sealing = true;
	begin_file(&m, &log, "open");
	end_file(&m, &log, "end");
	expect_fine(&log, true);
	r = verify(&log, true);
	assert_int_equal(r.sealed_from, 6);
	m.sealing = false;
	begin_file(&m, &log, "open");
	events(&m, &log, 1);
	end_file(&m, &log, "end");
	expect_fine(&log, false);
	expect(&log, true, VERIFY_UNSEALED, "c", 3, 8);
}

/* What a crash left: one line, several, with a newline at its end, or nothing at all. */
static void test_crash(void **state)
{
	static const struct {
		const char *torn, *line; /* as it was, and as it stands there */
	} rows[] = {
		{ "{\"@times", "{\"@times\n" },
		{ "one\ntwo", "one\ntwo\n" },
		{ "one\n\n", "one\n\n" },
		{ "one\n", "one\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct maker m = maker(true);
		struct made log = {};
		unsigned char hash[CHAIN_BYTES];
		char hex[2 * CHAIN_BYTES + 1], own[256];
		struct verify_result r;

		begin_file(&m, &log, "open");
		events(&m, &log, 2);
		add(&log, keep(rows[i].line, strlen(rows[i].line)));
		crypto_generichash(hash, sizeof(hash), (const unsigned char *)rows[i].torn,
				   strlen(rows[i].torn), NULL, 0);
		sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
		snprintf(own, sizeof(own),
			 "\"log_open\":{\"reason\":\"restart\",\"fragment\":{\"bytes\":%zu,"
			 "\"hash\":\"%s\"}}",
			 strlen(rows[i].torn), hex);
		add(&log, record(&m, "log-open", own, true));
		events(&m, &log, 1);
		end_file(&m, &log, "end");
		expect_fine(&log, true);
		r = verify(&log, true);
		assert_int_equal(r.crashes, 1);
		assert_int_equal(r.fragments, 1);
		/* Another fragment, none, and one more. */
		log.lines[0][3] = keep("other\n", 6);
		expect(&log, true, VERIFY_CHANGED, "a", 4, 4);
		remove_line(&log, 0, 3);
		expect(&log, true, VERIFY_REMOVED, "a", 4, 4);
		insert_line(&log, 0, 3, keep(rows[i].line, strlen(rows[i].line)));
		insert_line(&log, 0, 3, keep("more\n", 5));
		expect(&log, true, VERIFY_CHANGED, "a", 4, 4);
	}
}

static void test_crash_without_a_trace(void **state)
{
	struct maker m = maker(true);
	struct made log = {};

	(void)state;
	begin_file(&m, &log, "open");
	events(&m, &log, 2);
	add(&log, record(&m, "log-open", "\"log_open\":{\"reason\":\"restart\"}", true));
	end_file(&m, &log, "end");
	expect_fine(&log, true);
	assert_int_equal(verify(&log, true).crashes, 1);
}

/* The chain goes on from what was written, and not from what the disk kept. */
static void test_disk_failed(void **state)
{
	struct maker m = maker(true);
	struct made log = {};

	(void)state;
	begin_file(&m, &log, "open");
	events(&m, &log, 4);
	log.len[0] = 3;
	add(&log,
	    record(&m, "log-open", "\"log_open\":{\"reason\":\"reopen\",\"missing\":2}", true));
	end_file(&m, &log, "end");
	expect(&log, false, VERIFY_REMOVED, "a", 4, 4);
	assert_non_null(strstr(verify(&log, true).found.text, "a disk that failed"));
}

/* Lines of a version that made no chain. */
static void test_older_version(void **state)
{
	struct maker m = maker(false);
	struct made log = { .files = 1 };

	(void)state;
	add(&log, keep("{\"old\":1}\n", 10));
	add(&log, keep("{\"old\":2}\n", 10));
	add(&log,
	    record(&m, "log-open",
		   "\"log_open\":{\"reason\":\"open\",\"previous\":{\"unchained\":true}}", false));
	end_file(&m, &log, "end");
	expect_fine(&log, false);
	assert_int_equal(verify(&log, false).unchained, 2);
	/* The record that says so says it of the beginning. */
	log.lines[0][2] = record(&m, "log-open", NULL, false);
	expect(&log, false, VERIFY_CHANGED, "a", 1, 3);
}

/* ---- somebody who may write the files ---- */

static char *changed(const char *line, const char *from, const char *to)
{
	char *copy = keep(line, strlen(line));
	char *at = strstr(copy, from);

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	return copy;
}

static void test_changed(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct made log = whole;

	(void)state;
	log.lines[1][2] = changed(log.lines[1][2], "exec", "exit");
	expect(&log, false, VERIFY_CHANGED, "b", 3, 10);
	log = whole;
	log.lines[0][0] = changed(log.lines[0][0], "8.11.0", "8.11.1");
	expect(&log, false, VERIFY_CHANGED, "a", 1, 1);
	/* Its number, and so that it is none any more; its newline. */
	log = whole;
	log.lines[1][2] = changed(log.lines[1][2], "\"seq\":10,", "\"seq\":99,");
	expect(&log, false, VERIFY_CHANGED, "b", 3, 10);
	log.lines[1][2] = changed(whole.lines[1][2], "\"seq\":10,", "\"seq\":09,");
	expect(&log, false, VERIFY_CHANGED, "b", 3, 10);
	log.lines[1][2] = changed(whole.lines[1][2], "\"}}}\n", "\"}}} ");
	expect(&log, false, VERIFY_REMOVED, "b", 3, 10);
	/* The very last, and the first of what retention left. */
	log = whole;
	log.lines[2][6] = changed(log.lines[2][6], "\"end\"", "\"eNd\"");
	expect(&log, false, VERIFY_CHANGED, "c", 7, 21);
	log = whole;
	remove_file(&log, 0);
	log.lines[0][0] = changed(log.lines[0][0], "8.11.0", "8.11.1");
	expect(&log, false, VERIFY_CHANGED, "a", 1, 8);
	expect(&log, true, VERIFY_CHANGED, "a", 1, 8);
}

static void test_removed(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct made log = whole;

	(void)state;
	remove_line(&log, 1, 2);
	expect(&log, false, VERIFY_REMOVED, "b", 3, 10);
	log = whole;
	remove_line(&log, 1, 2);
	remove_line(&log, 1, 2);
	expect(&log, false, VERIFY_REMOVED, "b", 3, 10);
	/* The first of all, the first of a file, the last of one, and a whole one. */
	log = whole;
	remove_line(&log, 0, 0);
	expect(&log, false, VERIFY_REMOVED, "a", 1, 2);
	log = whole;
	remove_line(&log, 1, 0);
	expect(&log, false, VERIFY_REMOVED, "b", 1, 8);
	log = whole;
	remove_line(&log, 0, 6);
	expect(&log, false, VERIFY_REMOVED, "b", 1, 7);
	log = whole;
	remove_file(&log, 1);
	expect(&log, false, VERIFY_REMOVED, "b", 1, 8);
}

static void test_inserted(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct made log = whole;

	(void)state;
	insert_line(&log, 1, 3, log.lines[1][2]);
	expect(&log, false, VERIFY_INSERTED, "b", 4, 10);
	log = whole;
	insert_line(&log, 1, 3, changed(log.lines[1][3], "log-seal", "log-seaL"));
	expect(&log, false, VERIFY_INSERTED, "b", 4, 11);
	log = whole;
	insert_line(&log, 1, 3, keep("anything\n", 9));
	expect(&log, false, VERIFY_INSERTED, "b", 4, 11);
	log = whole;
	insert_line(&log, 1, 3, keep("\n", 1));
	expect(&log, false, VERIFY_INSERTED, "b", 4, 11);
	log = whole;
	insert_line(&log, 2, 7, keep("anything\n", 9));
	expect(&log, false, VERIFY_INSERTED, "c", 8, 22);
}

static void test_reordered(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct made log = whole;

	(void)state;
	log.lines[1][2] = whole.lines[1][3];
	log.lines[1][3] = whole.lines[1][2];
	expect(&log, false, VERIFY_REORDERED, "b", 3, 10);
	/* Far from each other, and the last two. */
	log = whole;
	log.lines[0][1] = whole.lines[2][4];
	log.lines[2][4] = whole.lines[0][1];
	expect(&log, false, VERIFY_REORDERED, "a", 2, 2);
	log = whole;
	log.lines[2][5] = whole.lines[2][6];
	log.lines[2][6] = whole.lines[2][5];
	expect(&log, false, VERIFY_REORDERED, "c", 6, 20);
	/* The beginning of the log. */
	log = whole;
	log.lines[0][0] = whole.lines[0][1];
	log.lines[0][1] = whole.lines[0][0];
	expect(&log, false, VERIFY_REMOVED, "a", 1, 2);
}

static void test_cut(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct made log = whole;

	(void)state;
	log.len[2]--;
	expect(&log, false, VERIFY_CUT, "c", 6, 21);
	log.len[2] = 0;
	expect(&log, false, VERIFY_CUT, "c", 7, 15);
	log = whole;
	log.files = 2;
	expect(&log, false, VERIFY_CUT, "b", 7, 15);
	log = whole;
	log.lines[2][6] = keep(log.lines[2][6], strlen(log.lines[2][6]) - 1);
	expect(&log, false, VERIFY_CUT, "c", 7, 21);
	log.lines[2][6] = keep(log.lines[2][6], 20);
	expect(&log, false, VERIFY_CUT, "c", 7, 21);
	log = (struct made){ .files = 1 };
	expect(&log, false, VERIFY_CUT, NULL, 0, 0);
	add(&log, keep("no log at all\n", 14));
	expect(&log, false, VERIFY_CHANGED, "a", 1, 0);
}

/* ---- somebody who is root at some time, and has the key of that time ---- */

/* What he has: the key after the usual log. */
static struct maker thief_of(const struct maker *m)
{
	struct maker thief = *m;

	thief.chain = (struct chain){};
	return thief;
}

static void test_chain_made_anew(void **state)
{
	struct maker m = maker(true);
	const struct made whole = usual_log(&m);
	struct maker thief = maker(false);
	struct made log;

	(void)state;
	/* Without any seal. */
	log = usual_log(&thief);
	expect_fine(&log, false);
	expect(&log, true, VERIFY_UNSEALED, "c", 6, 1);
	/* With the seals of the log in their places: one event is another, the chain anew. */
	log = (struct made){ .files = whole.files };
	thief = maker(false);
	for (size_t f = 0; f < whole.files; f++) {
		for (size_t i = 0; i < whole.len[f]; i++) {
			struct chain_parts parts;
			struct buf line = {}, out = {};
			char *text = whole.lines[f][i];

			if (f == 1 && i == 1)
				text = changed(text, "exec", "exit");
			assert_true(chain_split(str_from(text, strlen(text) - 1), &parts));
			buf_str(&line, parts.body);
			buf_puts(&line, "}}");
			assert_int_equal(
				chain_append(&thief.chain, str_from(line.data, line.len), &out), 0);
			log.lines[f][log.len[f]++] = keep(out.data, out.len);
			buf_done(&line);
			buf_done(&out);
		}
	}
	expect_fine(&log, false);
	expect(&log, true, VERIFY_REBUILT, "b", 4, 9);
}

static void test_all_made_anew(void **state)
{
	struct maker m = maker(true), thief;
	struct made log;

	(void)state;
	usual_log(&m);
	/* From the first record on, with all the keys that are left. */
	thief = thief_of(&m);
	thief.now_s = START + 30;
	log = usual_log(&thief);
	expect_fine(&log, false);
	expect(&log, true, VERIFY_REBUILT, "a", 1, 1);
	/* With epochs that are not his. */
	thief = thief_of(&m);
	thief.key.epoch = 0;
	log = usual_log(&thief);
	expect(&log, true, VERIFY_REBUILT, "a", 1, 1);
}

/* He lets retention have taken the beginning, and makes up what came after. */
static void test_past_made_up(void **state)
{
	struct maker m = maker(true), thief;
	struct made log;

	(void)state;
	m.now_s += 86400;
	usual_log(&m);
	thief = thief_of(&m);
	thief.chain.seq = 1000;
	log = usual_log(&thief);
	/* That he can: from the time on when he has the key. */
	expect_fine(&log, true);
	/* But not of the day before, whatever slot he claims. */
	thief = thief_of(&m);
	thief.chain.seq = 1000;
	thief.now_s = START + 3600;
	log = usual_log(&thief);
	expect_fine(&log, false);
	expect(&log, true, VERIFY_BACKDATED, "a", 1, 1001);
	thief = thief_of(&m);
	thief.chain.seq = 1000;
	thief.now_s = START + 3600;
	thief.key.slot = 60;
	log = usual_log(&thief);
	expect(&log, true, VERIFY_REBUILT, "a", 1, 1001);
	/* Nor before the first seal. */
	thief = thief_of(&m);
	thief.chain.seq = 1000;
	thief.sealing = false;
	log = (struct made){};
	begin_file(&thief, &log, "rotate");
	events(&thief, &log, 2);
	thief.sealing = true;
	seal(&thief, &log);
	end_file(&thief, &log, "end");
	expect(&log, true, VERIFY_UNSEALED, "a", 4, 1001);
	/* Nor by saying the time twice. */
	thief = thief_of(&m);
	thief.chain.seq = 1000;
	log = (struct made){};
	begin_file(&thief, &log, "rotate");
	add(&log,
	    record(&thief, "exec",
		   "\"x\":1},\"@timestamp\":\"2026-11-29T00:00:00.000000000Z\",\"y\":{\"z\":1",
		   false));
	end_file(&thief, &log, "end");
	expect(&log, true, VERIFY_BACKDATED, "a", 2, 1002);
}

/* He cuts the end off and goes on. */
static void test_cut_and_gone_on(void **state)
{
	struct maker m = maker(true), thief, then;
	struct made log = {}, honest;

	(void)state;
	begin_file(&m, &log, "open");
	events(&m, &log, 2);
	seal(&m, &log);
	then = m; /* where the cut is */
	honest = log;
	events(&m, &log, 2);
	seal(&m, &log);
	events(&m, &log, 1);
	/* He has the key of now, and writes what looks like a restart after a crash. */
	thief = m;
	thief.chain = then.chain;
	log = honest;
	add(&log, record(&thief, "log-open", "\"log_open\":{\"reason\":\"restart\"}", true));
	events(&thief, &log, 2);
	end_file(&thief, &log, "end");
	expect_fine(&log, false);
	expect(&log, true, VERIFY_REMOVED, "a", 5, 4);
	/* Or with the number of a key that he does not have. */
	thief = m;
	thief.chain = then.chain;
	thief.key.epoch = then.key.epoch;
	log = honest;
	add(&log, record(&thief, "log-open", "\"log_open\":{\"reason\":\"restart\"}", true));
	end_file(&thief, &log, "end");
	expect(&log, true, VERIFY_REBUILT, "a", 5, 5);
	/* Or with an old seal once more. */
	log = honest;
	thief.chain = then.chain;
	thief.sealing = false;
	add(&log, record(&thief, "log-seal", strstr(honest.lines[0][3], "\"log_seal\""), false));
	assert_true(strlen(log.lines[0][4]) > strlen(honest.lines[0][3]));
	assert_int_not_equal(verify(&log, true).found.problem, VERIFY_FINE);
	/* What was not sealed yet he can write as he likes: that is what the interval is. */
	thief = m;
	thief.chain = then.chain;
	log = honest;
	thief.key = then.key;
	events(&thief, &log, 1);
	seal(&thief, &log);
	end_file(&thief, &log, "end");
	expect_fine(&log, true);
}

/* A seal that is there twice: a record of epoch 1 put where that of epoch 2 belongs. */
static void test_seal_replayed(void **state)
{
	struct maker m = maker(true), old;
	struct made log = {};

	(void)state;
	begin_file(&m, &log, "open");
	old = m;
	seal(&m, &log);
	old.chain = m.chain;
	add(&log, record(&old, "log-seal", NULL, true));
	end_file(&old, &log, "end");
	expect_fine(&log, false);
	expect(&log, true, VERIFY_REBUILT, "a", 3, 3);
}

/* The end that nobody sees in the log: the sealing key does. */
static void test_cut_at_a_clean_end(void **state)
{
	struct maker m = maker(true), now;
	struct made log = {}, before;
	struct verify_result r;
	int fd;

	(void)state;
	begin_file(&m, &log, "open");
	events(&m, &log, 1);
	end_file(&m, &log, "end");
	before = log;
	now = m;
	add(&log, record(&m, "log-open", "\"log_open\":{\"reason\":\"open\"}", true));
	events(&m, &log, 1);
	end_file(&m, &log, "end");
	expect_fine(&log, true);
	expect_fine(&before, true);
	for (int i = 0; i < 5; i++) {
		struct buf text = {};
		struct sealkey sealing = i == 0 ? now.key : m.key;

		for (size_t l = 0; l < before.len[0]; l++)
			buf_puts(&text, before.lines[0][l]);
		if (i == 2) /* of that number, but not that key */
			sealing.epoch = now.key.epoch;
		if (i == 3)
			sealing.id[0] ^= 1;
		if (i == 4)
			sealkey_first(&key, &sealing);
		fd = file_of(text.data, text.len);
		r = verify_fds(&fd, 1, &key, &sealing);
		buf_done(&text);
		assert_int_equal(r.found.problem, i == 0 ? VERIFY_FINE :
						  i == 1 ? VERIFY_CUT :
							   VERIFY_REBUILT);
	}
}

/* Of another log, of the same key or not. */
static void test_spliced(void **state)
{
	struct maker m = maker(true), other = maker(true);
	struct made log = usual_log(&m), another;
	struct verifykey mine = key;

	(void)state;
	other.now_s += 5;
	another = usual_log(&other);
	/* The same numbers, another time: a file, and a line. */
	memcpy(log.lines[1], another.lines[1], sizeof(log.lines[1]));
	expect(&log, false, VERIFY_CHANGED, "b", 1, 8);
	m = maker(true);
	log = usual_log(&m);
	log.lines[2][1] = another.lines[2][1];
	expect(&log, false, VERIFY_CHANGED, "c", 2, 16);
	/* One after the other. */
	m = maker(true);
	log = usual_log(&m);
	memcpy(log.lines[3], another.lines[0], sizeof(log.lines[3]));
	log.len[3] = another.len[0];
	log.files = 4;
	expect(&log, false, VERIFY_INSERTED, "d", 1, 1);
	/* Whole, but of another host. */
	verifykey_make(&key, (uint64_t)START);
	expect(&another, true, VERIFY_REBUILT, "a", 1, 1);
	expect_fine(&another, false);
	key = mine;
}

/* ---- whatever is in a file ---- */

static void test_hostile(void **state)
{
	struct verify_result r;
	size_t len = (size_t)64 << 20;
	char *data = calloc(1, len);
	int fds[2];

	(void)state;
	assert_non_null(data);
	/* Zeros without end, and then with a newline now and then. */
	fds[0] = file_of(data, len);
	for (size_t i = 0; i < len; i += 3)
		data[i] = '\n';
	fds[1] = file_of(data, len / 8);
	r = verify_fds(fds, 2, &key, NULL);
	assert_int_equal(r.found.problem, VERIFY_CHANGED);
	/* Numbers that are as large as they get: no time is spent on them. */
	{
		struct maker m = maker(true);
		struct made log = {};

		m.chain.seq = UINT64_MAX - 3;
		m.key.epoch = UINT64_MAX - 2;
		m.key.slot = UINT64_MAX - 2;
		log.files = 1;
		m.sealing = false;
		add(&log,
		    record(&m, "log-open", "\"log_open\":{\"fragment\":{\"bytes\":-1}}", false));
		expect(&log, false, VERIFY_CHANGED, "a", 1, UINT64_MAX - 2);
	}
	free(data);
}

static void test_hostile_numbers(void **state)
{
	static const uint64_t numbers[] = { UINT64_C(1) << 40, UINT64_MAX, SEALKEY_STEPS_MAX + 1 };

	(void)state;
	for (size_t i = 0; i < 2 * ROWS(numbers); i++) {
		struct maker m = maker(true);
		struct made log = { .files = 1 };
		struct buf line = {}, out = {};

		m.chain.seq = UINT64_MAX - 10;
		m.key.epoch = i % 2 ? numbers[i / 2] : 5;
		m.key.slot = i % 2 ? 5 : numbers[i / 2];
		buf_puts(&line, "{\"@timestamp\":\"2026-11-29T00:00:00.000000000Z\",\"event\":{"
				"\"action\":\"log-open\"},\"proctrace\":{\"schema\":1}}\n");
		assert_int_equal(
			sealed_append(&m.key, &m.chain, str_from(line.data, line.len), &out), 0);
		buf_reset(&line);
		assert_int_equal(chain_append(&m.chain, str_from(out.data, out.len), &line), 0);
		add(&log, keep(line.data, line.len));
		expect(&log, true, VERIFY_REBUILT, "a", 1, UINT64_MAX - 9);
		buf_done(&line);
		buf_done(&out);
	}
}

/* Compressed, and damaged. */
static void test_compressed(void **state)
{
	struct maker m = maker(true);
	struct made log = usual_log(&m);
	struct buf text = {};
	char *packed = malloc(1 << 16);
	z_stream z = {};
	struct verify_result r;
	size_t len;
	int fd;

	(void)state;
	for (size_t f = 0; f < 3; f++) {
		for (size_t i = 0; i < log.len[f]; i++)
			buf_puts(&text, log.lines[f][i]);
	}
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)text.data;
	z.avail_in = (unsigned int)text.len;
	z.next_out = (unsigned char *)packed;
	z.avail_out = 1 << 16;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	len = z.total_out;
	deflateEnd(&z);
	fd = file_of(packed, len);
	r = verify_fds(&fd, 1, &key, NULL);
	assert_int_equal(r.found.problem, VERIFY_FINE);
	assert_int_equal(r.records, 21);
	fd = file_of(packed, len / 2);
	r = verify_fds(&fd, 1, &key, NULL);
	assert_int_equal(r.found.problem, VERIFY_CHANGED);
	packed[len / 2] ^= 1;
	fd = file_of(packed, len);
	r = verify_fds(&fd, 1, &key, NULL);
	assert_int_not_equal(r.found.problem, VERIFY_FINE);
	buf_done(&text);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_untouched, tear_down),
		cmocka_unit_test_teardown(test_retention, tear_down),
		cmocka_unit_test_teardown(test_sealed_later, tear_down),
		cmocka_unit_test_teardown(test_crash, tear_down),
		cmocka_unit_test_teardown(test_crash_without_a_trace, tear_down),
		cmocka_unit_test_teardown(test_disk_failed, tear_down),
		cmocka_unit_test_teardown(test_older_version, tear_down),
		cmocka_unit_test_teardown(test_changed, tear_down),
		cmocka_unit_test_teardown(test_removed, tear_down),
		cmocka_unit_test_teardown(test_inserted, tear_down),
		cmocka_unit_test_teardown(test_reordered, tear_down),
		cmocka_unit_test_teardown(test_cut, tear_down),
		cmocka_unit_test_teardown(test_chain_made_anew, tear_down),
		cmocka_unit_test_teardown(test_all_made_anew, tear_down),
		cmocka_unit_test_teardown(test_past_made_up, tear_down),
		cmocka_unit_test_teardown(test_cut_and_gone_on, tear_down),
		cmocka_unit_test_teardown(test_seal_replayed, tear_down),
		cmocka_unit_test_teardown(test_cut_at_a_clean_end, tear_down),
		cmocka_unit_test_teardown(test_spliced, tear_down),
		cmocka_unit_test_teardown(test_hostile, tear_down),
		cmocka_unit_test_teardown(test_hostile_numbers, tear_down),
		cmocka_unit_test_teardown(test_compressed, tear_down),
	};

	return cmocka_run_group_tests_name("verify", tests, set_up_all, NULL);
}
