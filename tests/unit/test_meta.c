// SPDX-License-Identifier: Apache-2.0
/*
 * test_meta.c - labels, creation times and pods: from each runtime's files, and their limits
 */
#include "container/meta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timefmt.h"
#include "container/containers.h"
#include "host_tree.h"

static void check_str(struct str s, const char *want)
{
	if (s.len != strlen(want) || (s.len && memcmp(s.p, want, s.len) != 0))
		fail_msg("\"%.*s\", not \"%s\"", (int)s.len, s.p ? s.p : "", want);
}

static void test_created(void **state)
{
	static const char *const rows[][2] = {
		{ "2026-11-22T21:18:39.390716723Z", "2026-11-22T21:18:39.390716723Z" },
		{ "2026-11-22T21:18:39Z", "2026-11-22T21:18:39.000000000Z" },
		{ "2026-11-22T23:18:39.5+02:00", "2026-11-22T21:18:39.500000000Z" },
		{ "2026-11-22T23:18:39.123456789-03:30", "2026-11-23T02:48:39.123456789Z" },
		{ "2026-11-22T21:18:39+0200", "" },
		{ "2026-11-22T21:18:39+24:00", "" },
		{ "2026-11-22T21:18:39+02:60", "" },
		{ "2026-11-22T21:18:39+0x:00", "" },
		{ "2026-11-22T21:18:39", "" },
		{ "0001-01-01T00:00:00Z", "" },
		{ "1970-01-01T00:00:00Z", "" },
		{ "1970-01-01T01:00:00+02:00", "2026" },
		{ "+00:00", "" },
		{ "Z", "" },
		{ "", "" },
		{ "2026-11-22T21:18:39.0000000000000000000000000000000000+02:00", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct meta meta = { 0 };
		char utc[TIMEFMT_UTC_LEN + 1] = "";

		meta_set_created(&meta, str_of(rows[i][0]));
		if (meta.created_ns)
			timefmt_utc(utc, meta.created_ns);
		if (strcmp(rows[i][1], "2026") == 0)
			assert_string_equal(utc, ""); /* before the epoch in UTC */
		else
			assert_string_equal(utc, rows[i][1]);
	}
}

static void test_label_limits(void **state)
{
	static char big[META_LABEL_BYTES_MAX + 1];
	struct meta meta = { 0 };
	char key[16];

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_true(meta_add_label(&meta, STR_LITERAL(""), STR_LITERAL("no key")));
	assert_int_equal(meta.labels_len, 0);
	assert_true(meta_add_label(&meta, STR_LITERAL("empty"), STR_LITERAL("")));
	assert_true(meta_add_label(&meta, STR_LITERAL("empty"), STR_LITERAL("again")));
	assert_int_equal(meta.labels_len, 1);
	check_str(meta.labels[0].value, "");
	/* One that cannot fit is left out, the next one is not. */
	assert_true(meta_add_label(&meta, STR_LITERAL("big"), str_from(big, sizeof(big))));
	assert_true(meta_add_label(&meta, str_from(big, sizeof(big)), STR_LITERAL("v")));
	assert_int_equal(meta.labels_len, 1);
	for (int i = 0; i < 2 * META_LABELS_MAX; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_true(meta_add_label(&meta, str_of(key), str_from(big, 4000)));
	}
	/* 16 times 4,000 bytes are all that fit. */
	assert_int_equal(meta.labels_len, 17);
	for (int i = 0; i < 2 * META_LABELS_MAX; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		assert_true(meta_add_label(&meta, str_of(key), STR_LITERAL("v")));
	}
	assert_int_equal(meta.labels_len, META_LABELS_MAX);
	meta_done(&meta);
}

struct facts {
	const char *cgroup;
	const char *runtime;
	const char *name;
	const char *created;
	const char *pod_namespace, *pod_name, *pod_uid;
	const char *key, *value; /* one of its labels; NULL: it has none */
	uint32_t labels_len;
};

#define WEB  "docker-e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d.scope"
#define PWEB "libpod-41ffcc231047c64d9bbaeb5a19b92f8bdaa87fb6fd888e1785c14604561dc18a.scope"
#define CRIO "crio-c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210.scope"
#define API  "cri-containerd-5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2.scope"

/* What each runtime wrote on a recorded host. */
static void test_facts_of_each_runtime(void **state)
{
	static const struct facts rows[] = {
		{ WEB, "docker", "web", "2026-11-22T21:18:38.390716723Z", "", "", "", "tier",
		  "front", 2 },
		{ PWEB, "podman", "pweb", "2026-11-22T21:18:39.287522101Z", "", "", "", NULL, NULL,
		  0 },
		{ CRIO, "cri-o", "web", "2026-11-22T21:18:39.000000000Z", "shop", "shop-7d9",
		  "0b7e3c9a-1f1d-4b8e-9d43-3f0b6a7a2c11", "app", "web", 1 },
		{ API, "containerd", "api", "", "shop", "api-0", "1",
		  "io.kubernetes.cri.container-type", "container", 6 },
		{ "plain-runc", "runc", "plain-runc", "2026-11-22T21:18:39.357554963Z", "", "", "",
		  "org.example.owner", "ops=a", 1 },
	};
	struct containers_options options = { .grace_ns = 1000 };
	struct containers *containers;
	struct host_tree tree;

	(void)state;
	host_tree_init(&tree);
	host_tree_text(&tree, "/proc/self/mountinfo", "");
	options.proc_root = host_tree_path(&tree, "/proc");
	options.host_root = HOST_FIXTURE;
	assert_int_equal(containers_new(&options, &containers), 0);
	containers_cgroup_made(containers, 0, 1, 0, STR_LITERAL(""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct facts *want = &rows[i];
		const struct container_info *info;
		struct containers_answer answer;
		char utc[TIMEFMT_UTC_LEN + 1] = "";
		bool found = !want->key;

		containers_cgroup_made(containers, 0, 10 + i, 1, str_of(want->cgroup));
		containers_find(containers, 10 + i, 0, 0, 0, &answer);
		info = answer.container;
		assert_non_null(info);
		check_str(info->runtime, want->runtime);
		check_str(info->name, want->name);
		check_str(info->pod_namespace, want->pod_namespace);
		check_str(info->pod_name, want->pod_name);
		check_str(info->pod_uid, want->pod_uid);
		if (info->created_ns)
			timefmt_utc(utc, info->created_ns);
		assert_string_equal(utc, want->created);
		assert_int_equal(info->labels_len, want->labels_len);
		for (uint32_t l = 0; l < info->labels_len; l++) {
			if (!str_eq(info->labels[l].key, str_of(want->key)))
				continue;
			check_str(info->labels[l].value, want->value);
			found = true;
		}
		assert_true(found);
	}
	containers_free(containers);
	host_tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_created),
		cmocka_unit_test(test_label_limits),
		cmocka_unit_test(test_facts_of_each_runtime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
