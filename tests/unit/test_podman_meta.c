// SPDX-License-Identifier: Apache-2.0
/*
 * test_podman_meta.c - what the files of Podman, CRI-O, runc, crun and containerd say
 */
#include "container/podman.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "container/metadata.h"
#include "container/roots.h"
#include "container/runstate.h"
#include "host_tree.h"

#define PWEB	 "41ffcc231047c64d9bbaeb5a19b92f8bdaa87fb6fd888e1785c14604561dc18a"
#define CRIO	 "c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210"
#define VOLATILE "f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1f0f1"
#define ROOTLESS "b00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00bb00b"
#define MOVED	 "ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0ace0"
#define API	 "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"
#define BARE	 "beadbeadbeadbeadbeadbeadbeadbeadbeadbeadbeadbeadbeadbeadbeadbead"
#define USER	 1000 /* of /etc/passwd there */
#define IMAGE_ID "sha256:91c1d1380c49cfc66ca7c5a5f6ec2e09614814a216694f4a7e61e5fcd9f74fc6"

struct host {
	struct host_tree tree;
	struct metadata md;
};

static void host_init(struct host *h, const char *root)
{
	host_tree_init(&h->tree);
	host_tree_mkdir(&h->tree, "/proc");
	assert_int_equal(metadata_init(&h->md, root ? root : h->tree.root,
				       host_tree_path(&h->tree, "/proc"), NULL),
			 0);
	metadata_scan(&h->md, 1);
}

static void host_done(struct host *h)
{
	metadata_done(&h->md);
	host_tree_done(&h->tree);
}

static void check_str(struct str s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p ? s.p : "", want, s.len);
}

static void check_podman(struct host *h, const char *id, const char *name, const char *image,
			 const char *tag)
{
	struct meta meta = { 0 };

	assert_int_equal(podman_read(&h->md.roots, id, false, &meta), 0);
	assert_string_equal(meta.runtime, "podman");
	check_str(meta.name, name);
	check_str(meta.image, image);
	check_str(meta.image_tag, tag);
	check_str(meta.image_id, IMAGE_ID);
	meta_done(&meta);
}

static void test_names_and_images(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE);
	check_podman(&h, PWEB, "pweb", "quay.io/team/bb", "2.0");
	check_podman(&h, VOLATILE, "once", "docker.io/library/alpine", "latest");
	/* A user's files are about cgroups of that user. */
	h.md.roots.users.uid[0] = h.md.roots.users.uid[1] = 1001;
	assert_int_equal(podman_read(&h.md.roots, ROOTLESS, false, &meta), -2);
	h.md.roots.users.uid[1] = USER;
	check_podman(&h, ROOTLESS, "mine", "localhost/mine", "dev");
	check_podman(&h, MOVED, "elsewhere", "quay.io/x/y", ""); /* storage.conf */
	assert_int_equal(podman_read(&h.md.roots, API, false, &meta), -2);
	assert_int_equal(h.md.fs.errors, 0);
	host_done(&h);
}

static void test_crio(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE);
	assert_int_equal(podman_read(&h.md.roots, CRIO, true, &meta), 0);
	assert_string_equal(meta.runtime, "cri-o");
	check_str(meta.name, "web");
	check_str(meta.image, "registry.k8s.io/web");
	check_str(meta.image_tag, "3.1");
	meta_done(&meta);
	/* Podman's annotations have CRI-O's in them, but not its container's id. */
	assert_int_equal(podman_read(&h.md.roots, PWEB, true, &meta), 0);
	assert_string_equal(meta.runtime, "podman");
	check_str(meta.name, "pweb");
	meta_done(&meta);
	host_done(&h);
}

static void test_hostile_lists(void **state)
{
	static const char *const lists[] = {
		"",
		"{}",
		"[",
		"[null,1,\"" PWEB "\",[],{\"id\":7}]",
		"[{\"id\":\"" PWEB "0\",\"names\":[\"x\"]}]",
	};
	struct host h;

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct meta meta = { 0 };

		host_init(&h, NULL);
		host_tree_mkdir(&h.tree, "/c/" PWEB);
		host_tree_text(&h.tree, "/c/containers.json", lists[i]);
		roots_add(&h.md.roots.podman, STR_LITERAL("/c"), 0);
		assert_true(podman_read(&h.md.roots, PWEB, true, &meta) < 0);
		assert_null(meta.runtime);
		meta_done(&meta);
		host_done(&h);
	}
}

