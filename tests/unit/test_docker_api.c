// SPDX-License-Identifier: Apache-2.0
/*
 * test_docker_api.c - answers of Docker and Podman, good and hostile
 */
#include "container/docker_api.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timefmt.h"

#define ID    "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define IMAGE "4e5dda0cf6d9ff5ce2d8f0bb1a3aa7ea7ab3bd10bb6b07b2cdd9bdee8ef0f4c5"

/* Members of a real "docker inspect" (20.10) and "podman inspect" (4.3), most left out. */
#define DOCKER                                                                                  \
	"{\"Id\":\"" ID "\",\"Created\":\"2026-11-22T21:18:39.390716723Z\",\"Path\":\"sh\","    \
	"\"State\":{\"Status\":\"running\",\"Pid\":4160},\"Image\":\"sha256:" IMAGE "\","       \
	"\"Name\":\"/web\",\"Config\":{\"Image\":\"reg.example:5000/shop/web:1.4\",\"Env\":[]," \
	"\"Labels\":{\"team\":\"shop\",\"n\":7}},\"NetworkSettings\":{}}"
#define LIBPOD                                                                    \
	"{\"Id\":\"" ID "\",\"Created\":\"2026-11-22T23:18:39.390716723+02:00\"," \
	"\"Image\":\"" IMAGE                                                      \
	"\",\"ImageName\":\"localhost/shop/db:9\",\"Pod\":\"\",\"Name\":\"db\","  \
	"\"Config\":{\"Labels\":{\"team\":\"shop\"},\"Annotations\":{\"x\":\"y\"}}}"

static struct hostfs fs;

static void check_str(struct str s, const char *want)
{
	if (s.len != strlen(want) || (s.len && memcmp(s.p, want, s.len) != 0))
		fail_msg("\"%.*s\", not \"%s\"", (int)s.len, s.p ? s.p : "", want);
}

static void check_common(const struct meta *meta)
{
	int64_t created_ns;

	assert_true(timefmt_parse_utc(STR_LITERAL("2026-11-22T21:18:39.390716723Z"), &created_ns));
	assert_int_equal(meta->created_ns, created_ns);
	check_str(meta->image_id, "sha256:" IMAGE);
	assert_int_equal(meta->labels_len, 1);
	check_str(meta->labels[0].key, "team");
	check_str(meta->labels[0].value, "shop");
}

static void test_docker(void **state)
{
	struct meta meta = { 0 };

	(void)state;
	assert_int_equal(docker_api_read(&fs, STR_LITERAL(DOCKER), ID, false, &meta), 0);
	check_str(meta.name, "web");
	check_str(meta.image, "reg.example:5000/shop/web");
	check_str(meta.image_tag, "1.4");
	assert_string_equal(meta.runtime, "docker");
	check_common(&meta);
	meta_done(&meta);

	/* Podman behind Docker's socket. */
	assert_int_equal(docker_api_read(&fs, STR_LITERAL(DOCKER), ID, true, &meta), 0);
	assert_string_equal(meta.runtime, "podman");
	meta_done(&meta);
}

static void test_libpod(void **state)
{
	struct meta meta = { 0 };

	(void)state;
	assert_int_equal(docker_api_read_libpod(&fs, STR_LITERAL(LIBPOD), ID, &meta), 0);
	check_str(meta.name, "db");
	check_str(meta.image, "localhost/shop/db");
	check_str(meta.image_tag, "9");
	assert_string_equal(meta.runtime, "podman");
	check_common(&meta);
	meta_done(&meta);
}

static void test_refused(void **state)
{
	static const char other[] =
		"{\"Id\":\"f41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d\","
		"\"Name\":\"/web\"}";
	char deep[200];
	const struct str rows[] = {
		STR_LITERAL(""),
		STR_LITERAL("\0"),
		STR_LITERAL("null"),
		STR_LITERAL("[]"),
		STR_LITERAL("[" DOCKER "]"),
		STR_LITERAL("\"" ID "\""),
		STR_LITERAL("<html>busy</html>"),
		STR_LITERAL("{\"Name\":\"/web\"}"),
		STR_LITERAL("{\"Id\":7,\"Name\":\"/web\"}"),
		STR_LITERAL("{\"Id\":\"" ID "\\u0000\",\"Name\":\"/web\"}"),
		STR_LITERAL("{\"Id\":[\"" ID "\"],\"Name\":\"/web\"}"),
		str_of(other),
		str_from(deep, sizeof(deep)),
	};

	(void)state;
	/* {"Id":ID,"a":[[[[… : deeper than any runtime's answer. */
	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"Id\":\"" ID "\",\"a\":", sizeof("{\"Id\":\"" ID "\",\"a\":") - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct meta meta = { 0 };

		assert_int_equal(docker_api_read(&fs, rows[i], ID, false, &meta), -EBADMSG);
		assert_int_equal(docker_api_read_libpod(&fs, rows[i], ID, &meta), -EBADMSG);
		assert_null(meta.runtime);
		assert_int_equal(meta.name.len, 0);
		meta_done(&meta);
	}
}

