// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_line.c - a regular expression, and a command line that is searched for it
 *
 * The pattern is the first line, the rest arguments with a NUL after each. Whatever they are,
 * there is an answer soon.
 */
#include <stdlib.h>
#include <string.h>

#include "filter/line.h"
#include "rig.h"

#define JOINED_MAX 4096

static bool is_plain(const char *pattern)
{
	return pattern[strspn(pattern, "abcdefghijklmnopqrstuvwxyz0123456789 =/-")] == '\0';
}

static bool is_in(const char *pattern, struct str args)
{
	char joined[JOINED_MAX];

	if (args.len && args.p[args.len - 1] == '\0')
		args.len--;
	for (size_t i = 0; i < args.len; i++)
		joined[i] = args.p[i] ? args.p[i] : ' ';
	return memmem(joined, args.len, pattern, strlen(pattern));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str args = fuzz_input(data, size), first = fuzz_take_until(&args, '\n');
	char *pattern = calloc(1, first.len + 1), *error = NULL;
	struct line *l = NULL;

	FUZZ_CHECK(pattern);
	if (first.len)
		memcpy(pattern, first.p, first.len);
	if (line_add(&l, pattern, &error) == 0) {
		bool found = line_match(l, args);

		FUZZ_CHECK(found || line_undecided(l) == 0);
		if (is_plain(pattern) && args.len <= JOINED_MAX)
			FUZZ_CHECK(line_undecided(l) == 0 && found == is_in(pattern, args));
	} else {
		FUZZ_CHECK(error && *error);
	}
	free(error);
	line_free(l);
	free(pattern);
	return 0;
}
