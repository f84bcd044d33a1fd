// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_node.c - a line of JSON as a tree, exact and guessed
 */
#include "log/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

static struct node_reader *reader;

static int set_up(void **state)
{
	(void)state;
	return node_reader_new(&reader);
}

static int tear_down(void **state)
{
	(void)state;
	node_reader_free(reader);
	return 0;
}

/* Everything that a node says, in a form of its own. */
static void describe(struct buf *b, const struct node *n)
{
	switch (n->type) {
	case NODE_OTHER:
		buf_putc(b, '?');
		break;
	case NODE_BOOL:
		buf_putc(b, n->sign ? 't' : 'f');
		break;
	case NODE_INT:
		buf_printf(b, "%s%llu", n->sign ? "-" : "", (unsigned long long)n->number);
		break;
	case NODE_STRING:
		buf_printf(b, "%zu'%.*s'", n->text.len, (int)n->text.len, n->text.p);
		break;
	case NODE_ARRAY:
		buf_printf(b, "%u[", n->len);
		node_foreach(element, n)
		{
			describe(b, element);
			buf_putc(b, ' ');
		}
		buf_putc(b, ']');
		break;
	case NODE_WORDS:
		buf_printf(b, "<%.*s>", (int)n->text.len, n->text.p);
		break;
	case NODE_OBJECT:
		buf_printf(b, "%u{", n->len);
		node_foreach_member(key, n)
		{
			describe(b, key);
			describe(b, node_next(key));
			buf_putc(b, ' ');
		}
		buf_putc(b, '}');
		break;
	}
}

static const struct {
	const char *line;
	const char *tree; /* NULL: none */
} rows[] = {
	{ "{}", "0{}" },
	{ "{\"a\":1}", "1{1'a'1 }" },
	{ "{\"a\":-5,\"b\":true,\"c\":false,\"d\":null,\"e\":1.5}",
	  "5{1'a'-5 1'b't 1'c'f 1'd'? 1'e'? }" },
	{ "{\"a\":18446744073709551615}", "1{1'a'18446744073709551615 }" },
	{ "{\"a\":-9223372036854775808}", "1{1'a'-9223372036854775808 }" },
	{ "{\"a\":[],\"b\":[1,[2,{\"c\":[]}],\"x\"],\"d\":{}}",
	  "3{1'a'0[] 1'b'3[1 2[2 1{1'c'0[] } ] 1'x' ] 1'd'0{} }" },
	{ "{\"\":\"\"}", "1{0''0'' }" },
	{ "{\"a\":\"\\u00e9\\n\\\"\\\\\"}", "1{1'a'5'\xc3\xa9\n\"\\' }" },
	{ "{\"\\u0041\":\"\\ud83d\\ude00\"}", "1{1'A'4'\xf0\x9f\x98\x80' }" },
	{ "{\"a\":{\"b\":{\"c\":[{\"d\":1},{\"d\":2}]}}}",
	  "1{1'a'1{1'b'1{1'c'2[1{1'd'1 } 1{1'd'2 } ] } } }" },

	{ "", NULL },
	{ "[]", NULL },
	{ "1", NULL },
	{ "\"a\"", NULL },
	{ "{", NULL },
	{ "{\"a\"", NULL },
	{ "{\"a\":", NULL },
	{ "{\"a\":1", NULL },
	{ "{\"a\":\"", NULL },
	{ "{\"a\":\"\\", NULL },
	{ "{\"a\":\"\\u12", NULL },
	{ "{\"a\":\"\\x\"}", NULL },
	{ "{\"a\":\"\\ud83d\"", NULL },
	{ "{]", NULL },
	{ "}", NULL },
};

static void both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str line = str_of(rows[i].line);

		for (int way = 0; way < 2; way++) {
			const struct node *n = way ? node_guess(reader, line) :
						     node_parse(reader, line);
			struct buf b = { 0 };

			if (n)
				describe(&b, n);
			buf_putc(&b, '\0');
			if (!n != !rows[i].tree || (n && strcmp(b.data, rows[i].tree) != 0))
				fail_msg("%s: way %d: %s", rows[i].line, way, n ? b.data : "none");
			buf_done(&b);
		}
	}
}

/* What only one of them takes. */
static void differences(void **state)
{
	static const char *const loose[] = {
		"{\"a\" 1}",
		"{\"a\":1,}",
		"{\"a\":[1 2]}",
		"{\"a\":\"\xff\"}",
	};
	struct buf long_line = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]); i++) {
		assert_null(node_parse(reader, str_of(loose[i])));
		node_guess(reader, str_of(loose[i])); /* nothing breaks */
	}
	/* A surrogate alone is no text: json-c puts U+FFFD there. */
	node_guess(reader, str_of("{\"a\":\"\\ud83d\"}"));
	/* As many values as nobody guesses. */
	BUF_LITERAL(&long_line, "{\"a\":[1");
	for (int i = 0; i < 10000; i++)
		BUF_LITERAL(&long_line, ",1");
	BUF_LITERAL(&long_line, "]}");
	assert_null(node_guess(reader, str_from(long_line.data, long_line.len)));
	assert_int_equal(
		node_get(node_parse(reader, str_from(long_line.data, long_line.len)), "a")->len,
		10001);
	buf_done(&long_line);
}

