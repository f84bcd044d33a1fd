// SPDX-License-Identifier: Apache-2.0
/*
 * test_escape.c - text from processes made safe for a terminal
 */
#include "base/escape.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(a) (sizeof(a) / sizeof(*(a)))

static void assert_buf(const struct buf *b, const char *expected)
{
	assert_false(b->failed);
	if (b->len != strlen(expected) || (b->len && memcmp(b->data, expected, b->len) != 0))
		fail_msg("got <%.*s>, expected <%s>", (int)b->len, b->data ? b->data : "",
			 expected);
}

static void test_utf8_decode(void **state)
{
	static const struct {
		struct str s;
		size_t len;
		unsigned int code_point;
	} rows[] = {
		{ { "", 0 }, 0, 0 },
		{ { "a", 1 }, 1, 'a' },
		{ { "\0", 1 }, 1, 0 },
		{ { "\x7f", 1 }, 1, 0x7f },
		{ { "\x80", 1 }, 0, 0 },
		{ { "\xff", 1 }, 0, 0 },
		{ { "\xfe", 1 }, 0, 0 },
		{ { "\xc2\x80", 2 }, 2, 0x80 },
		{ { "\xdf\xbf", 2 }, 2, 0x7ff },
		{ { "\xc2", 1 }, 0, 0 },     /* cut */
		{ { "\xc2\xc2", 2 }, 0, 0 }, /* no continuation */
		{ { "\xc2\x40", 2 }, 0, 0 },
		{ { "\xc0\x80", 2 }, 0, 0 }, /* overlong NUL */
		{ { "\xc1\xbf", 2 }, 0, 0 }, /* overlong DEL */
		{ { "\xe0\xa0\x80", 3 }, 3, 0x800 },
		{ { "\xe0\x9f\xbf", 3 }, 0, 0 }, /* overlong */
		{ { "\xe2\x82", 2 }, 0, 0 },	 /* cut */
		{ { "\xe2\x82\xac!", 4 }, 3, 0x20ac },
		{ { "\xed\x9f\xbf", 3 }, 3, 0xd7ff },
		{ { "\xed\xa0\x80", 3 }, 0, 0 }, /* surrogate */
		{ { "\xed\xbf\xbf", 3 }, 0, 0 },
		{ { "\xee\x80\x80", 3 }, 3, 0xe000 },
		{ { "\xf0\x90\x80\x80", 4 }, 4, 0x10000 },
		{ { "\xf0\x8f\xbf\xbf", 4 }, 0, 0 }, /* overlong */
		{ { "\xf4\x8f\xbf\xbf", 4 }, 4, 0x10ffff },
		{ { "\xf4\x90\x80\x80", 4 }, 0, 0 }, /* past the last code point */
		{ { "\xf5\x80\x80\x80", 4 }, 0, 0 },
		{ { "\xf0\x9f\x98", 3 }, 0, 0 },
		{ { "\xf8\x88\x80\x80\x80", 5 }, 0, 0 }, /* five bytes were never valid */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		unsigned int c = 0;
		size_t n = utf8_decode(rows[i].s.p, rows[i].s.len, &c);

		if (n != rows[i].len || c != rows[i].code_point)
			fail_msg("row %zu: %zu bytes, U+%04X", i, n, c);
	}
}

static void test_is_control(void **state)
{
	static const unsigned int controls[] = { 0,	 '\n',	 0x1b,	 0x1f,	 0x7f,	  0x80,
						 0x85,	 0x9b,	 0x9f,	 0x61c,	 0x200b,  0x200e,
						 0x2028, 0x202e, 0x2066, 0xfeff, 0xe0001, 0xe007f };
	static const unsigned int printable[] = { ' ',	  '~',	  0xa0,	  0xe9,	   0x200a,  0x2010,
						  0x2027, 0x202f, 0x20ac, 0x1f600, 0x10ffff };

	(void)state;
	for (size_t i = 0; i < ROWS(controls); i++)
		assert_true(escape_is_control(controls[i]));
	for (size_t i = 0; i < ROWS(printable); i++)
		assert_false(escape_is_control(printable[i]));
}

