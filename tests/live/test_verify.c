// SPDX-License-Identifier: Apache-2.0
/*
 * test_verify - what was done to a log that a live run sealed, and what verify says of it
 *
 * Long because each thing that may be done to a log is a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "log/files.h"
#include "log/sealed.h"
#include "log/sealfile.h"
#include "scratch.h"
#include "sealed_log.h"

#define COPY	  "copy/audit.log"
#define FILES_MAX 64

/* A log as it lies there, file by file. */
struct made {
	char **lines[FILES_MAX]; /* with their newline */
	size_t len[FILES_MAX];
	size_t files;
};

/* The lines, and what is done to them, are the test's, which ends soon: no leak is looked for. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void add_line(struct made *log, const char *text, size_t len)
{
	size_t f = log->files - 1;
	char *line = malloc(len + 2);

	log->lines[f] = reallocarray(log->lines[f], log->len[f] + 1, sizeof(char *));
	if (!line || !log->lines[f])
		abort();
	memcpy(line, text, len);
	memcpy(line + len, "\n", 2);
	log->lines[f][log->len[f]++] = line;
}

static struct made load(const char *path)
{
	struct made log = { .files = 0 };
	struct log_files *files;
	struct log_line line;

	assert_int_equal(log_files_of(path, &files), 0);
	assert_true(log_files_len(files) <= FILES_MAX);
	for (size_t i = 0; i < log_files_len(files); i++) {
		log.files++;
		while (log_source_next(log_files_at(files, i)->source, &line) == 1)
			add_line(&log, line.text.p, line.text.len);
	}
	log_files_free(files);
	assert_true(log.files >= 4);
	return log;
}

/* The memory is the test's, which ends soon. */
static void remove_line(struct made *log, size_t file, size_t line)
{
	log->len[file]--;
	memmove(&log->lines[file][line], &log->lines[file][line + 1],
		(log->len[file] - line) * sizeof(char *));
}

static void remove_file(struct made *log, size_t file)
{
	log->files--;
	for (; file < log->files; file++) {
		log->lines[file] = log->lines[file + 1];
		log->len[file] = log->len[file + 1];
	}
}

static const char *name_of(const struct made *log, size_t file)
{
	static char name[64];

	if (file + 1 == log->files)
		return COPY;
	snprintf(name, sizeof(name), COPY ".%06zu", file + 1);
	return name;
}

/* As a log that was copied to an auditor's machine: readable for anybody. */
static void store(const struct made *log)
{
	command_free(command_run(NULL, argv_of("rm", "-rf", scratch_path("copy"))));
	for (size_t f = 0; f < log->files; f++) {
		struct buf text = {};

		for (size_t i = 0; i < log->len[f]; i++)
			buf_puts(&text, log->lines[f][i]);
		buf_putc(&text, '\0');
		scratch_write(name_of(log, f), text.data, 0644);
		buf_done(&text);
	}
}

/* The copy is not what was written, from this line on (from 0) of this file on. */
static void expect(const struct made *log, const char *problem, size_t file, size_t line)
{
	char place[256];

	store(log);
	snprintf(place, sizeof(place), "%s:%zu: %s: ", name_of(log, file) + 5, line + 1, problem);
	verify(with_key(scratch_path("copy")), 4, argv_of(place));
}

/*
 * The log of two runs, in several files, compressed. Made once, and what the tests get is a
 * copy, with its keys: what they do to lines they do to this copy.
 */
static struct made real_log(void)
{
	static struct made kept;
	static char *sealing, *verification;
	struct made log = kept;

	if (!kept.files) {
		make_keys();
		sealed_run("150");
		sealed_run("30");
		kept = log = load(scratch_path(SEALED_LOG));
		sealing = read_whole(sealing_key());
		verification = read_whole(verification_key());
	}
	scratch_write("keys/sealing", sealing, 0600);
	scratch_write("keys/verification", verification, 0600);
	for (size_t f = 0; f < log.files; f++) {
		log.lines[f] = calloc(log.len[f] + 1, sizeof(char *));
		assert_non_null(log.lines[f]);
		for (size_t i = 0; i < log.len[f]; i++)
			log.lines[f][i] = strdup(kept.lines[f][i]);
	}
	return log;
}

