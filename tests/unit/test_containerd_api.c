// SPDX-License-Identifier: Apache-2.0
/*
 * test_containerd_api.c - answers of containerd, good and hostile
 */
#include "container/containerd_api.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "containerd.pb-c.h"
#include "containerd_answer.h"

static void check_str(struct str s, const char *want)
{
	if (s.len != strlen(want) || (s.len && memcmp(s.p, want, s.len) != 0))
		fail_msg("\"%.*s\", not \"%s\"", (int)s.len, s.p ? s.p : "", want);
}

/* As "ctr" was seen to send it. */
static void test_request(void **state)
{
	struct buf out = { 0 };

	(void)state;
	containerd_api_put_request(&out, "w1");
	assert_int_equal(out.len, 9);
	assert_memory_equal(out.data, "\0\0\0\0\4\n\2w1", 9);
	buf_done(&out);
}

static void test_recorded(void **state)
{
	struct meta meta = { 0 };

	(void)state;
	assert_int_equal(
		containerd_api_read(str_from(containerd_answer, sizeof(containerd_answer) - 1),
				    "w1", &meta),
		0);
	check_str(meta.image, "localhost/bbtest");
	check_str(meta.image_tag, "7");
	assert_string_equal(meta.runtime, "containerd");
	assert_int_equal(meta.labels_len, 2);
	check_str(meta.labels[0].key, "a");
	check_str(meta.labels[1].value, "SIGTERM");
	assert_int_equal(meta.created_ns, 1795927120087503344);
	assert_int_equal(meta.name.len, 0); /* its id is its name */
	meta_done(&meta);
}

/* ---- answers made here */

struct made {
	Containerd__GetResponse response;
	Containerd__Container container;
	Containerd__Timestamp created;
	Containerd__Label label[8], *labels[8];
	struct buf out;
};

static void made_init(struct made *m, const char *id)
{
	memset(m, 0, sizeof(*m));
	containerd__get_response__init(&m->response);
	containerd__container__init(&m->container);
	containerd__timestamp__init(&m->created);
	m->response.container = &m->container;
	m->container.id = (char *)id;
	m->container.labels = m->labels;
}

static void made_label(struct made *m, const char *key, const char *value)
{
	size_t n = m->container.n_labels++;

	containerd__label__init(&m->label[n]);
	m->label[n].key = (char *)key;
	m->label[n].value = (char *)value;
	m->labels[n] = &m->label[n];
}

static struct str made_answer(struct made *m)
{
	size_t len = containerd__get_response__get_packed_size(&m->response);

	buf_reset(&m->out);
	buf_putc(&m->out, '\0');
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_putc(&m->out, (char)(len >> shift));
	assert_true(buf_reserve(&m->out, len));
	m->out.len +=
		containerd__get_response__pack(&m->response, (uint8_t *)m->out.data + m->out.len);
	return str_from(m->out.data, m->out.len);
}

static void test_cri(void **state)
{
	struct meta meta = { 0 };
	struct made m;

	(void)state;
	made_init(&m, "abc");
	m.container.image = (char *)"docker.io/library/nginx:1.27";
	made_label(&m, "io.cri-containerd.kind", "container");
	made_label(&m, "io.kubernetes.container.name", "front");
	made_label(&m, "io.kubernetes.pod.name", "shop-1");
	made_label(&m, "io.kubernetes.pod.namespace", "prod");
	made_label(&m, "io.kubernetes.pod.uid", "u-1");
	m.created.seconds = 1764398258;
	m.created.nanos = 5;
	m.container.created_at = &m.created;
	assert_int_equal(containerd_api_read(made_answer(&m), "abc", &meta), 0);
	check_str(meta.name, "front");
	check_str(meta.image, "docker.io/library/nginx");
	check_str(meta.pod_name, "shop-1");
	check_str(meta.pod_namespace, "prod");
	check_str(meta.pod_uid, "u-1");
	assert_int_equal(meta.created_ns, 1764398258000000005);
	meta_done(&meta);

	/* A sandbox goes by its pod's name. */
	m.label[0].value = (char *)"sandbox";
	m.label[1].key = (char *)"other";
	assert_int_equal(containerd_api_read(made_answer(&m), "abc", &meta), 0);
	check_str(meta.name, "shop-1");
	meta_done(&meta);
	buf_done(&m.out);
}