static void test_text(void **state)
{
	static const struct {
		struct str s;
		const char *text;
	} rows[] = {
		{ { NULL, 0 }, "" },
		{ { "", 0 }, "" },
		{ { "x", 1 }, "x" },
		{ { "a) b (", 6 }, "a) b (" },
		{ { "a\nb", 3 }, "a\\nb" },
		{ { "a\tb", 3 }, "a\\tb" },
		{ { "a\\nb", 4 }, "a\\\\nb" },
		{ { "\0", 1 }, "\\x00" },
		{ { "\x1b[31m", 5 }, "\\x1b[31m" },
		{ { "\r", 1 }, "\\x0d" },
		{ { "\x7f", 1 }, "\\x7f" },
		{ { "\xff", 1 }, "\\xff" },
		{ { "\x9b", 1 }, "\\x9b" },		/* C1 as a byte */
		{ { "\xc2\x9b", 2 }, "\\u{9b}" },	/* C1 as UTF-8 */
		{ { "\xc2\x85", 2 }, "\\u{85}" },	/* next line */
		{ { "\xc0\x8a", 2 }, "\\xc0\\x8a" },	/* overlong newline */
		{ { "\xe2\x80\xae", 3 }, "\\u{202e}" }, /* right to left override */
		{ { "\xe2\x80\xa8", 3 }, "\\u{2028}" }, /* line separator */
		{ { "\xe2\x80", 2 }, "\\xe2\\x80" },	/* cut in the middle */
		{ { "\xf3\xa0\x80\x81", 4 }, "\\u{e0001}" },
		{ { "caf\xc3\xa9", 5 }, "caf\xc3\xa9" },
		{ { "\xf0\x9f\x98\x80", 4 }, "\xf0\x9f\x98\x80" },
		{ { "'\"$`", 4 }, "'\"$`" },
	};
	struct buf b = {};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&b);
		escape_text(&b, rows[i].s);
		assert_buf(&b, rows[i].text);
	}
	buf_done(&b);
}

static void test_shell(void **state)
{
	static const struct {
		struct str s;
		const char *word;
	} rows[] = {
		{ { NULL, 0 }, "''" },
		{ { "", 0 }, "''" },
		{ { "a", 1 }, "a" },
		{ { "/usr/bin/env", 12 }, "/usr/bin/env" },
		{ { "--opt=1,2:3", 11 }, "--opt=1,2:3" },
		{ { "user@host", 9 }, "user@host" },
		{ { "=ls", 3 }, "'=ls'" },
		{ { "%1", 2 }, "'%1'" },
		{ { "50%", 3 }, "50%" },
		{ { "a b", 3 }, "'a b'" },
		{ { "~", 1 }, "'~'" },
		{ { "#", 1 }, "'#'" },
		{ { "$HOME", 5 }, "'$HOME'" },
		{ { "a;b|c&d", 7 }, "'a;b|c&d'" },
		{ { "*?[x]{a,b}", 10 }, "'*?[x]{a,b}'" },
		{ { "!!", 2 }, "'!!'" },
		{ { "it's", 4 }, "'it'\\''s'" },
		{ { "'", 1 }, "''\\'''" },
		{ { "\"", 1 }, "'\"'" },
		{ { "a\\b", 3 }, "'a\\b'" },
		{ { "caf\xc3\xa9", 5 }, "'caf\xc3\xa9'" },
		{ { "a\nb", 3 }, "$'a\\nb'" },
		{ { "a\t'\\", 4 }, "$'a\\t\\'\\\\'" },
		{ { "\x1b[31m", 5 }, "$'\\033[31m'" },
		{ { "\x01"
		    "1",
		    2 },
		  "$'\\0011'" }, /* the digit is not part of the escape */
		{ { "\xff", 1 }, "$'\\377'" },
		{ { "\xc2\x9b", 2 }, "$'\\302\\233'" },
		{ { "\xc0\x80", 2 }, "$'\\300\\200'" },
		{ { "\xe2\x80\xae", 3 }, "$'\\342\\200\\256'" },
	};
	struct buf b = {};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&b);
		escape_shell(&b, rows[i].s);
		assert_buf(&b, rows[i].word);
	}
	buf_done(&b);
}