/* Cut anywhere it is no answer, and nothing of it is believed. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(DOCKER) - 1; len++) {
		struct meta meta = { 0 };
		char *exact = malloc(len + 1); /* so that a sanitizer sees what is read beyond */

		memcpy(exact, DOCKER, len);
		assert_int_equal(docker_api_read(&fs, str_from(exact, len), ID, false, &meta),
				 -EBADMSG);
		assert_null(meta.runtime);
		free(exact);
	}
}

/* A member of another kind than expected is one that is not there. */
static void test_wrong_types(void **state)
{
	static const char odd[] = "{\"Id\":\"" ID "\",\"Name\":[\"/web\"],\"Image\":{\"a\":1},"
				  "\"Created\":1764000000,\"Config\":\"none\",\"ImageName\":true}";
	static const char inner[] =
		"{\"Id\":\"" ID "\",\"Name\":\"\",\"Image\":\"sha256:short\",\"Created\":\"soon\","
		"\"Config\":{\"Image\":null,\"Labels\":[\"a\",\"b\"]}}";
	const char *const rows[] = { odd, inner };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct meta meta = { 0 };

		assert_int_equal(docker_api_read(&fs, str_of(rows[i]), ID, false, &meta), 0);
		assert_int_equal(meta_count(&meta), 1); /* the runtime */
		meta_done(&meta);
		assert_int_equal(docker_api_read_libpod(&fs, str_of(rows[i]), ID, &meta), 0);
		assert_int_equal(meta_count(&meta), 1);
		meta_done(&meta);
	}
}

/* A name of a megabyte is cut; of ten thousand labels the first ones are kept. */
static void test_huge(void **state)
{
	struct buf text = { .limit = 8u << 20 };
	struct meta meta = { 0 };

	(void)state;
	buf_puts(&text, "{\"Id\":\"" ID "\",\"Name\":\"/");
	for (int i = 0; i < 1 << 20; i++)
		buf_putc(&text, 'x');
	buf_puts(&text, "\",\"Config\":{\"Labels\":{");
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "%s\"l%d\":\"v\"", i ? "," : "", i);
	buf_puts(&text, "}}}");
	assert_false(text.failed);
	assert_int_equal(docker_api_read(&fs, str_from(text.data, text.len), ID, false, &meta), 0);
	assert_int_equal(meta.name.len, META_STR_MAX);
	assert_int_equal(meta.labels_len, META_LABELS_MAX);
	meta_done(&meta);
	buf_done(&text);
}

/* What one source said stays; the other fills what is missing. */
static void test_merge(void **state)
{
	struct meta meta = { 0 }, more = { 0 };

	(void)state;
	meta_set(&meta.name, STR_LITERAL("of-the-file"));
	meta.runtime = "docker";
	meta.created_ns = 7;
	assert_int_equal(docker_api_read(&fs, STR_LITERAL(DOCKER), ID, true, &more), 0);
	assert_int_equal(meta_count(&meta), 2); /* when it was made is none */
	meta_merge(&meta, &more);
	meta_done(&more);
	check_str(meta.name, "of-the-file");
	assert_string_equal(meta.runtime, "docker");
	assert_int_equal(meta.created_ns, 7);
	check_str(meta.image, "reg.example:5000/shop/web");
	check_str(meta.image_tag, "1.4");
	check_str(meta.image_id, "sha256:" IMAGE);
	assert_int_equal(meta.labels_len, 1);
	assert_int_equal(meta_count(&meta), 6);
	meta_done(&meta);

	/* runc's state knows neither whose it is nor when it was made. */
	meta.runtime = "runc";
	meta.created_ns = 7;
	assert_int_equal(docker_api_read(&fs, STR_LITERAL(DOCKER), ID, false, &more), 0);
	meta_merge(&meta, &more);
	meta_done(&more);
	assert_string_equal(meta.runtime, "docker");
	assert_true(meta.created_ns > 7);
	meta_done(&meta);
}

static int open_fs(void **state)
{
	(void)state;
	return hostfs_init(&fs, "");
}

static int close_fs(void **state)
{
	(void)state;
	hostfs_done(&fs);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker),	    cmocka_unit_test(test_libpod),
		cmocka_unit_test(test_refused),	    cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_wrong_types), cmocka_unit_test(test_huge),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, open_fs, close_fs);
}
