// SPDX-License-Identifier: Apache-2.0
/*
 * test_hostile_meta.c - every form of hostile file in the place of every runtime's own
 *
 * Each costs the container its name and gives a reason, and nothing else. The same file
 * with nothing wrong is tried first, so that a row differs in exactly one thing.
 *
 * Long because each runtime has a file of its own and each form has to be made.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "container/containers.h"
#include "container/hostjson.h"
#include "container/meta.h"
#include "event/names.h"
#include "container/metadata.h"
#include "host_tree.h"

#define ID     "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define NOBODY 65534
#define STORE  "/var/lib/containers/storage/overlay-containers/"

/* What a runtime's file is worth. */
enum worth {
	WORTH_NAME,  /* all that is known is in it */
	WORTH_PROOF, /* root's being there confirms the container; more is read if it can be */
	WORTH_THERE, /* it is never read */
	WORTH_STATE, /* without what is in it nobody can tell whether there is a container */
};

struct owner {
	const char *label;
	enum worth worth;
	const char *cgroup[2]; /* from the root on; NULL: one level only */
	const char *file;
	const char *text;
	const char *name; /* "": the file has none */
};

static const struct owner owners[] = {
	{ "Docker's config.v2.json",
	  WORTH_NAME,
	  { "docker", ID },
	  "/var/lib/docker/containers/" ID "/config.v2.json",
	  "{\"ID\":\"" ID "\",\"Name\":\"/web\",\"Config\":{\"Image\":\"i:1\"}}",
	  "web" },
	{ "Podman's containers.json",
	  WORTH_NAME,
	  { "libpod-" ID ".scope", NULL },
	  STORE "containers.json",
	  "[{\"id\":\"" ID
	  "\",\"names\":[\"web\"],\"metadata\":\"{\\\"image-name\\\":\\\"i\\\"}\"}]",
	  "web" },
	{ "Podman's volatile list",
	  WORTH_NAME,
	  { "libpod-" ID ".scope", NULL },
	  STORE "volatile-containers.json",
	  "[{\"id\":\"" ID
	  "\",\"names\":[\"web\"],\"metadata\":\"{\\\"image-name\\\":\\\"i\\\"}\"}]",
	  "web" },
	{ "CRI-O's config.json",
	  WORTH_NAME,
	  { "crio-" ID ".scope", NULL },
	  STORE ID "/userdata/config.json",
	  "{\"annotations\":{\"io.kubernetes.cri-o.ContainerID\":\"" ID
	  "\",\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.cri-o.ImageName\":\"i\"}}",
	  "web" },
	{ "containerd's config.json",
	  WORTH_NAME,
	  { "cri-containerd-" ID ".scope", NULL },
	  "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json",
	  "{\"annotations\":{\"io.kubernetes.cri.container-name\":\"web\"}}",
	  "web" },
	{ "runc's state.json",
	  WORTH_PROOF,
	  { "some", ID },
	  "/run/runc/" ID "/state.json",
	  "{\"created\":\"2026-11-22T21:18:39Z\"}",
	  "" },
	{ "crun's status", WORTH_PROOF, { "some", ID }, "/run/crun/" ID "/status", "{}", "" },
	{ "LXC's config",
	  WORTH_THERE,
	  { "lxc.payload.box", NULL },
	  "/var/lib/lxc/box/config",
	  "",
	  "box" },
	{ "nspawn's state",
	  WORTH_THERE,
	  { "machine-box.scope", NULL },
	  "/run/systemd/machines/box",
	  "",
	  "box" },
	{ "runc's state.json for a name",
	  WORTH_STATE,
	  { "plain", NULL },
	  "/run/runc/plain/state.json",
	  "{\"cgroup_paths\":{\"\":\"/sys/fs/cgroup/plain\"}}",
	  "plain" },
	{ "crun's status for a name",
	  WORTH_STATE,
	  { "plain", NULL },
	  "/run/crun/plain/status",
	  "{\"cgroup-path\":\"/plain\"}",
	  "plain" },
};

