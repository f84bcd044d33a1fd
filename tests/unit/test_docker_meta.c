// SPDX-License-Identifier: Apache-2.0
/*
 * test_docker_meta.c - what Docker's files say, and what hostile ones cannot do
 */
#include "container/docker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "container/hostjson.h"
#include "container/roots.h"
#include "host_tree.h"

#define WEB    "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define DB     "d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3"
#define HIDDEN "d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4"
#define CONFIG "/var/lib/docker/containers/" WEB "/config.v2.json"

struct host {
	struct host_tree tree; /* proc, and the root if no other is given */
	struct hostfs fs;
	struct roots roots;
};

static void host_init(struct host *h, const char *root)
{
	host_tree_init(&h->tree);
	host_tree_mkdir(&h->tree, "/proc");
	assert_int_equal(hostfs_init(&h->fs, root ? root : h->tree.root), 0);
	assert_int_equal(roots_init(&h->roots, &h->fs, host_tree_path(&h->tree, "/proc")), 0);
}

static void host_done(struct host *h)
{
	roots_done(&h->roots);
	hostfs_done(&h->fs);
	host_tree_done(&h->tree);
}

static void check_str(struct str s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p ? s.p : "", want, s.len);
}

static void test_name_and_image(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE);
	assert_int_equal(docker_read(&h.roots, WEB, &meta), 0);
	assert_string_equal(meta.runtime, "docker");
	check_str(meta.name, "web");
	check_str(meta.image, "localhost:5000/team/bb");
	check_str(meta.image_tag, "1.27");
	check_str(meta.image_id,
		  "sha256:5bed7f362e711718605cea15449f43d8dc51b4ec6c1e595816265e9daff047a2");
	meta_done(&meta);
	assert_int_equal(docker_read(&h.roots, DB, &meta), -2); /* not looked for yet */
	assert_int_equal(h.fs.errors, 0);
	host_done(&h);
}

static void test_data_root_of_daemon_json(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE);
	assert_true(roots_scan(&h.roots, 1, str_from(NULL, 0)));
	assert_int_equal(docker_read(&h.roots, DB, &meta), 0);
	check_str(meta.name, "db");
	check_str(meta.image, "postgres");
	check_str(meta.image_tag, "");
	meta_done(&meta);
	assert_int_equal(docker_read(&h.roots, HIDDEN, &meta), -2);
	host_done(&h);
}

static void add_process(struct host *h, const char *pid, const char *args, size_t len,
			const char *root)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	host_tree_write(&h->tree, path, args, len);
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	host_tree_text(&h->tree, path, "Name:\tdockerd\nUid:\t0\t0\t0\t0\n");
	snprintf(path, sizeof(path), "/proc/%s/root", pid);
	host_tree_link(&h->tree, path, root);
}

static void test_data_root_of_command_line(void **state)
{
	static const char args[] = "/usr/bin/dockerd\0-H\0fd://\0--data-root\0/opt//docker/";
	static const char foreign[] = "dockerd\0--data-root=/foreign";
	struct meta meta = { 0 };
	struct host h;
	char *root = realpath(HOST_FIXTURE, NULL);

	(void)state;
	host_init(&h, HOST_FIXTURE);
	/* One in a root of its own: its /srv is not the host's. */
	add_process(&h, "41", foreign, sizeof(foreign), h.tree.root);
	add_process(&h, "42", args, sizeof(args), root);
	assert_true(roots_scan(&h.roots, 1, str_from(NULL, 0)));
	assert_int_equal(docker_read(&h.roots, HIDDEN, &meta), 0);
	check_str(meta.name, "hidden");
	check_str(meta.image, "busybox");
	meta_done(&meta);
	for (unsigned int i = 0; i < h.roots.docker.len; i++)
		assert_string_not_equal(h.roots.docker.path[i], "/foreign");
	/* Not again within a second. */
	assert_false(roots_scan(&h.roots, 1000000000ull, str_from(NULL, 0)));
	assert_true(roots_scan(&h.roots, 1000000001ull, str_from(NULL, 0)));
	host_done(&h);
	free(root);
}

