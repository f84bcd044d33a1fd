// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_keys.c - a verification key and the file of a sealing key, as somebody gives them
 *
 * What is taken is written again as it was, but for white space behind it.
 */
#include <string.h>

#include "log/chain.h"
#include "log/sealfile.h"
#include "log/sealkey.h"
#include "rig.h"

static void take_verifykey(struct str text)
{
	char again[VERIFYKEY_TEXT_MAX];
	struct verifykey key, other;

	if (!verifykey_parse(text, &key))
		return;
	verifykey_fmt(&key, again);
	FUZZ_CHECK(strlen(again) - 1 <= text.len);
	FUZZ_CHECK(!memcmp(again, text.p, strlen(again) - 1));
	FUZZ_CHECK(verifykey_parse(str_of(again), &other));
	FUZZ_CHECK(!memcmp(&key, &other, sizeof(key)));
}

static void take_sealfile(struct str text)
{
	char again[SEALFILE_TEXT_MAX];
	struct sealfile file;
	size_t len;

	if (!sealfile_parse(text, &file))
		return;
	len = sealfile_fmt(&file, again);
	FUZZ_CHECK(len <= sizeof(again));
	FUZZ_CHECK(str_eq(str_from(again, len), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CHECK(chain_ready() == 0);
	take_verifykey(fuzz_input(data, size));
	take_sealfile(fuzz_input(data, size));
	return 0;
}
