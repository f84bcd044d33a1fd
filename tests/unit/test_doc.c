// SPDX-License-Identifier: Apache-2.0
/*
 * test_doc.c - a tree of facts, as text, as JSON, and what two of them differ in
 */
#include "inspect/doc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "inspect/common.h"
#include "inspect/doc_diff.h"

static void check_text(const struct doc *d, unsigned int width, const char *want)
{
	const struct doc_style style = { .width = width };
	struct buf out = {};

	assert_false(d->failed);
	doc_write_text(d, &style, &out);
	buf_putc(&out, '\0');
	assert_false(out.failed);
	assert_string_equal(out.data, want);
	buf_done(&out);
}

static void check_object(struct json_object *object, const char *want)
{
	assert_non_null(object);
	assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE),
			    want);
	json_object_put(object);
}

static void check_json(const struct doc *d, const char *want)
{
	check_object(doc_to_json(d), want);
}

static void check_diff(const struct doc *a, const struct doc *b, const char *text, const char *json)
{
	const struct doc_style style = { 0 };
	struct buf out = {};

	doc_write_diff(a, b, &style, &out);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, text);
	buf_done(&out);
	check_object(doc_diff_to_json(a, b), json);
}

/* Every kind of value. */
static void test_values(void **state)
{
	struct doc d;

	(void)state;
	assert_int_equal(doc_init(&d, 0), 0);
	doc_group(&d, "one", "The first");
	doc_text(&d, "name", NULL, "%s-%d", "web", 1);
	doc_note(&d, "said %s", "so");
	doc_u64(&d, "count", "how many", UINT64_MAX);
	doc_i64(&d, "nice", NULL, -20);
	doc_bytes(&d, "size_bytes", "size", 1536);
	doc_ns(&d, "age_ns", "age", 9000000);
	doc_bool(&d, "deleted", NULL, false);
	doc_none(&d, "terminal", NULL);
	doc_words(&d, "arguments", NULL, str_from("sh\0-c\0echo hi\0", 14));
	doc_missing(&d, "cwd", "working directory", -EACCES);
	doc_missing_for(&d, "exe", NULL, "nobody knows");
	doc_end(&d);
	check_text(&d, 80,
		   "The first\n"
		   "  name               web-1 (said so)\n"
		   "  how many           18446744073709551615\n"
		   "  nice               -20\n"
		   "  size               1.5 KiB\n"
		   "  age                9 ms\n"
		   "  deleted            no\n"
		   "  terminal           none\n"
		   "  arguments          sh -c 'echo hi'\n"
		   "  working directory  not known: denied\n"
		   "  exe                not known: nobody knows\n");
	check_json(&d, "{\"one\":{\"name\":\"web-1\",\"count\":18446744073709551615,"
		       "\"nice\":-20,\"size_bytes\":1536,\"age_ns\":9000000,"
		       "\"deleted\":false,\"terminal\":null,"
		       "\"arguments\":[\"sh\",\"-c\",\"echo hi\"],"
		       "\"missing\":{\"cwd\":\"denied\",\"exe\":\"nobody knows\"}}}");
	doc_done(&d);
}

static void test_reasons(void **state)
{
	(void)state;
	assert_string_equal(doc_reason(-ESRCH), "gone");
	assert_string_equal(doc_reason(-EACCES), "denied");
	assert_string_equal(doc_reason(-EPERM), "denied");
	assert_string_equal(doc_reason(-ENOENT), "absent");
	assert_string_equal(doc_reason(-EBADMSG), "malformed");
	assert_string_equal(doc_reason(-ETIMEDOUT), "ETIMEDOUT");
	assert_string_equal(doc_reason(-99999), "failed");
}

/* What a process calls itself reaches no terminal, and is lost in no JSON. */
static void test_hostile(void **state)
{
	static const char name[] = "a\033[31m\xff\\\n";
	struct doc d;

	(void)state;
	assert_int_equal(doc_init(&d, 0), 0);
	doc_str(&d, "name", NULL, str_from(name, sizeof(name) - 1));
	doc_note_str(&d, str_from(name, sizeof(name) - 1));
	doc_str(&d, "empty", NULL, str_from(NULL, 0));
	doc_list(&d, "names", NULL);
	doc_str(&d, NULL, NULL, str_from("\xfe", 1));
	doc_end(&d);
	check_text(&d, 80,
		   "name   a\\x1b[31m\\xff\\\\\\n (a\\x1b[31m\\xff\\\\\\n)\n"
		   "empty  \n"
		   "names  \\xfe\n");
	check_json(&d, "{\"name\":\"a\\u001b[31m\\\\xff\\\\\\\\\\n\","
		       "\"escaped\":[\"name\",\"names\"],\"empty\":\"\","
		       "\"names\":[\"\\\\xfe\"]}");
	doc_done(&d);
}

