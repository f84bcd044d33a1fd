// SPDX-License-Identifier: Apache-2.0
/*
 * sealed_lines.c - lines of an input become records of a chain, and carry seals
 */
#include "sealed_lines.h"

#include "log/sealed.h"
#include "rig.h"

const struct verifykey *fuzz_key(void)
{
	static struct verifykey key;

	FUZZ_CHECK(chain_ready() == 0);
	if (!key.start)
		FUZZ_CHECK(verifykey_parse(
			STR_LITERAL(
				"proctrace-verify-1:69c5400bbb748a78:1795939200:"
				"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
			&key));
	return &key;
}

bool fuzz_put_record(struct chain *chain, struct sealkey *seal, struct str line, struct buf *out)
{
	struct buf sealed = { 0 };
	bool is_record;

	if (line.len > 2 && line.p[0] == '!') {
		unsigned int slots = (unsigned int)(unsigned char)line.p[1] % 10;

		line = str_from(line.p + 2, line.len - 2);
		if (sealed_append(seal, chain, line, &sealed) == 0) {
			FUZZ_CHECK(sealkey_wind(seal, seal->epoch + 1, seal->slot + slots));
			line = str_from(sealed.data, sealed.len);
		}
	}
	is_record = chain_append(chain, line, out) == 0;
	if (!is_record) {
		buf_str(out, line);
		buf_putc(out, '\n');
	}
	buf_done(&sealed);
	return is_record;
}