#define OWNERS (sizeof(owners) / sizeof(owners[0]))

/* ---- the forms; each makes the file, false where this machine does not let it */

static bool make_empty(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, "");
	return true;
}

static bool make_truncated(const struct host_tree *t, const struct owner *o)
{
	host_tree_write(t, o->file, o->text, strlen(o->text) ? strlen(o->text) - 1 : 0);
	return true;
}

static bool make_no_json(const struct host_tree *t, const struct owner *o)
{
	static const char elf[] = "\x7f"
				  "ELF\x02\x01\x01\0\0\xff\xfe";

	host_tree_write(t, o->file, elf, sizeof(elf));
	return true;
}

/* What is right, and a member that is nested deeper than any runtime's. */
static bool make_deep(const struct host_tree *t, const struct owner *o)
{
	char text[2048], nest[201];
	int is_list = o->text[0] == '[', close = is_list ? ']' : '}';

	memset(nest, '[', 100);
	memset(nest + 100, ']', 100);
	nest[200] = '\0';
	snprintf(text, sizeof(text), "%.*s%s%s%s%c", (int)strlen(o->text) - 1, o->text,
		 strlen(o->text) > 2 ? "," : "", is_list ? "" : "\"deep\":", nest, close);
	host_tree_text(t, o->file, *o->text ? text : nest);
	return true;
}

static bool make_long(const struct host_tree *t, const char *file, size_t len)
{
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, ' ', len);
	host_tree_write(t, file, text, len);
	free(text);
	return true;
}

static bool make_huge(const struct host_tree *t, const struct owner *o)
{
	return make_long(t, o->file, HOSTFS_SIZE_MAX + 1);
}

/* Not too long, and nothing wrong but that it would be a gigabyte when it is parsed. */
static bool make_dear(const struct host_tree *t, const struct owner *o)
{
	static const char empty[] = "{},";
	const size_t step = sizeof(empty) - 1, len = HOSTFS_SIZE_MAX / step * step;
	char *text = malloc(len);

	assert_non_null(text);
	for (size_t i = 0; i < len; i += step)
		memcpy(text + i, empty, step);
	memcpy(text, "[0,", step);
	memcpy(text + len - step, "{}]", step);
	host_tree_write(t, o->file, text, len);
	free(text);
	return true;
}

static bool make_sparse(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, "{");
	return truncate(host_tree_path(t, o->file), 10ll << 30) == 0;
}

static bool make_fifo(const struct host_tree *t, const struct owner *o)
{
	host_tree_fifo(t, o->file);
	return true;
}

static bool make_directory(const struct host_tree *t, const struct owner *o)
{
	host_tree_mkdir(t, o->file);
	return true;
}

/* As /dev/zero: it never ends. */
static bool make_device(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, "");
	host_tree_remove(t, o->file);
	return mknod(host_tree_path(t, o->file), S_IFCHR | 0666, makedev(1, 5)) == 0;
}

static bool make_socket(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, "");
	host_tree_remove(t, o->file);
	return mknod(host_tree_path(t, o->file), S_IFSOCK | 0666, 0) == 0;
}

/* To a file with nothing wrong, or to itself. */
static bool make_link(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, "/elsewhere", o->text);
	host_tree_link(t, o->file, "/elsewhere");
	return true;
}

static bool make_loop(const struct host_tree *t, const struct owner *o)
{
	host_tree_link(t, o->file, o->file);
	return true;
}

static bool make_foreign(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, o->text);
	return chown(host_tree_path(t, o->file), NOBODY, NOBODY) == 0;
}

static bool make_denied(const struct host_tree *t, const struct owner *o)
{
	host_tree_text(t, o->file, o->text);
	assert_int_equal(chmod(host_tree_path(t, o->file), 0), 0);
	return true;
}

enum kind {
	KIND_REGULAR, /* with wrong bytes in it */
	KIND_LINK,    /* to a regular one */
	KIND_FOREIGN, /* another user's */
	KIND_OTHER,   /* no file at all */
};