static void test_damaged_inner_json(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	host_tree_mkdir(&h.tree, "/c/" PWEB);
	host_tree_text(&h.tree, "/c/containers.json",
		       "[{\"id\":\"" PWEB "\",\"names\":[\"pweb\",3],\"metadata\":\"{\\\"name\"}]");
	roots_add(&h.md.roots.podman, STR_LITERAL("/c"), 0);
	assert_int_equal(podman_read(&h.md.roots, PWEB, false, &meta), 0);
	check_str(meta.name, "pweb");
	assert_int_equal(meta.image.len, 0);
	assert_int_equal(h.md.fs.errors, 1);
	meta_done(&meta);
	host_done(&h);
}

static void parse(const char *path, struct cgpath_match *ret)
{
	struct cgpath c;

	cgpath_parse(str_of(path), &c);
	assert_int_not_equal(c.match_len, 0);
	*ret = *cgpath_innermost(&c);
}

static int read_path_of(struct host *h, const char *path, uid_t uid, uint64_t now_ns,
			struct meta *meta)
{
	struct metadata_place place = { .users = { { uid, 0 } } };
	struct cgpath_match m;

	parse(path, &m);
	place.path = str_from(path, m.end);
	return metadata_read(&h->md, &m, place, now_ns, meta);
}

static int read_path(struct host *h, const char *path, uint64_t now_ns, struct meta *meta)
{
	return read_path_of(h, path, 0, now_ns, meta);
}

static void add_process(struct host *h, const char *args, size_t len, const char *uids)
{
	char status[64];

	snprintf(status, sizeof(status), "Name:\tx\nUid:\t%s\n", uids);
	host_tree_write(&h->tree, "/proc/77/cmdline", args, len);
	host_tree_text(&h->tree, "/proc/77/status", status);
	host_tree_link(&h->tree, "/proc/77/root", h->tree.root);
	host_tree_link(&h->tree, "/proc/77/exe", "/usr/bin/conmon (deleted)");
}

/* Each row: path, what confirms it (""; nothing does), name. */
static void test_which_runtime(void **state)
{
	static const char *const rows[][3] = {
		{ "/mygroup/" PWEB, "podman", "pweb" },
		{ "/libpod_parent/libpod-" PWEB, "podman", "pweb" },
		{ "/kubepods/pod1/crio-" CRIO, "cri-o", "web" },
		{ "/kubepods/pod1/" API, "containerd", "api" },
		{ "/x.slice/cri-containerd-" API ".scope", "containerd", "api" },
		{ "/x/" BARE, "runc", "" },
		{ "/docker/" API, "containerd", "api" }, /* another's path is no proof */
		{ "/docker/" PWEB, "", "" },
		{ "/lxc.payload.lxcweb", "lxc", "" },
		{ "/lxc.payload.other", "", "" },
		{ "/lxc.payload...", "", "" },
		{ "/machine.slice/machine-web.scope/payload", "systemd-nspawn", "" },
		{ "/machine.slice/machine-web2.scope/payload", "", "" },
		{ "/plain-runc", "runc", "" },
		{ "/elsewhere", "", "" }, /* runc has one of that name in another cgroup */
		{ "/other", "", "" },
		{ "/default/ctr-web", "containerd", "" },
		{ "/k8s.io/ctr-web", "", "" },
		{ "/user.slice/crun-tiny.scope", "crun", "" },
		{ "/system.slice/crun-tiny.scope", "", "" },
		{ "/payload", "", "" },
	};
	struct host h;

	(void)state;
	host_init(&h, HOST_FIXTURE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct meta meta = { 0 };

		read_path(&h, rows[i][0], 10, &meta);
		if (strcmp(meta.runtime ? meta.runtime : "", rows[i][1]) != 0)
			fail_msg("%s: %s", rows[i][0], meta.runtime ? meta.runtime : "nobody's");
		check_str(meta.name, rows[i][2]);
		meta_done(&meta);
	}
	host_done(&h);
}