/* ---- nothing was done ---- */

static void untouched(void **state)
{
	struct made log = real_log();
	struct command_options nobody = { .uid = 65534 };
	static char key[256], all[FILES_MAX][256];
	const char *args[FILES_MAX + 4] = { "--key", key };

	(void)state;
	verify(with_key("--log-seal", sealing_key(), scratch_path("sealed")), 0,
	       argv_of("intact: ", " seals fit (0 to "));
	verify(argv_of("-q", scratch_path("sealed")), 0, argv_of(NULL));
	verify(with_key("-f", "json", scratch_path("sealed")), 0,
	       argv_of("{\"status\":\"intact\",\"checked\":\"seals\","));
	/* Not compressed, in another order, and without privileges. */
	store(&log);
	snprintf(key, sizeof(key), "%s", verification_key());
	for (size_t f = 0; f < log.files; f++) {
		snprintf(all[f], sizeof(all[f]), "%s",
			 scratch_path(name_of(&log, log.files - 1 - f)));
		args[f + 2] = all[f];
	}
	verify(args, 0, argv_of("intact: "));
	command_free(command_run(&nobody, argv_of(proctrace(), "verify", scratch_path("copy"))));
}

/* What retention leaves. */
static void without_its_beginning(void **state)
{
	struct made log = real_log();

	(void)state;
	remove_file(&log, 0);
	store(&log);
	verify(with_key(scratch_path("copy")), 0,
	       argv_of("intact: ", "note: records 1 to ", "retention"));
}

/* ---- somebody wrote the files ---- */

static void changed(void **state)
{
	struct made log = real_log();
	char *name = strstr(log.lines[1][5], "\"hostname\":\"");

	(void)state;
	assert_non_null(name);
	name[12] = (char)(name[12] ^ 1);
	expect(&log, "changed", 1, 5);
}

static void removed(void **state)
{
	struct made log = real_log();

	(void)state;
	remove_line(&log, 1, 7);
	expect(&log, "removed", 1, 7);
}

static void swapped(void **state)
{
	struct made log = real_log();
	char *line = log.lines[1][3];

	(void)state;
	log.lines[1][3] = log.lines[1][4];
	log.lines[1][4] = line;
	expect(&log, "reordered", 1, 3);
}

static void inserted(void **state)
{
	struct made log = real_log();
	char *line;

	(void)state;
	log.files++;
	log.lines[log.files - 1] = NULL;
	log.len[log.files - 1] = 0;
	add_line(&log, log.lines[2][4], strlen(log.lines[2][4]) - 1);
	log.files--;
	line = log.lines[log.files][0];
	log.lines[2] = reallocarray(log.lines[2], log.len[2] + 1, sizeof(char *));
	assert_non_null(log.lines[2]);
	memmove(&log.lines[2][9], &log.lines[2][8], (log.len[2] - 8) * sizeof(char *));
	log.lines[2][8] = line;
	log.len[2]++;
	expect(&log, "inserted", 2, 8);
}

static void file_removed(void **state)
{
	struct made log = real_log();

	(void)state;
	remove_file(&log, 1);
	expect(&log, "removed", 1, 0);
}

static void cut(void **state)
{
	struct made log = real_log();

	(void)state;
	log.len[log.files - 1]--;
	expect(&log, "cut", log.files - 1, log.len[log.files - 1] - 1);
	log.files--;
	expect(&log, "cut", log.files - 1, log.len[log.files - 1] - 1);
}

/* At the end of the run before the last, where it looks as if nothing were missing. */
static void cut_at_a_clean_end(void **state)
{
	struct made log = real_log();
	size_t f = log.files - 1;

	(void)state;
	for (;;) {
		while (log.len[f] && !strstr(log.lines[f][log.len[f] - 1], "{\"reason\":\"open\""))
			log.len[f]--;
		if (log.len[f])
			break;
		f--;
	}
	log.len[f]--;
	log.files = f + 1;
	store(&log);
	verify(with_key(scratch_path("copy")), 0, argv_of("intact: "));
	verify(with_key("--log-seal", sealing_key(), scratch_path("copy")), 4,
	       argv_of("cut: the sealing key has made "));
}

