// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_seal.c - a sealed log and its key, as a crash or somebody left them, are gone on with
 *
 * The first byte says whether the lines become records (sealed_lines.h), the second how many of
 * the seals the key's file knows of, the third how many lines are cut off at the end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/seal.h"
#include "log/sealed.h"
#include "log/sealfile.h"
#include "log/tail.h"
#include "rig.h"
#include "sealed_lines.h"

#define SEALS_MAX 15
#define LINE                                                                                      \
	"{\"@timestamp\":\"2026-11-29T09:00:00.000000000Z\",\"event\":{\"action\":\"log-seal\"}," \
	"\"proctrace\":{\"schema\":1}}\n"
#define NOW_NS INT64_C(1795940000000000000)

struct made {
	struct buf text;
	uint64_t records;
	bool is_clean; /* each line is one of our records, and no other carries a seal */
	/* The key's file after so many seals. */
	struct sealfile after[SEALS_MAX + 1];
	size_t seals;
};

static void make_line(struct made *m, struct chain *chain, struct sealkey *seal, struct str line)
{
	uint64_t epoch = seal->epoch;

	m->is_clean &= fuzz_put_record(chain, seal, line, &m->text) && line.len &&
		       !memmem(line.p, line.len, "log_seal", 8);
	m->records++;
	if (seal->epoch == epoch)
		return;
	m->after[++m->seals] = (struct sealfile){ .key = *seal, .sealed = *chain };
	m->is_clean &= chain->seq == m->records;
}

static void make_log(struct made *m, struct str rest, bool makes)
{
	struct chain chain = { 0 };
	struct sealkey seal;

	sealkey_first(fuzz_key(), &seal);
	*m = (struct made){ .is_clean = makes, .after[0].key = seal };
	while (makes && rest.len && m->seals < SEALS_MAX)
		make_line(m, &chain, &seal, fuzz_take_until(&rest, '\n'));
	if (!makes)
		buf_str(&m->text, rest);
}

static void cut(struct made *m, unsigned int lines)
{
	while (lines-- && m->text.len && m->records) {
		const char *end;

		m->records--;
		end = memrchr(m->text.data, '\n', m->text.len - 1);
		m->text.len = end ? (size_t)(end + 1 - m->text.data) : 0;
	}
}

/* How many seals are in the log still. */
static size_t left(const struct made *m)
{
	size_t n = m->seals;

	while (n && m->after[n].sealed.seq > m->records)
		n--;
	return n;
}

/* The epoch of the next seal, and whether the log lacks any. */
static void check_clean(const struct made *m, size_t known, uint64_t epoch, int resumed)
{
	size_t there = left(m);
	bool lacks = m->records && (there ? there < known : m->after[known].sealed.seq > 0);

	FUZZ_CHECK(epoch == (m->records && there > known ? there : known));
	FUZZ_CHECK(resumed == lacks);
}

/* Seals one record more. Returns its epoch. */
static uint64_t seal_one(struct seal *s, struct chain *chain, const char *key_path)
{
	struct buf sealed = { 0 }, record = { 0 };
	struct chain_parts parts;
	struct sealed found;
	struct sealfile file;
	struct why why;

	FUZZ_CHECK(seal_line(s, chain, STR_LITERAL(LINE), &sealed) == 0);
	FUZZ_CHECK(chain_append(chain, str_from(sealed.data, sealed.len), &record) == 0);
	FUZZ_CHECK(chain_split(str_from(record.data, record.len - 1), &parts));
	FUZZ_CHECK(sealed_split(parts.body, &found));
	FUZZ_CHECK(seal_commit(s, chain, NOW_NS, true, &why) == 0);
	FUZZ_CHECK(sealfile_read(key_path, &file, &why) == 0);
	FUZZ_CHECK(file.key.epoch == found.epoch + 1 && file.key.slot >= found.slot);
	FUZZ_CHECK(file.sealed.seq == chain->seq);
	buf_done(&sealed);
	buf_done(&record);
	return found.epoch;
}

static void go_on(const struct made *m, size_t known, int fd, struct tail *tail)
{
	const char *key_path = host_tree_path(fuzz_tree(), "/keys/key");
	struct seal *s;
	struct why why;
	uint64_t epoch;
	int r;

	unlink(key_path);
	FUZZ_CHECK(sealfile_create(key_path, &m->after[known], &why) == 0);
	FUZZ_CHECK(seal_open(key_path, &s, &why) == 0);
	r = seal_resume(s, fd, &tail->chain, &why);
	FUZZ_CHECK(r == 0 || r == 1);
	if (r)
		FUZZ_CHECK(*why.text);
	epoch = seal_one(s, &tail->chain, key_path);
	/* No key seals twice, whatever stands in the log. */
	FUZZ_CHECK(epoch >= known);
	if (m->is_clean)
		check_clean(m, known, epoch, r);
	seal_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str log = fuzz_input(data, size);
	bool makes = fuzz_take_choice(&log, 2);
	unsigned int known = fuzz_take_choice(&log, SEALS_MAX + 1);
	unsigned int lines = fuzz_take_choice(&log, 8);
	struct made m;
	struct tail tail;
	int fd;

	host_tree_mkdir(fuzz_tree(), "/keys");
	FUZZ_CHECK(chmod(host_tree_path(fuzz_tree(), "/keys"), 0700) == 0);
	make_log(&m, log, makes);
	cut(&m, lines);
	fd = fuzz_file(str_from(m.text.data, m.text.len));
	if (tail_read(fd, &tail) == 0) {
		m.is_clean &= tail.chain.seq == m.records;
		go_on(&m, known < m.seals ? known : m.seals, fd, &tail);
	}
	close(fd);
	buf_done(&m.text);
	return 0;
}