static void test_roots_are_clean_and_bounded(void **state)
{
	struct root_list list = { 0 };
	char path[32];

	(void)state;
	roots_add(&list, STR_LITERAL("relative"), 0);
	roots_add(&list, STR_LITERAL(""), 0);
	roots_add(&list, STR_LITERAL("/a\0b"), 0);
	roots_add(&list, STR_LITERAL("/whose"), CGROUPS_NO_UID);
	assert_int_equal(list.len, 0);
	roots_add(&list, STR_LITERAL("/user"), 1000);
	roots_add(&list, STR_LITERAL("//root///x//"), 0);
	roots_add(&list, STR_LITERAL("/root/x"), 0);
	roots_add(&list, STR_LITERAL("/root/x"), 1000);
	assert_int_equal(list.len, 2);
	assert_string_equal(list.path[0], "/root/x"); /* root's stand first */
	assert_string_equal(list.path[1], "/user");
	/* That another one says the same does not make it this one's. */
	roots_add(&list, STR_LITERAL("/user"), 1001);
	assert_int_equal(list.len, 3);
	for (int i = 0; i < 2 * ROOTS_MAX; i++) {
		snprintf(path, sizeof(path), "/user/%d", i);
		roots_add(&list, str_of(path), 1000);
	}
	assert_int_equal(list.len, 2 + ROOTS_USER_MAX);
	assert_string_equal(list.path[1], "/user");
	assert_int_equal(list.uid[1], 1001);
	assert_string_equal(list.path[list.len - 1], path); /* the newest are kept */
	for (uid_t uid = 2000; uid < 2000 + 2 * ROOTS_MAX; uid++)
		roots_add(&list, STR_LITERAL("/user"), uid);
	assert_int_equal(list.len, ROOTS_MAX);
	roots_add(&list, STR_LITERAL("/late"), 0);
	assert_int_equal(list.len, ROOTS_MAX);
	assert_string_equal(list.path[1], "/late");
	assert_int_equal(list.trusted_len, 2);
	for (unsigned int i = 0; i < list.len; i++)
		free(list.path[i]);
}

static void check_refused(const char *what, int want, void (*make)(const struct host_tree *t))
{
	struct meta meta = { 0 };
	struct host h;
	int err;

	host_init(&h, NULL);
	make(&h.tree);
	err = docker_read(&h.roots, WEB, &meta);
	if (err != want || h.fs.errors == 0)
		fail_msg("%s: %d, %u errors", what, err, (unsigned int)h.fs.errors);
	assert_null(meta.runtime);
	assert_int_equal(meta.name.len + meta.image.len, 0);
	host_done(&h);
}

static void make_fifo(const struct host_tree *t)
{
	host_tree_fifo(t, CONFIG);
}

static void make_symlink(const struct host_tree *t)
{
	host_tree_text(t, "/elsewhere", "{\"ID\":\"" WEB "\",\"Name\":\"/x\"}");
	host_tree_link(t, CONFIG, "/elsewhere");
}

static void make_directory(const struct host_tree *t)
{
	host_tree_mkdir(t, CONFIG);
}

static void make_empty(const struct host_tree *t)
{
	host_tree_text(t, CONFIG, "");
}

static void make_truncated(const struct host_tree *t)
{
	host_tree_text(t, CONFIG, "{\"ID\":\"" WEB "\",\"Name\":\"/we");
}

static void make_no_json(const struct host_tree *t)
{
	host_tree_text(t, CONFIG,
		       "\x7f"
		       "ELF\x02\x01");
}

static void make_array(const struct host_tree *t)
{
	host_tree_text(t, CONFIG, "[\"" WEB "\"]");
}