/* Long lists are cut, and say so; what is cut is not kept. */
static void test_limit(void **state)
{
	struct doc d;

	(void)state;
	assert_int_equal(doc_init(&d, 3), 0);
	doc_list(&d, "numbers", NULL);
	for (int i = 0; i < 10000; i++)
		doc_u64(&d, NULL, NULL, (uint64_t)i);
	doc_note(&d, "about one that was cut");
	doc_end(&d);
	doc_list(&d, "rows", NULL);
	for (int i = 0; i < 5; i++) {
		if (!doc_item(&d))
			continue;
		doc_u64(&d, "number", NULL, (uint64_t)i);
		doc_short_list(&d, "few", NULL, 1);
		doc_u64(&d, NULL, NULL, 7);
		doc_u64(&d, NULL, NULL, 8);
		doc_end(&d);
		doc_end(&d);
	}
	doc_end(&d);
	check_text(&d, 80,
		   "numbers  0, 1, 2, and 9997 more\n\n"
		   "rows\n"
		   "  number  few\n"
		   "  0       7, and 1 more\n"
		   "  1       7, and 1 more\n"
		   "  2       7, and 1 more\n"
		   "  and 2 more\n");
	check_json(&d, "{\"numbers\":[0,1,2],\"more\":{\"numbers\":9997,\"rows\":2},"
		       "\"rows\":[{\"number\":0,\"few\":[7],\"more\":{\"few\":1}},"
		       "{\"number\":1,\"few\":[7],\"more\":{\"few\":1}},"
		       "{\"number\":2,\"few\":[7],\"more\":{\"few\":1}}]}");
	doc_done(&d);
}

/* Lists break between elements, summaries between words, and a row may lack a cell. */
static void test_layout(void **state)
{
	struct doc d;

	(void)state;
	assert_int_equal(doc_init(&d, 0), 0);
	doc_list(&d, "caps", NULL);
	doc_text(&d, NULL, NULL, "CAP_CHOWN");
	doc_text(&d, NULL, NULL, "CAP_KILL");
	doc_text(&d, NULL, NULL, "CAP_SETUID");
	doc_end(&d);
	doc_list(&d, "all", NULL);
	doc_text(&d, NULL, NULL, "not read by people");
	doc_end(&d);
	doc_summary(&d, "%s", "one two three four five six");
	doc_list(&d, "none", NULL);
	doc_end(&d);
	doc_line(&d, "limit", NULL);
	doc_bytes(&d, "bytes", NULL, 1024);
	doc_text(&d, "cgroup", "set by", "/a");
	doc_end(&d);
	doc_note(&d, "half");
	doc_list(&d, "rows", "The rows");
	doc_item(&d);
	doc_text(&d, "name", NULL, "long name");
	doc_end(&d);
	doc_item(&d);
	doc_text(&d, "name", NULL, "x");
	doc_u64(&d, "value", "its value", 1);
	doc_missing(&d, "other", NULL, -ESRCH);
	doc_end(&d);
	doc_end(&d);
	check_text(&d, 30,
		   "caps   CAP_CHOWN, CAP_KILL,\n"
		   "       CAP_SETUID\n"
		   "all    one two three four five\n"
		   "       six\n"
		   "none   none\n"
		   "limit  1 KiB, set by /a (half)\n\n"
		   "The rows\n"
		   "  name       its value  other\n"
		   "  long name\n"
		   "  x          1          not known: gone\n");
	doc_done(&d);
}

static void build(struct doc *d, const char *id, const char *const caps[], bool is_shared)
{
	assert_int_equal(doc_init(d, 0), 0);
	doc_u64(d, "pid", NULL, (uint64_t)(id[0] - '0'));
	doc_passing(d);
	doc_group(d, "privileges", NULL);
	doc_text(d, "cgroup", NULL, "/docker/%s/x", id);
	doc_list(d, "caps", "capabilities");
	for (size_t i = 0; caps[i]; i++)
		doc_text(d, NULL, NULL, "%s", caps[i]);
	doc_end(d);
	doc_list(d, "ns", "namespaces");
	doc_item(d);
	doc_text(d, "type", NULL, "net");
	doc_u64(d, "number", NULL, (uint64_t)id[0]);
	doc_passing(d);
	doc_text(d, "whose", NULL, "%s", is_shared ? "host's" : "its own");
	doc_end(d);
	if (is_shared) {
		doc_item(d);
		doc_text(d, "type", NULL, "time");
		doc_text(d, "whose", NULL, "host's");
		doc_end(d);
	}
	doc_end(d);
	if (is_shared)
		doc_missing(d, "label", NULL, -EPERM);
	else
		doc_none(d, "label", NULL);
	doc_end(d);
	doc_generalise(d, str_of(id));
}

static void test_same(void **state)
{
	static const char *const caps[] = { "A", "B", NULL }, *const turned[] = { "B", "A", NULL };
	struct doc a, b;

	(void)state;
	build(&a, "1a", caps, true);
	build(&b, "2b", turned, true);
	check_diff(&a, &b, "", "[]");
	doc_done(&a);
	doc_done(&b);
}