/* ---- by somebody who has the key of today ---- */

static struct sealfile stolen_key(void)
{
	struct sealfile f;
	struct why why;

	assert_int_equal(sealfile_read(sealing_key(), &f, &why), 0);
	return f;
}

/* Makes the records from one on anew, with the chain and, where they had one, seals. */
static void rebuild(struct made *log, size_t file, size_t line, struct chain *chain,
		    struct sealkey *key)
{
	for (; file < log->files; file++, line = 0) {
		for (; line < log->len[file]; line++) {
			char *text = log->lines[file][line];
			struct buf body = {}, with_seal = {}, out = {};
			struct chain_parts parts;
			struct sealed sealed;

			assert_true(chain_split(str_from(text, strlen(text) - 1), &parts));
			if (sealed_split(parts.body, &sealed)) {
				char *seal = strstr(text, ",\"log_seal\":{\"key\"");

				assert_non_null(seal);
				buf_put(&body, text, (size_t)(seal - text));
				buf_puts(&body, "}}");
				assert_int_equal(sealed_append(key, chain,
							       str_from(body.data, body.len),
							       &with_seal),
						 0);
				assert_true(sealkey_wind(key, key->epoch + 1, key->slot));
			} else {
				buf_str(&with_seal, parts.body);
				buf_puts(&with_seal, "}}");
			}
			assert_int_equal(
				chain_append(chain, str_from(with_seal.data, with_seal.len), &out),
				0);
			log->lines[file][line] = str_dup(str_from(out.data, out.len));
			buf_done(&body);
			buf_done(&with_seal);
			buf_done(&out);
		}
	}
}

static void rebuilt(void **state)
{
	struct made log = real_log();
	struct sealfile key = stolen_key();
	struct chain chain = { .seq = 0 };

	(void)state;
	rebuild(&log, 0, 0, &chain, &key.key);
	store(&log);
	verify(argv_of(scratch_path("copy")), 0, argv_of("intact: ", "note: without --key "));
	expect(&log, "rebuilt", 0, 0);
}

/* A record in the midst is another, and all that comes after it is made anew. */
static void rebuilt_from_the_midst(void **state)
{
	struct made log = real_log();
	struct sealfile key = stolen_key();
	struct chain chain = { .seq = 0 };
	struct chain_parts parts;
	char *before = log.lines[1][4], *name = strstr(log.lines[1][5], "\"hostname\":\"");
	size_t f = 1, l = 5;

	(void)state;
	assert_true(chain_split(str_from(before, strlen(before) - 1), &parts));
	chain.seq = parts.seq;
	memcpy(chain.head, parts.chain, CHAIN_BYTES);
	name[12] = (char)(name[12] ^ 1);
	rebuild(&log, 1, 5, &chain, &key.key);
	/* The first seal after it is where it shows. */
	while (!strstr(log.lines[f][l], ",\"log_seal\":{\"key\"")) {
		if (++l == log.len[f]) {
			f++;
			l = 0;
		}
	}
	store(&log);
	verify(argv_of(scratch_path("copy")), 0, argv_of("intact: "));
	expect(&log, "removed", f, l);
	/* With the numbers of the seals that belong there, but not their keys. */
	key = stolen_key();
	key.key.epoch = 2;
	chain.seq = parts.seq;
	memcpy(chain.head, parts.chain, CHAIN_BYTES);
	rebuild(&log, 1, 5, &chain, &key.key);
	store(&log);
	verify(with_key(scratch_path("copy")), 4, argv_of("rebuilt: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(untouched),
		live_test(without_its_beginning),
		live_test(changed),
		live_test(removed),
		live_test(swapped),
		live_test(inserted),
		live_test(file_removed),
		live_test(cut),
		live_test(cut_at_a_clean_end),
		live_test(rebuilt),
		live_test(rebuilt_from_the_midst),
	};
	if (chain_ready() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
