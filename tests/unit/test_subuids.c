// SPDX-License-Identifier: Apache-2.0
/*
 * test_subuids.c - which user ids are of users' namespaces
 */
#include "container/subuids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host_tree.h"

#define LONG_NAME 600

struct files {
	struct host_tree tree;
	struct hostfs fs;
	struct subuids subuids;
};

static int setup(void **state)
{
	struct files *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	host_tree_init(&f->tree);
	host_tree_mkdir(&f->tree, "/etc");
	assert_int_equal(hostfs_init(&f->fs, f->tree.root), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct files *f = *state;

	subuids_done(&f->subuids);
	hostfs_done(&f->fs);
	host_tree_done(&f->tree);
	free(f);
	return 0;
}

static void test_ranges(void **state)
{
	static const struct {
		const char *text;
		uid_t uid;
		bool has;
	} rows[] = {
		{ "u:100000:65536\n", 100000, true },
		{ "u:100000:65536\n", 165535, true },
		{ "u:100000:65536\n", 165536, false },
		{ "u:100000:65536\n", 99999, false },
		{ "u:100000:65536", 100000, true },
		{ "1000:100000:65536\n", 100000, true },
		{ "u:100000:1\nv:200000:1\n", 200000, true },
		{ "u:4294967295:4294967295\n", 0, false }, /* does not go round */
		{ "u:0:4294967295\n", 4294967294, true },
		{ "u:100000:0\n", 100000, false },
		{ "#u:100000\nv:200000:1\n", 200000, true },
		{ "u:100000:+1\n", 100000, false },
		{ "u: 100000:1\n", 100000, false },
		{ "u:100000:1 \n", 100000, false },
		{ "u:100000:1:1\n", 100000, false },
		{ "u:100000:4294967296\n", 100000, false },
		{ "u:100000\n", 100000, false },
		{ "u::\n", 0, false },
		{ "\n\n", 0, false },
		{ "", 0, false },
	};
	struct files *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		host_tree_text(&f->tree, "/etc/subuid", rows[i].text);
		subuids_read(&f->subuids, &f->fs);
		if (subuids_has(&f->subuids, rows[i].uid) != rows[i].has)
			fail_msg("row %zu: %u", i, rows[i].uid);
	}
}

static void test_long_lines_and_many(void **state)
{
	char text[20000];
	struct files *f = *state;
	size_t len = LONG_NAME;

	memset(text, 'x', LONG_NAME);
	len += (size_t)snprintf(text + len, sizeof(text) - len, ":7:1\n");
	for (unsigned int i = 0; i < 1000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "u:%u:1\n", 1000 + 2 * i);
	host_tree_text(&f->tree, "/etc/subuid", text);
	subuids_read(&f->subuids, &f->fs);
	assert_int_equal(f->subuids.len, 1000);
	assert_false(subuids_has(&f->subuids, 7));
	assert_true(subuids_has(&f->subuids, 2998));
	assert_false(subuids_has(&f->subuids, 2999));
}

/* What is no file of root's says nothing, and what was read before is forgotten. */
static void test_others(void **state)
{
	struct files *f = *state;

	host_tree_text(&f->tree, "/etc/subuid", "u:100000:1\n");
	subuids_read(&f->subuids, &f->fs);
	assert_true(subuids_has(&f->subuids, 100000));
	host_tree_remove(&f->tree, "/etc/subuid");
	subuids_read(&f->subuids, &f->fs);
	assert_false(subuids_has(&f->subuids, 100000));
	host_tree_fifo(&f->tree, "/etc/subuid");
	subuids_read(&f->subuids, &f->fs);
	assert_int_equal(f->subuids.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ranges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_lines_and_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