/* Lists that are not looked into when a line is guessed, and what is as they begin. */
static void words(void **state)
{
	static const struct {
		const char *line;
		const char *tree; /* NULL: none */
	} lists[] = {
		{ "{\"effective\":[\"A\",\"B\"],\"permitted\":[\"A\"],\"c\":[1]}",
		  "3{9'effective'<\"A\",\"B\"> 9'permitted'<\"A\"> 1'c'1[1 ] }" },
		{ "{\"a\":{\"effective\":[],\"permitted\":[\"A\"]},\"b\":1}",
		  "2{1'a'2{9'effective'0[] 9'permitted'<\"A\"> } 1'b'1 }" },
		{ "{\"permitted\":[\"A\"]}", "1{9'permitted'<\"A\"> }" },
		/* The first of each, and in this order. */
		{ "{\"permitted\":[\"A\"],\"effective\":[\"A\"],\"effective\":[2]}",
		  "3{9'permitted'1[1'A' ] 9'effective'<\"A\"> 9'effective'1[2 ] }" },
		{ "{\"a\":\"\\\"effective\\\":[1]\"}", "1{1'a'15'\"effective\":[1]' }" },
		{ "{\"effective\":[{\"a\":[1]}]}", NULL },
		{ "{\"effective\":[\"A\"}", NULL },
		{ "{\"effective\":[", NULL },
		{ "{\"effective\":[]", NULL },
		{ "{\"effective\":1,\"permitted\":{}}", "2{9'effective'1 9'permitted'0{} }" },
		{ "]\"effective\":[]", NULL },
		{ "\"\"effective\":[]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct node *n = node_guess(reader, str_of(lists[i].line));
		struct buf b = { 0 };

		if (n)
			describe(&b, n);
		buf_putc(&b, '\0');
		if (!n != !lists[i].tree || (n && strcmp(b.data, lists[i].tree) != 0))
			fail_msg("%s: %s", lists[i].line, n ? b.data : "none");
		buf_done(&b);
	}
	/* What is read exactly is read whole. */
	assert_int_equal(node_get(node_parse(reader, str_of(lists[0].line)), "effective")->type,
			 NODE_ARRAY);
}

/* Not through the stack, and not at all. */
static void deep(void **state)
{
	struct buf line = { 0 };

	(void)state;
	for (int i = 0; i < 2000; i++)
		BUF_LITERAL(&line, "{\"a\":");
	assert_null(node_parse(reader, str_from(line.data, line.len)));
	BUF_LITERAL(&line, "1");
	for (int i = 0; i < 2000; i++)
		BUF_LITERAL(&line, "}");
	assert_null(node_parse(reader, str_from(line.data, line.len)));
	node_guess(reader, str_from(line.data, line.len));
	buf_done(&line);
}

/* Whatever stands there, guessing keeps within the line and the tree within itself. */
static void garbage(void **state)
{
	static const char alphabet[] = "{}[]:,\"\\u1-tf a";
	uint64_t random = 88172645463325252ull;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char *line = malloc(24); /* by itself, so that a sanitizer sees its ends */
		const struct node *n;
		size_t len;

		assert_non_null(line);
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		len = random % 24;
		line[0] = '{';
		for (size_t i = 1; i < len; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			line[i] = alphabet[random % (sizeof(alphabet) - 1)];
		}
		n = node_guess(reader, str_from(line, len));
		if (n) {
			struct buf b = { 0 };

			describe(&b, n);
			buf_done(&b);
		}
		free(line);
	}
}

/* In any order, again, and what is not there. */
static void members(void **state)
{
	static const char line[] = "{\"a\":1,\"bb\":{\"a\":2,\"c\":3},\"c\":4}";

	(void)state;
	for (int way = 0; way < 2; way++) {
		const struct node *n = way ? node_guess(reader, str_of(line)) :
					     node_parse(reader, str_of(line));

		for (int i = 0; i < 2; i++) {
			assert_int_equal(node_get(n, "c")->number, 4);
			assert_int_equal(node_get(n, "a")->number, 1);
			assert_null(node_get(n, "b"));
			assert_null(node_get(n, ""));
			assert_int_equal(node_get(node_get(n, "bb"), "c")->number, 3);
			assert_int_equal(node_get(node_get(n, "bb"), "a")->number, 2);
			assert_null(node_get(node_get(n, "bb"), "bb"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways), cmocka_unit_test(differences),
		cmocka_unit_test(words),     cmocka_unit_test(deep),
		cmocka_unit_test(garbage),   cmocka_unit_test(members),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