static void test_shell_args(void **state)
{
	static const struct {
		struct str args;
		const char *line;
	} rows[] = {
		{ { NULL, 0 }, "" },
		{ { "", 0 }, "" },
		{ { "\0", 1 }, "''" },
		{ { "true\0", 5 }, "true" },
		{ { "true", 4 }, "true" }, /* cut: no NUL at the end */
		{ { "echo\0\0a b\0", 10 }, "echo '' 'a b'" },
		{ { "\0\0\0", 3 }, "'' '' ''" },
		{ { "sh\0-c\0exit 3\n\0", 14 }, "sh -c $'exit 3\\n'" },
	};
	struct buf b = {};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&b);
		escape_shell_args(&b, rows[i].args);
		assert_buf(&b, rows[i].line);
	}
	buf_done(&b);
}

/* Runs the script with bash and reads what it prints. */
static size_t run_bash(const char *script, char *out, size_t size)
{
	int fds[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		/* A locale of bytes and one of UTF-8 must agree; this is the harder one. */
		setenv("LC_ALL", "C.UTF-8", 1);
		execl("/bin/bash", "bash", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], out + len, size - len)) > 0 || (n < 0 && errno == EINTR))
		len += n > 0 ? (size_t)n : 0;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return len;
}

/* Each byte alone, and between letters and digits, comes back from a real shell. */
static void test_shell_round_trip(void **state)
{
	static char expected[8192], got[8192];
	struct buf script = {};
	size_t len = 0;

	(void)state;
	BUF_LITERAL(&script, "printf '%s\\0'");
	for (unsigned int byte = 1; byte < 256; byte++) {
		char alone = (char)byte;
		char among[5] = { 'a', alone, '7', alone, 'f' };

		buf_putc(&script, ' ');
		escape_shell(&script, str_from(&alone, 1));
		buf_putc(&script, ' ');
		escape_shell(&script, str_from(among, sizeof(among)));
		expected[len++] = alone;
		expected[len++] = '\0';
		memcpy(expected + len, among, sizeof(among));
		len += sizeof(among);
		expected[len++] = '\0';
	}
	buf_putc(&script, '\0');
	assert_false(script.failed);
	assert_int_equal(run_bash(script.data, got, sizeof(got)), len);
	assert_memory_equal(got, expected, len);
	buf_done(&script);
}

/* Whatever the bytes, nothing that acts on a terminal comes out. */
static void test_no_control_comes_out(void **state)
{
	struct buf b = {};
	uint32_t random = 1;
	char in[64];

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		size_t len = round % sizeof(in);

		for (size_t i = 0; i < len; i++) {
			/* Numerical Recipes' generator: the same bytes in every run. */
			random = random * 1664525u + 1013904223u;
			in[i] = (char)(random >> 24);
		}
		buf_reset(&b);
		escape_text(&b, str_from(in, len));
		buf_putc(&b, ' ');
		escape_shell(&b, str_from(in, len));
		buf_putc(&b, ' ');
		escape_shell_args(&b, str_from(in, len));
		assert_false(b.failed);
		for (size_t i = 0; i < b.len;) {
			unsigned int c = 0;
			size_t n = utf8_decode(b.data + i, b.len - i, &c);

			assert_true(n > 0);
			assert_false(escape_is_control(c));
			i += n;
		}
	}
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_decode),
		cmocka_unit_test(test_is_control),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_shell_args),
		cmocka_unit_test(test_shell_round_trip),
		cmocka_unit_test(test_no_control_comes_out),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
