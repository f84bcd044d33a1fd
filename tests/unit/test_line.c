// SPDX-License-Identifier: Apache-2.0
/*
 * test_line.c - command lines that are searched, those that are made to be slow among them
 */
#include "filter/line.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define ROWS(a)	 (sizeof(a) / sizeof((a)[0]))
#define LINE_MAX (128 * 1024) /* MAX_ARG_STRLEN of linux/binfmts.h */

static struct line *line_of(const char *pattern)
{
	struct line *l = NULL;
	char *error = NULL;

	if (line_add(&l, pattern, &error) != 0)
		fail_msg("%s: %s", pattern, error);
	return l;
}

static bool is_found(const char *pattern, struct str args)
{
	struct line *l = line_of(pattern);
	bool found = line_match(l, args);

	assert_int_equal(line_undecided(l), 0);
	line_free(l);
	return found;
}

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern;
		struct str args;
		bool found;
	} rows[] = {
		{ "^sh -c", STR_LITERAL("sh\0-c\0id"), true },
		{ "-c$", STR_LITERAL("sh\0-c\0"), true },
		{ "-c$", STR_LITERAL("sh\0-c\0id"), false },
		{ "b|sh", STR_LITERAL("sh"), true }, /* whatever stands before the pattern */
		{ "(s)(h).*\\2\\1", STR_LITERAL("sh -c hs"), true },
		{ "(?i)SH", STR_LITERAL("sh"), true },
		{ "\\bid\\d{2}", STR_LITERAL("sh id42"), true },
		{ "[[:space:]]id", STR_LITERAL("sh\0id"), true },
		{ "", STR_LITERAL(""), true },
		{ "x", STR_LITERAL(""), false },
		/* An argument hides nothing behind odd bytes. */
		{ "rm.*-rf", STR_LITERAL("rm\n\0-rf"), true },
		{ "rm.*-rf", STR_LITERAL("rm\xff\xc0\r\0-rf"), true },
		{ "^-rf", STR_LITERAL("rm\n-rf"), false },
		{ "rm$", STR_LITERAL("rm\n\0"), false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		if (is_found(rows[i].pattern, rows[i].args) != rows[i].found)
			fail_msg("row %zu: %s", i, rows[i].pattern);
	}
}

static void test_one_of_several(void **state)
{
	struct line *l = line_of("one");
	char *error = NULL;

	(void)state;
	assert_int_equal(line_add(&l, "two", &error), 0);
	assert_true(line_match(l, str_of("one")));
	assert_true(line_match(l, str_of("two")));
	assert_false(line_match(l, str_of("three")));
	line_free(l);
}

static void check_refused(const char *pattern, const char *why)
{
	struct line *l = NULL;
	char *error = NULL;

	assert_int_equal(line_add(&l, pattern, &error), -EINVAL);
	if (!strstr(error, why))
		fail_msg("'%.40s': '%s' lacks '%s'", pattern, error, why);
	free(error);
	line_free(l);
}

static void test_bad_patterns(void **state)
{
	char long_one[5000];

	(void)state;
	check_refused("a(",
		      "'a(' is no regular expression: missing closing parenthesis, at byte 2");
	check_refused("*a", "at byte 0");
	check_refused("a{2,1}", "'a{2,1}' is no regular expression: ");
	check_refused("(*UTF)a", "is no regular expression");
	check_refused("((((a{999}){999}){999}){999}){999}", "too large");
	check_refused("a\\Cb", "is no regular expression");
	memset(long_one, 'a', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	check_refused(long_one, "more than 4096 bytes");
	memset(long_one, '(', 2000);
	memset(long_one + 2000, ')', 2000);
	long_one[4000] = '\0';
	check_refused(long_one, "nested");
}

/* As long as an argument can be: the word again and again, and an end. */
static struct str longest(const char *word, const char *end, char buffer[LINE_MAX])
{
	size_t len = LINE_MAX - strlen(end) - 1;

	for (size_t i = 0; i < len; i++)
		buffer[i] = word[i % strlen(word)];
	strcpy(buffer + len, end);
	return str_of(buffer);
}

static void test_longest(void **state)
{
	static char buffer[LINE_MAX];

	(void)state;
	assert_true(is_found("foo.*bar", longest("x", " foo bar", buffer)));
	assert_true(is_found("^foo.*bar", longest("foo", "bar", buffer)));
	assert_false(is_found("foo.*bar", longest("fo", "bar", buffer)));
	assert_false(is_found("^foo.*bar", longest("foo", "b r", buffer)));
	assert_false(is_found(".*foo.*bar", longest("fo", "bar", buffer)));
	assert_false(is_found("[0-9]+foo", longest("fo", "foo", buffer)));
}

/* Each would take minutes, or years. */
static void test_slow(void **state)
{
	static char buffer[LINE_MAX];
	static const struct {
		const char *pattern;
		const char *word;
		const char *end;
	} rows[] = {
		{ "foo.*bar", "foo", "b r" },	  { "foo.*bar", "foob", "r" },
		{ "(x+x+)+y", "x", " y" },	  { "(a|b|ab)*c", "ab", " c" },
		{ "[a-z]+[0-9]+!", "a", " 0 !" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct line *l = line_of(rows[i].pattern);

		/* What is not decided is not hidden, but counted. */
		if (!line_match(l, longest(rows[i].word, rows[i].end, buffer)) ||
		    line_undecided(l) != 1)
			fail_msg("row %zu: %s", i, rows[i].pattern);
		/* The next one is decided again. */
		assert_false(line_match(l, str_of("short")));
		assert_int_equal(line_undecided(l), 1);
		line_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),     cmocka_unit_test(test_one_of_several),
		cmocka_unit_test(test_bad_patterns), cmocka_unit_test(test_longest),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