static const struct form {
	const char *label;
	bool (*make)(const struct host_tree *t, const struct owner *o);
	enum kind kind;
	enum missing why;
} forms[] = {
	{ "empty", make_empty, KIND_REGULAR, MISSING_MALFORMED },
	{ "truncated", make_truncated, KIND_REGULAR, MISSING_MALFORMED },
	{ "no JSON", make_no_json, KIND_REGULAR, MISSING_MALFORMED },
	{ "deep", make_deep, KIND_REGULAR, MISSING_MALFORMED },
	{ "huge", make_huge, KIND_REGULAR, MISSING_MALFORMED },
	{ "dear", make_dear, KIND_REGULAR, MISSING_MALFORMED },
	{ "sparse 10 GiB", make_sparse, KIND_REGULAR, MISSING_MALFORMED },
	{ "not to be read", make_denied, KIND_REGULAR, MISSING_DENIED },
	{ "FIFO", make_fifo, KIND_OTHER, MISSING_MALFORMED },
	{ "directory", make_directory, KIND_OTHER, MISSING_MALFORMED },
	{ "device", make_device, KIND_OTHER, MISSING_MALFORMED },
	{ "socket", make_socket, KIND_OTHER, MISSING_MALFORMED },
	{ "link to itself", make_loop, KIND_OTHER, MISSING_MALFORMED },
	{ "link", make_link, KIND_LINK, MISSING_MALFORMED },
	{ "another user's", make_foreign, KIND_FOREIGN, MISSING_MALFORMED },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* ---- */

struct host {
	struct host_tree tree;
	struct containers *c;
};

static void host_init(struct host *h)
{
	host_tree_init(&h->tree);
	/* What is looked for as another user must be found by one. */
	assert_int_equal(chmod(h->tree.root, 0755), 0);
	host_tree_text(&h->tree, "/proc/self/mountinfo", "");
	host_tree_mkdir(&h->tree, STORE ID);
}

/* Everything that is there already has been looked at when the answer comes. */
static void ask(struct host *h, const struct owner *o, struct containers_answer *ret_answer)
{
	struct containers_options options = {
		.proc_root = host_tree_path(&h->tree, "/proc"),
		.host_root = h->tree.root,
		.grace_ns = 1000,
	};
	uint64_t id = 1;

	assert_int_equal(containers_new(&options, &h->c), 0);
	containers_cgroup_made(h->c, 0, 1, 0, STR_LITERAL(""));
	for (int i = 0; i < 2 && o->cgroup[i]; i++, id++)
		containers_cgroup_made(h->c, 0, id + 1, id, str_of(o->cgroup[i]));
	containers_find(h->c, id, 0, 0, 0, ret_answer);
}

static void host_done(struct host *h)
{
	containers_free(h->c);
	host_tree_done(&h->tree);
}

static void test_nothing_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < OWNERS; i++) {
		struct containers_answer a;
		struct host h;

		host_init(&h);
		host_tree_text(&h.tree, owners[i].file, owners[i].text);
		ask(&h, &owners[i], &a);
		if (!a.container || a.container->unconfirmed || a.container->missing ||
		    !str_eq(a.container->name, str_of(owners[i].name)))
			fail_msg("%s: not known", owners[i].label);
		host_done(&h);
	}
}

/* No file at all is no reason: the runtime was asked and does not know it. */
static void test_not_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < OWNERS; i++) {
		struct containers_answer a;
		struct containers_stats stats;
		struct host h;

		host_init(&h);
		ask(&h, &owners[i], &a);
		assert_true(a.known);
		assert_int_equal(a.missing, MISSING_NONE);
		if (owners[i].worth == WORTH_STATE)
			assert_null(a.container);
		else if (!a.container->unconfirmed || a.container->missing)
			fail_msg("%s: missing %s", owners[i].label,
				 missing_name((enum missing)a.container->missing));
		containers_stats(h.c, &stats);
		assert_int_equal(stats.metadata_errors, 0);
		host_done(&h);
	}
}