static void test_monitor_tells_where(void **state)
{
	static const char args[] = "/usr/bin/conmon\0--api-version\0001\0-c\0" PWEB
				   "\0-r\0/usr/bin/runc\0-b\0/far/vfs-containers/" PWEB
				   "/userdata\0-n\0pweb\0--exit-command-arg\0-c";
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	assert_int_equal(read_path(&h, "/libpod_parent/libpod-" PWEB, 10, &meta), -11);
	assert_null(meta.runtime);
	add_process(&h, args, sizeof(args), "1000\t0\t0\t0"); /* a set-user-id program */
	assert_int_equal(read_path(&h, "/libpod_parent/libpod-" PWEB, 2000000000, &meta), -11);
	check_str(meta.name, "");
	host_tree_remove(&h.tree, "/proc/77");
	/* Its list is not there: the name is all, and only root's monitor is believed. */
	add_process(&h, args, sizeof(args), "0\t0\t0\t0");
	assert_int_equal(read_path(&h, "/libpod_parent/libpod-" PWEB, 3000000000, &meta), -11);
	check_str(meta.name, "pweb");
	host_tree_text(&h.tree, "/far/vfs-containers/containers.json",
		       "[{\"id\":\"" PWEB "\",\"names\":[\"pweb\"],\"metadata\":"
		       "\"{\\\"image-name\\\":\\\"a:b\\\"}\"}]");
	host_tree_mkdir(&h.tree, "/far/vfs-containers/" PWEB);
	assert_int_equal(read_path(&h, "/libpod_parent/libpod-" PWEB, 3000000001, &meta), 0);
	check_str(meta.name, "pweb");
	check_str(meta.image, "a");
	meta_done(&meta);
	host_done(&h);
}

static void test_root_option_of_podman(void **state)
{
	static const char args[] = "podman\0--root=/far\0run\0x";
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	add_process(&h, args, sizeof(args), "0\t0\t0\t0");
	host_tree_text(&h.tree, "/far/vfs-containers/containers.json",
		       "[{\"id\":\"" PWEB "\",\"names\":[\"n\"],\"image\":\"" PWEB "\"}]");
	host_tree_mkdir(&h.tree, "/far/vfs-containers/" PWEB);
	assert_int_equal(read_path(&h, "/libpod_parent/libpod-" PWEB, 10, &meta), 0);
	check_str(meta.name, "n");
	check_str(meta.image_id, "sha256:" PWEB);
	meta_done(&meta);
	host_done(&h);
}

/* It may run as whatever it likes: it speaks of its user's cgroups only. */
static void test_monitor_of_a_user(void **state)
{
	static const char path[] = "/user.slice/libpod-" PWEB ".scope";
	static const char args[] = "conmon\0-c\0" PWEB "\0-b\0/far/vfs-containers/" PWEB
				   "/userdata\0-n\0pweb";
	struct event_process proc = { .args = str_from(args, sizeof(args)) };
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	host_tree_text(&h.tree, "/far/vfs-containers/containers.json",
		       "[{\"id\":\"" PWEB "\",\"names\":[\"pweb\"]}]");
	host_tree_mkdir(&h.tree, "/far/vfs-containers/" PWEB);
	proc.creds.uid = USER;
	roots_see_exec(&h.md.roots, &proc); /* whose it is was not told */
	event_set(&proc, FACT_CREDS, SOURCE_KERNEL);
	proc.ns_isolated = 1u << PTC_NS_PID;
	roots_see_exec(&h.md.roots, &proc); /* its paths need not be the host's */
	read_path_of(&h, path, USER, 10, &meta);
	assert_null(meta.runtime);
	proc.ns_isolated = 1u << PTC_NS_USER;
	roots_see_exec(&h.md.roots, &proc);
	read_path_of(&h, path, USER + 1, 11, &meta);
	assert_null(meta.runtime);
	read_path_of(&h, path, USER, 12, &meta);
	assert_string_equal(meta.runtime, "podman");
	check_str(meta.name, "pweb");
	meta_done(&meta);
	host_done(&h);
}

/* "lxc.payload..." names a directory above LXC's. */
static void test_names_that_lead_elsewhere(void **state)
{
	struct meta meta = { 0 };
	struct host h;

	(void)state;
	host_init(&h, NULL);
	host_tree_text(&h.tree, "/var/lib/config", "");
	host_tree_mkdir(&h.tree, "/var/lib/lxc");
	assert_int_equal(read_path(&h, "/lxc.payload...", 10, &meta), -11);
	assert_null(meta.runtime);
	host_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_images),
		cmocka_unit_test(test_crio),
		cmocka_unit_test(test_hostile_lists),
		cmocka_unit_test(test_damaged_inner_json),
		cmocka_unit_test(test_which_runtime),
		cmocka_unit_test(test_monitor_tells_where),
		cmocka_unit_test(test_root_option_of_podman),
		cmocka_unit_test(test_monitor_of_a_user),
		cmocka_unit_test(test_names_that_lead_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