static void make_other_id(const struct host_tree *t)
{
	host_tree_text(t, CONFIG, "{\"ID\":\"" DB "\",\"Name\":\"/web\"}");
}

static void make_deep(const struct host_tree *t)
{
	static const char head[] = "{\"ID\":\"" WEB "\",\"Name\":\"/x\",\"Config\":";
	char text[sizeof(head) + 128];

	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, '[', 64);
	memset(text + sizeof(head) + 63, ']', 64);
	text[sizeof(head) + 127] = '}';
	host_tree_write(t, CONFIG, text, sizeof(text));
}

static void make_huge(const struct host_tree *t)
{
	size_t len = HOSTFS_SIZE_MAX + 1;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, ' ', len);
	host_tree_write(t, CONFIG, text, len);
	free(text);
}

static void test_hostile_files(void **state)
{
	(void)state;
	check_refused("FIFO", -19, make_fifo);
	check_refused("symbolic link", -40, make_symlink);
	check_refused("directory", -19, make_directory);
	check_refused("empty", -74, make_empty);
	check_refused("truncated", -74, make_truncated);
	check_refused("no JSON", -74, make_no_json);
	check_refused("array", -74, make_array);
	check_refused("another's id", -74, make_other_id);
	check_refused("deep", -74, make_deep);
	check_refused("huge", -27, make_huge);
}

static void test_wrong_types(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	host_tree_text(&h.tree, CONFIG,
		       "{\"ID\":\"" WEB "\",\"Name\":[1],\"Image\":{},\"Config\":{\"Image\":7}}");
	assert_int_equal(docker_read(&h.roots, WEB, &meta), 0);
	assert_string_equal(meta.runtime, "docker");
	assert_int_equal(meta.name.len + meta.image.len + meta.image_id.len, 0);
	meta_done(&meta);
	host_tree_text(&h.tree, CONFIG,
		       "{\"ID\":\"" WEB
		       "\",\"Name\":\"\\u001b[31m\\u0000\",\"Image\":\"sha256:12\","
		       "\"Config\":[]}");
	assert_int_equal(docker_read(&h.roots, WEB, &meta), 0);
	assert_int_equal(meta.name.len, 6);
	assert_memory_equal(meta.name.p, "\x1b[31m\0", 6);
	assert_int_equal(meta.image_id.len, 0);
	meta_done(&meta);
	host_done(&h);
}

static void test_links_stay_below_the_root(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	host_tree_text(&h.tree, "/data/containers/" WEB "/config.v2.json",
		       "{\"ID\":\"" WEB "\",\"Name\":\"/linked\"}");
	/* An absolute link is one of the host whose tree this is. */
	host_tree_link(&h.tree, "/var/lib/docker", "/../../../data");
	assert_int_equal(docker_read(&h.roots, WEB, &meta), 0);
	check_str(meta.name, "linked");
	meta_done(&meta);
	host_done(&h);
}

static void test_image_references(void **state)
{
	static const char *const rows[][3] = {
		{ "nginx", "nginx", "" },
		{ "nginx:1.27", "nginx", "1.27" },
		{ "host:5000/a/b", "host:5000/a/b", "" },
		{ "host:5000/a/b:c", "host:5000/a/b", "c" },
		{ "a/b@sha256:0123", "a/b", "" },
		{ "a/b:c@sha256:0123", "a/b", "c" },
		{ "sha256:0123", "sha256:0123", "" },
		{ "a:", "a", "" },
		{ "", "", "" },
		{ ":", "", "" },
		{ "@", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str image, tag;

		meta_split_image(str_of(rows[i][0]), &image, &tag);
		check_str(image, rows[i][1]);
		check_str(tag, rows[i][2]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_and_image),
		cmocka_unit_test(test_data_root_of_daemon_json),
		cmocka_unit_test(test_data_root_of_command_line),
		cmocka_unit_test(test_roots_are_clean_and_bounded),
		cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_links_stay_below_the_root),
		cmocka_unit_test(test_image_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