static bool is_confirmed(const struct owner *o, const struct form *f)
{
	switch (o->worth) {
	case WORTH_PROOF:
		return f->kind == KIND_REGULAR || f->kind == KIND_LINK;
	case WORTH_THERE:
		return f->kind != KIND_OTHER;
	case WORTH_NAME:
	case WORTH_STATE:
		break;
	}
	return false;
}

static void check(const struct owner *o, const struct form *f, const struct containers_answer *a)
{
	bool confirmed = is_confirmed(o, f);
	enum missing want = o->worth == WORTH_THERE && confirmed ? MISSING_NONE : f->why;
	enum missing why;

	assert_true(a->known);
	if (o->worth == WORTH_STATE) {
		if (a->container || a->missing != want)
			fail_msg("%s, %s: %s", o->label, f->label, missing_name(a->missing));
		return;
	}
	assert_non_null(a->container);
	why = (enum missing)a->container->missing;
	if (a->container->unconfirmed == confirmed || why != want)
		fail_msg("%s, %s: %s, missing %s", o->label, f->label,
			 a->container->unconfirmed ? "unconfirmed" : "confirmed",
			 why ? missing_name(why) : "nothing");
	if (o->worth != WORTH_THERE)
		assert_int_equal(a->container->name.len + a->container->image.len, 0);
}

static void test_every_form_of_every_file(void **state)
{
	bool root = geteuid() == 0;

	(void)state;
	for (size_t i = 0; i < OWNERS * FORMS; i++) {
		const struct owner *o = &owners[i / FORMS];
		const struct form *f = &forms[i % FORMS];
		struct containers_answer a;
		struct host h;

		host_init(&h);
		if (f->make(&h.tree, o)) {
			/* Root may read everything. */
			if (root && f->why == MISSING_DENIED)
				assert_int_equal(seteuid(NOBODY), 0);
			ask(&h, o, &a);
			if (root)
				assert_int_equal(seteuid(0), 0);
			check(o, f, &a);
			containers_free(h.c);
		} else if (root) {
			fail_msg("%s, %s: %s", o->label, f->label, strerror(errno));
		}
		host_tree_done(&h.tree);
	}
}

/* Rewritten in place, by pieces, and every so often something else altogether. */
static void rewrite_forever(const struct host_tree *t, const struct owner *o)
{
	const char *path = host_tree_path(t, o->file), *other = host_tree_path(t, "/other");
	size_t len = strlen(o->text);

	for (unsigned int n = 0;; n++) {
		int fd = open(path, O_WRONLY | O_TRUNC | O_NONBLOCK | O_CLOEXEC);

		for (size_t i = 0; fd >= 0 && i < len; i += 7)
			if (write(fd, o->text + i, len - i < 7 ? len - i : 7) < 0)
				break;
		close(fd);
		/* So that it is whole for a while, whatever processor the reader is on. */
		if (n % 4 == 0)
			usleep(500);
		if (n % 16 == 5 && mkfifo(other, 0644) == 0)
			rename(other, path);
		if (n % 16 == 10 && symlink(path, other) == 0)
			rename(other, path);
		if (n % 16 == 15) {
			unlink(path);
			close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		}
	}
}

