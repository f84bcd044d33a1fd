// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_verify.c - a sealed log in several files, with its verification key
 *
 * No fuzzer finds a hash or a seal, so both can be made for it (sealed_lines.h): the first byte
 * says whether they are. Else the lines are taken as they are. A NUL stands between two files.
 */
#include <unistd.h>

#include "log/verify.h"
#include "rig.h"
#include "sealed_lines.h"

#define FILES_MAX 4

static void make_log(struct str rest, struct buf *out)
{
	struct chain chain = { 0 };
	struct sealkey seal;

	sealkey_first(fuzz_key(), &seal);
	while (rest.len) {
		struct str file = fuzz_take_until(&rest, '\0');

		while (file.len)
			fuzz_put_record(&chain, &seal, fuzz_take_until(&file, '\n'), out);
		if (rest.len)
			buf_putc(out, '\0');
	}
}

static struct log_source *source_of(struct str text)
{
	struct log_source *s;

	FUZZ_CHECK(log_source_new(fuzz_file(text), &s) == 0);
	return s;
}

static void check_result(const struct verify_result *r, bool has_key)
{
	FUZZ_CHECK(r->found.problem < VERIFY_PROBLEMS);
	fuzz_check_text(str_of(r->found.text));
	if (r->found.problem)
		return;
	FUZZ_CHECK(r->records && r->last_seq >= r->first_seq);
	FUZZ_CHECK(r->records == r->last_seq - r->first_seq + 1);
	if (has_key)
		FUZZ_CHECK(r->seals && r->sealed_seq <= r->last_seq &&
			   r->last_epoch - r->first_epoch + 1 == r->seals);
}

static enum verify_problem verify_with(const struct verifykey *with, struct str rest)
{
	struct log_file files[FILES_MAX];
	enum verify_problem problem;
	struct verify *v;
	size_t len = 0;
	int r = 0;

	FUZZ_CHECK(verify_new(with, &v) == 0);
	for (; rest.len && len < FILES_MAX && r == 0; len++) {
		files[len] = (struct log_file){ .path = "log", .name = "log" };
		files[len].source = source_of(fuzz_take_until(&rest, '\0'));
		r = verify_file(v, &files[len]);
	}
	problem = verify_end(v, NULL)->found.problem;
	check_result(verify_end(v, NULL), with);
	verify_free(v);
	while (len)
		log_source_free(files[--len].source);
	return problem;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str log = fuzz_input(data, size);
	bool makes = fuzz_take_choice(&log, 2);
	struct buf made = { 0 };

	if (makes) {
		make_log(log, &made);
		log = str_from(made.data, made.len);
	}
	/* What the seals prove, the chain proves as well. */
	if (verify_with(fuzz_key(), log) == VERIFY_FINE)
		FUZZ_CHECK(verify_with(NULL, log) == VERIFY_FINE);
	else
		verify_with(NULL, log);
	buf_done(&made);
	return 0;
}