/* A container's id, what is left of it, and where its layers are. */
static void test_own_names(void **state)
{
	static const struct {
		const char *id, *layer, *lower;
	} rows[] = {
		{ "aaaaaaaaaaaa1111111111111111111111111111111111111111111111111111",
		  "/storage/overlay2/a1/", "/storage/overlay2/l/AA" },
		{ "bbbbbbbbbbbb2222222222222222222222222222222222222222222222222222",
		  "/storage/overlay2/b22/", "/storage/overlay2/l/BB" },
		{ "cccccccccccc3333333333333333333333333333333333333333333333333333",
		  "/storage/overlay/c/", "/storage/overlay/l/CC" },
		{ "dddddddddddd4444444444444444444444444444444444444444444444444444",
		  "/storage/overlay/d/", "/storage/overlay/l/DD" },
	};
	struct doc d[4];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(doc_init(&d[i], 0), 0);
		doc_group(&d[i], "mounts", NULL);
		doc_text(&d[i], "merged", NULL, "%smerged", rows[i].layer);
		doc_text(&d[i], "hosts", NULL, "/%.12s/%s/hosts", rows[i].id, rows[i].id);
		doc_list(&d[i], "overlays", NULL);
		assert_true(doc_item(&d[i]));
		doc_text(&d[i], "point", NULL, "/");
		doc_list(&d[i], "upper", NULL);
		doc_text(&d[i], NULL, NULL, "%sdiff", rows[i].layer);
		doc_end(&d[i]);
		doc_list(&d[i], "lower", NULL);
		doc_text(&d[i], NULL, NULL, "%s", rows[i].lower);
		doc_text(&d[i], NULL, NULL, "/image");
		doc_end(&d[i]);
		doc_end(&d[i]);
		doc_end(&d[i]);
		doc_end(&d[i]);
		common_generalise(&d[i], str_of(rows[i].id));
	}
	check_diff(&d[0], &d[1], "", "[]");
	/* Only Docker has a layer of each container's below its own: with Podman it is the image's. */
	check_diff(&d[2], &d[3],
		   "mounts\n"
		   "  overlays / /\n"
		   "    A  lower /storage/overlay/l/CC, /image\n"
		   "    B  lower /storage/overlay/l/DD, /image\n",
		   "[{\"path\":[\"mounts\",\"overlays\",\"/\"],"
		   "\"a\":{\"lower\":[\"/storage/overlay/l/CC\",\"/image\"]},"
		   "\"b\":{\"lower\":[\"/storage/overlay/l/DD\",\"/image\"]}}]");
	for (size_t i = 0; i < 4; i++)
		doc_done(&d[i]);
}

static void test_differences(void **state)
{
	static const char *const some[] = { "A", "B", NULL }, *const other[] = { "B", "C", NULL };
	struct doc a, b;

	(void)state;
	build(&a, "1a", some, false);
	build(&b, "2b", other, true);
	check_diff(&a, &b,
		   "privileges\n"
		   "  capabilities\n"
		   "    only A  A\n"
		   "    only B  C\n"
		   "  namespaces / net\n"
		   "    A  whose its own\n"
		   "    B  whose host's\n"
		   "  namespaces\n"
		   "    only B  time (host's)\n"
		   "  label\n"
		   "    A  none\n"
		   "    B  not known: denied\n",
		   "[{\"path\":[\"privileges\",\"caps\"],\"a\":[\"A\"],\"b\":[\"C\"]},"
		   "{\"path\":[\"privileges\",\"ns\",\"net\"],"
		   "\"a\":{\"whose\":\"its own\"},\"b\":{\"whose\":\"host's\"}},"
		   "{\"path\":[\"privileges\",\"ns\"],\"a\":[],"
		   "\"b\":[{\"type\":\"time\",\"whose\":\"host's\"}]},"
		   "{\"path\":[\"privileges\",\"label\"],\"a\":null,"
		   "\"b\":{\"missing\":\"denied\"}}]");
	doc_done(&a);
	doc_done(&b);
}

/* A fact that one has alone, and one that is of another kind. */
static void test_alone(void **state)
{
	struct doc a, b;

	(void)state;
	assert_int_equal(doc_init(&a, 0), 0);
	assert_int_equal(doc_init(&b, 0), 0);
	doc_group(&a, "s", NULL);
	doc_text(&a, "x", NULL, "\xff");
	doc_end(&a);
	doc_group(&b, "s", NULL);
	doc_group(&b, "x", NULL);
	doc_u64(&b, "deep", NULL, 1);
	doc_end(&b);
	doc_list(&b, "y", NULL);
	doc_u64(&b, NULL, NULL, 2);
	doc_end(&b);
	doc_end(&b);
	check_diff(&a, &b,
		   "s\n"
		   "  x\n"
		   "    A  \\xff\n"
		   "    B  deep 1\n"
		   "  y\n"
		   "    only B  2\n",
		   "[{\"path\":[\"s\",\"x\"],\"a\":\"\\\\xff\",\"b\":{\"deep\":1},"
		   "\"escaped\":true},{\"path\":[\"s\",\"y\"],\"b\":[2]}]");
	doc_done(&a);
	doc_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	  cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_hostile),	  cmocka_unit_test(test_limit),
		cmocka_unit_test(test_layout),	  cmocka_unit_test(test_same),
		cmocka_unit_test(test_own_names), cmocka_unit_test(test_differences),
		cmocka_unit_test(test_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