static void test_changing_under_the_reader(void **state)
{
	unsigned int named = 0, refused = 0;
	uint64_t deadline_ns;
	struct host h;
	pid_t pid;

	(void)state;
	host_init(&h);
	host_tree_text(&h.tree, owners[0].file, owners[0].text);
	pid = fork();
	if (pid == 0)
		rewrite_forever(&h.tree, &owners[0]);
	assert_true(pid > 0);
	deadline_ns = clock_boot_ns() + 20 * NSEC_PER_SEC;
	while ((named < 10 || refused < 10) && clock_boot_ns() < deadline_ns) {
		struct containers_answer a;

		ask(&h, &owners[0], &a);
		assert_non_null(a.container);
		/* All of it or nothing. */
		if (a.container->unconfirmed) {
			assert_int_equal(a.container->name.len, 0);
			refused++;
		} else {
			assert_true(str_eq(a.container->name, STR_LITERAL("web")));
			assert_true(str_eq(a.container->image, STR_LITERAL("i")));
			assert_int_equal(a.container->missing, MISSING_NONE);
			named++;
		}
		containers_free(h.c);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(named >= 10 && refused >= 10);
	host_tree_done(&h.tree);
}

/* Removed before anybody looked: of one that ran on, the same is no reason. */
static void test_gone(void **state)
{
	struct containers_options options = { .grace_ns = 1000 };
	struct containers_answer a;
	struct containers *c;
	struct host_tree tree;
	char text[512];
	uint64_t docker, alive;

	(void)state;
	host_tree_init(&tree);
	snprintf(text, sizeof(text), "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n", tree.root);
	host_tree_text(&tree, "/proc/self/mountinfo", text);
	docker = host_tree_mkdir(&tree, "/v2/docker");
	alive = host_tree_mkdir(&tree, "/v2/docker/" ID);
	options.proc_root = host_tree_path(&tree, "/proc");
	options.host_root = tree.root;
	for (int removed = 0; removed < 3; removed++) {
		if (removed == 1)
			host_tree_remove(&tree, "/v2/docker/" ID);
		if (removed == 2) /* the runtime keeps its file longer */
			host_tree_text(&tree, owners[0].file, owners[0].text);
		assert_int_equal(containers_new(&options, &c), 0);
		containers_seed(c);
		containers_cgroup_made(c, 0, alive, docker, STR_LITERAL(ID));
		containers_find(c, alive, 0, 0, 0, &a);
		assert_non_null(a.container);
		assert_int_equal(a.container->missing, removed == 1 ? MISSING_GONE : MISSING_NONE);
		assert_true(a.container->unconfirmed == (removed < 2));
		containers_free(c);
	}
	host_tree_done(&tree);
}

/* What root's file does not say is not for a user's to say, not even in a cgroup of his. */
static void test_users_name_no_container_of_roots(void **state)
{
	uid_t uid = geteuid() ? geteuid() : 1000;
	struct metadata_place place = { .path = STR_LITERAL("/docker/" ID),
					.users = { { uid, uid } } };
	char home[128];
	struct cgpath c;

	(void)state;
	snprintf(home, sizeof(home), "user:x:%u:1000::/home/user:/bin/sh\n", uid);
	cgpath_parse(place.path, &c);
	for (int broken = 0; broken < 2; broken++) {
		struct metadata md = { 0 };
		struct meta meta = { 0 };
		struct host h;

		host_init(&h);
		host_tree_text(&h.tree, "/etc/passwd", home);
		host_tree_text(&h.tree,
			       "/home/user/.local/share/docker/containers/" ID "/config.v2.json",
			       owners[0].text);
		if (broken)
			host_tree_text(&h.tree, owners[0].file, "{");
		assert_int_equal(
			metadata_init(&md, h.tree.root, host_tree_path(&h.tree, "/proc"), NULL), 0);
		metadata_read(&md, cgpath_innermost(&c), place, 10, &meta);
		assert_true((meta.runtime == NULL) == (broken == 1));
		assert_int_equal(meta.missing, broken ? MISSING_MALFORMED : MISSING_NONE);
		meta_done(&meta);
		metadata_done(&md);
		host_tree_done(&h.tree);
	}
}

/* Nor can they hide what their files cost in what is no JSON. */
static void test_only_json(void **state)
{
	static const char *const hides[] = { "['\"',", "[/*\"*/" };
	struct json_object *object = NULL;
	struct host_tree tree;
	struct hostfs fs;

	(void)state;
	host_tree_init(&tree);
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	for (size_t i = 0; i < sizeof(hides) / sizeof(hides[0]); i++) {
		struct buf text = { .limit = HOSTFS_SIZE_MAX };

		buf_str(&text, str_of(hides[i]));
		for (int k = 0; k < 100000; k++)
			buf_str(&text, STR_LITERAL("{},"));
		buf_str(&text, STR_LITERAL("{}]"));
		assert_int_equal(hostjson_parse(&fs, str_from(text.data, text.len), &object),
				 -EBADMSG);
		buf_done(&text);
	}
	hostfs_done(&fs);
	host_tree_done(&tree);
}

/* Users cannot keep the reader busy: their files have to wait after one that took long. */
static void test_users_files_have_their_share(void **state)
{
	struct json_object *object = NULL;
	uint64_t cost_ns;
	struct host_tree tree;
	struct hostfs fs;
	struct meta meta = { 0 };

	(void)state;
	host_tree_init(&tree);
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	make_long(&tree, "/slow", HOSTFS_SIZE_MAX);
	host_tree_text(&tree, "/quick", "{}");
	assert_int_equal(hostjson_read(&fs, "/quick", false, &object), 0);
	hostjson_putp(&object);
	assert_int_equal(fs.users_rest_ns, 0);
	cost_ns = clock_thread_ns();
	assert_int_equal(hostjson_read(&fs, "/slow", false, &object), -EBADMSG);
	cost_ns = clock_thread_ns() - cost_ns;
	/* On a fast machine it is not slow. */
	if (cost_ns > 4 * NSEC_PER_MSEC)
		assert_int_not_equal(fs.users_rest_ns, 0);
	fs.users_rest_ns = UINT64_MAX;
	assert_int_equal(hostjson_read(&fs, "/quick", false, &object), -EBUSY);
	meta_miss(&meta, -EBUSY);
	assert_int_equal(meta.missing, MISSING_SKIPPED);
	assert_int_equal(hostjson_read(&fs, "/quick", true, &object), 0);
	hostjson_putp(&object);
	hostfs_done(&fs);
	host_tree_done(&tree);
}

/* Many files that cost little each are no way around it. */
static void test_users_files_add_up(void **state)
{
	struct json_object *object = NULL;
	struct host_tree tree;
	struct hostfs fs;
	int n = 0, err = 0;

	(void)state;
	host_tree_init(&tree);
	assert_int_equal(hostfs_init(&fs, tree.root), 0);
	make_long(&tree, "/dear", 32 << 10);
	for (; n < 20000 && err != -EBUSY; n++) {
		err = hostjson_read(&fs, "/dear", false, &object);
		hostjson_putp(&object);
		object = NULL;
	}
	assert_int_equal(err, -EBUSY);
	assert_true(n > 2);
	hostfs_done(&fs);
	host_tree_done(&tree);
}

/* Whatever it is called: no byte is lost, and the sinks escape it. */
static void test_names_of_any_bytes(void **state)
{
	static const char name[] = "\x1b[2J\n\r\0\x7f\xe2\x80\xae'\"\\";

	(void)state;
	for (size_t i = 0; i < OWNERS; i++) {
		const char *at = strstr(owners[i].text, "web");
		struct containers_answer a;
		char text[512];
		struct host h;

		if (!at)
			continue;
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - owners[i].text), owners[i].text,
			 "\\u001b[2J\\n\\r\\u0000\\u007f\\u202e'\\\"\\\\", at + strlen("web"));
		host_init(&h);
		host_tree_text(&h.tree, owners[i].file, text);
		ask(&h, &owners[i], &a);
		assert_int_equal(a.container->name.len, sizeof(name) - 1);
		assert_memory_equal(a.container->name.p, name, sizeof(name) - 1);
		host_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_wrong),
		cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_every_form_of_every_file),
		cmocka_unit_test(test_changing_under_the_reader),
		cmocka_unit_test(test_names_of_any_bytes),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_users_name_no_container_of_roots),
		cmocka_unit_test(test_only_json),
		cmocka_unit_test(test_users_files_add_up),
		cmocka_unit_test(test_users_files_have_their_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