static void test_created(void **state)
{
	static const struct {
		int64_t seconds;
		int32_t nanos;
	} rows[] = { { 0, 5 },	{ -1, 5 },	   { INT64_MAX, 0 }, { 9223372036, 0 },
		     { 5, -1 }, { 5, 1000000000 }, { INT64_MIN, 0 }, { 5, INT32_MIN } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct meta meta = { 0 };
		struct made m;

		made_init(&m, "abc");
		m.created.seconds = rows[i].seconds;
		m.created.nanos = rows[i].nanos;
		m.container.created_at = &m.created;
		assert_int_equal(containerd_api_read(made_answer(&m), "abc", &meta), 0);
		assert_int_equal(meta.created_ns, 0);
		meta_done(&meta);
		buf_done(&m.out);
	}
}

static void check_refused(struct str answer, const char *id)
{
	struct meta meta = { 0 };

	assert_int_equal(containerd_api_read(answer, id, &meta), -EBADMSG);
	assert_int_equal(meta_count(&meta), 0);
}

static void test_refused(void **state)
{
	struct str answer;
	struct made m;
	char *copy;

	(void)state;
	check_refused(str_from(NULL, 0), "abc");
	check_refused(STR_LITERAL("\0\0\0\0"), "abc");
	check_refused(STR_LITERAL("\0\0\0\0\0"), "abc"); /* no container */
	check_refused(STR_LITERAL("\0\xff\xff\xff\xff"), "abc");
	made_init(&m, "abc");
	made_label(&m, "nerdctl/name", "web");
	answer = made_answer(&m);
	check_refused(answer, "abd");
	check_refused(answer, "ab");
	check_refused(answer, "abcd");
	copy = malloc(answer.len + 1);
	memcpy(copy, answer.p, answer.len);
	copy[0] = 1; /* compressed */
	check_refused(str_from(copy, answer.len), "abc");
	copy[0] = 0;
	copy[answer.len] = 0; /* more than the frame */
	check_refused(str_from(copy, answer.len + 1), "abc");
	free(copy);
	buf_done(&m.out);
}

/* Cut anywhere, with the frame's length made to fit: no crash, and no other container. */
static void test_truncated(void **state)
{
	struct str answer;
	struct made m;

	(void)state;
	made_init(&m, "abc");
	m.container.image = (char *)"i:1";
	made_label(&m, "nerdctl/name", "web");
	m.container.created_at = &m.created;
	m.created.seconds = 1764398258;
	answer = made_answer(&m);
	for (size_t len = 5; len < answer.len; len++) {
		struct meta meta = { 0 };
		char *cut = malloc(len);

		memcpy(cut, answer.p, len);
		cut[4] = (char)(len - 5);
		assert_int_not_equal(containerd_api_read(str_from(cut, len), "abc", &meta), 0);
		assert_int_equal(meta_count(&meta), 0);
		free(cut);
	}
	buf_done(&m.out);
}

/* Any byte changed: whatever comes out, it is about this container or nothing. */
static void test_changed(void **state)
{
	struct str answer;
	struct made m;
	char *copy;

	(void)state;
	made_init(&m, "abc");
	m.container.image = (char *)"i:1";
	made_label(&m, "nerdctl/name", "web");
	m.container.created_at = &m.created;
	m.created.seconds = 1764398258;
	answer = made_answer(&m);
	copy = malloc(answer.len);
	for (size_t i = 0; i < answer.len; i++) {
		for (int byte = 0; byte < 256; byte++) {
			struct meta meta = { 0 };
			int err;

			memcpy(copy, answer.p, answer.len);
			copy[i] = (char)byte;
			err = containerd_api_read(str_from(copy, answer.len), "abc", &meta);
			assert_true(err == 0 ? meta.runtime != NULL : meta.runtime == NULL);
			meta_done(&meta);
		}
	}
	free(copy);
	buf_done(&m.out);
}

/* A megabyte of empty labels, two bytes each, would be 50 in memory. */
static void test_bomb(void **state)
{
	const size_t labels = 400000;
	struct buf out = { 0 };
	struct meta meta = { 0 };
	size_t inner = 5 + 2 * labels;

	(void)state;
	buf_putc(&out, '\0');
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_putc(&out, (char)((inner + 4) >> shift));
	buf_putc(&out, '\n'); /* container, its length as a varint of three bytes */
	buf_putc(&out, (char)(0x80 | (inner & 0x7f)));
	buf_putc(&out, (char)(0x80 | (inner >> 7 & 0x7f)));
	buf_putc(&out, (char)(inner >> 14));
	buf_put(&out, "\n\3abc", 5);
	for (size_t i = 0; i < labels; i++)
		buf_put(&out, "\x12\0", 2);
	assert_false(out.failed);
	assert_int_equal(containerd_api_read(str_from(out.data, out.len), "abc", &meta), -ENOMEM);
	assert_int_equal(meta_count(&meta), 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request), cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_cri),	cmocka_unit_test(test_created),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_changed), cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
