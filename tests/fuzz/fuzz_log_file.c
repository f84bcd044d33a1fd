// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_log_file.c - a file of a log, plain or compressed: its lines, its end, is it intact?
 */
#include <unistd.h>

#include "log/chain.h"
#include "log/source.h"
#include "log/tail.h"
#include "log/verify.h"
#include "rig.h"

/*
 * Goes through it twice. Plain, the lines are all there is; ret_chain is what they are as a
 * chain, seq 0: not all of them are one.
 */
static void read_lines(struct log_source *s, const uint8_t *data, size_t size,
		       struct chain *ret_chain)
{
	uint64_t lines[2] = { 0 };

	for (int round = 0; round < 2; round++) {
		struct chain chain = { 0 };
		bool is_chain = true;
		struct log_line line;
		size_t at = 0;

		while (log_source_next(s, &line) == 1) {
			FUZZ_CHECK(line.number == ++lines[round]);
			is_chain &= chain_check(&chain, line.text) == CHAIN_OK && !line.torn;
			if (log_source_is_compressed(s))
				continue;
			FUZZ_CHECK(line.text.len <= size - at);
			FUZZ_CHECK(!line.text.len ||
				   !memcmp(line.text.p, data + at, line.text.len));
			at += line.text.len + !line.torn;
		}
		FUZZ_CHECK(log_source_is_compressed(s) || at == size);
		*ret_chain = is_chain ? chain : (struct chain){ 0 };
		log_source_rewind(s);
	}
	FUZZ_CHECK(lines[0] == lines[1]);
}

static void verify_it(struct log_source *s, const struct chain *chain)
{
	struct log_file file = { .path = "log", .name = "log", .source = s };
	const struct verify_result *result;
	struct verify *v;

	FUZZ_CHECK(verify_new(NULL, &v) == 0);
	verify_file(v, &file);
	result = verify_end(v, NULL);
	/* What is intact is one chain and nothing else. */
	if (result->found.problem == VERIFY_FINE && !result->unchained && !result->fragments) {
		FUZZ_CHECK(result->first_seq != 1 || chain->seq == result->last_seq);
		FUZZ_CHECK(result->records == result->last_seq - result->first_seq + 1);
	}
	FUZZ_CHECK(verify_problem_name(result->found.problem));
	fuzz_check_text(str_of(result->found.text));
	verify_free(v);
}

static void read_tail(const uint8_t *data, size_t size)
{
	int fd = fuzz_file(str_from((const char *)data, size));
	struct tail tail;

	if (tail_read(fd, &tail) == 0)
		FUZZ_CHECK(tail.fragment.bytes <= size);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_source *s;
	struct chain chain;

	FUZZ_CHECK(chain_ready() == 0);
	FUZZ_CHECK(log_source_new(fuzz_file(str_from((const char *)data, size)), &s) == 0);
	read_lines(s, data, size, &chain);
	verify_it(s, &chain);
	log_source_free(s);
	read_tail(data, size);
	return 0;
}
