// SPDX-License-Identifier: Apache-2.0
/*
 * test_fault_sockets - runtimes are asked over their sockets, each call failing once
 *
 * Of the C library and of libcurl. Whatever fails: each question that was taken is answered,
 * once, and with what the runtime said or that nobody answered; never with a part of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/containerd_answer.h"
#include "../unit/fake_server.h"
#include "../unit/host_tree.h"
#include "base/log.h"
#include "cli/commands.h"
#include "container/containerd_api.h"
#include "container/sockets.h"
#include "sweep.h"

#define ID "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define DOCKER                                                           \
	"{\"Id\":\"" ID "\",\"Name\":\"/web\",\"Image\":\"sha256:" ID    \
	"\",\"Created\":\"2026-01-01T00:00:00Z\",\"Config\":{\"Image\":" \
	"\"nginx:1.27\",\"Labels\":{\"a\":\"b\",\"c\":\"d\"}}}"
#define PODMAN                                                                 \
	"{\"Id\":\"" ID "\",\"Name\":\"db\",\"ImageName\":\"docker.io/pg:16\"" \
	",\"Config\":{\"Labels\":{\"a\":\"b\"}}}"
#define TIMEOUT_MS 60000
#define SECONDS	   60 /* in which a question is answered, on any machine */

struct rig {
	struct host_tree tree;
	pid_t servers;
};

/* ---- the runtimes */

static const struct runtime {
	enum endpoint_kind kind;
	const char *path;
	enum fake_manner manner;
	const char *body;
} runtimes[] = {
	{ ENDPOINT_DOCKER, "/run/docker.sock", FAKE_ANSWERS, DOCKER },
	{ ENDPOINT_PODMAN, "/run/podman.sock", FAKE_ANSWERS, PODMAN },
	{ ENDPOINT_CONTAINERD, "/run/containerd.sock", FAKE_CLOSES, "" },
};

#define RUNTIMES (sizeof(runtimes) / sizeof(runtimes[0]))

/* In a process of their own: no call of theirs fails, and no descriptor of theirs counts. */
static void serve(const struct rig *r, int ready_fd)
{
	static struct fake_server servers[RUNTIMES];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < RUNTIMES; i++) {
		const char *reply = strdup(fake_ok(runtimes[i].body));

		fake_server_start(&servers[i], host_tree_path(&r->tree, runtimes[i].path),
				  runtimes[i].manner, reply, strlen(reply));
	}
	if (write(ready_fd, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void start_runtimes(struct rig *r)
{
	int ready[2];
	char byte;

	host_tree_mkdir(&r->tree, "/run");
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	r->servers = fork();
	assert_true(r->servers >= 0);
	if (r->servers == 0)
		serve(r, ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

/* ---- questions and answers, as text */

static void print_str(const char *name, struct str value)
{
	if (value.len)
		printf(" %s=%.*s", name, (int)value.len, value.p);
}

static void print_meta(const struct meta *m)
{
	printf(" told by %s", m->runtime);
	print_str("name", m->name);
	print_str("image", m->image);
	print_str("tag", m->image_tag);
	print_str("image_id", m->image_id);
	printf(" created=%" PRId64, m->created_ns);
	for (uint32_t i = 0; i < m->labels_len; i++)
		printf(" %.*s=%.*s", (int)m->labels[i].key.len, m->labels[i].key.p,
		       (int)m->labels[i].value.len, m->labels[i].value.p);
	printf("\n");
}

static struct question *make_question(const struct runtime *runtime)
{
	struct endpoint absent = { .kind = runtime->kind, .path = (char *)"/run/absent.sock" };
	struct endpoint there = { .kind = runtime->kind,
				  .uid = getuid(),
				  .path = (char *)(uintptr_t)runtime->path };
	struct endpoints_place place = { .cgroup_path = STR_LITERAL("/docker/" ID),
					 .users = { { getuid(), getuid() } } };
	struct question *q = question_new((uint32_t)runtime->kind, ID, &place);

	if (q && question_add(q, &absent, STR_LITERAL("default")) &&
	    question_add(q, &there, STR_LITERAL("default")))
		return q;
	question_free(q);
	return NULL;
}

static void print_answer(struct sockets *s)
{
	struct pollfd p = { .fd = sockets_fd(s), .events = POLLIN };
	struct sockets_answer answer;
	int seconds = 0;

	while (!sockets_take(s, &answer) && seconds < SECONDS)
		seconds += poll(&p, 1, 1000) == 0;
	if (seconds == SECONDS)
		printf(" never answered\n");
	else if (answer.outcome == SOCKETS_TOLD)
		print_meta(&answer.meta);
	else
		printf(" %s\n", answer.outcome == SOCKETS_SILENT ? "silent" : "unknown");
	if (seconds < SECONDS)
		meta_done(&answer.meta);
}

static void ask(struct sockets *s, const struct runtime *runtime)
{
	struct question *q = make_question(runtime);

	printf("%s:", runtime->path);
	if (!q || sockets_ask(s, q) < 0)
		printf(" silent\n");
	else
		print_answer(s);
}

/* Nobody here speaks gRPC: what containerd would say is read as it was recorded. */
static void read_recorded(void)
{
	struct meta meta = { 0 };
	int err = containerd_api_read(str_from(containerd_answer, sizeof(containerd_answer) - 1),
				      "w1", &meta);

	printf("recorded:");
	if (err)
		printf(" silent\n");
	else
		print_meta(&meta);
	meta_done(&meta);
}

static int run(void *arg)
{
	const struct rig *r = arg;
	struct sockets_options options = { .host_root = r->tree.root, .timeout_ms = TIMEOUT_MS };
	struct sockets *s;
	int err = sockets_new(&options, &s);

	if (err) {
		log_error("no sockets: %s", strerror(-err));
		return STATUS_FAILURE;
	}
	for (size_t i = 0; i < RUNTIMES; i++)
		ask(s, &runtimes[i]);
	sockets_free(s);
	read_recorded();
	return STATUS_OK;
}

/* Each line is what it is when nothing fails, or that nobody answered. */
static void check(const struct outcome *got, const struct outcome *good, void *arg)
{
	static const struct str silent = STR_LITERAL(": silent");
	struct str mine = got->out, right = good->out;

	(void)arg;
	while (got->status == good->status && (mine.len || right.len)) {
		struct str line = sweep_take(&mine, '\n'), want = sweep_take(&right, '\n');

		if (str_eq(line, want))
			continue;
		if (!got->failed || line.len < silent.len ||
		    memcmp(line.p + line.len - silent.len, silent.p, silent.len) != 0)
			sweep_complain(got, "\"%.*s\", not \"%.*s\"", (int)line.len, line.p,
				       (int)want.len, want.p);
	}
}

/* ---- the test */

static void sockets(void **state)
{
	struct rig r;
	struct outcome good;

	(void)state;
	host_tree_init(&r.tree);
	start_runtimes(&r);
	/* Else nothing would fail because nothing works. */
	good = sweep_aside(run, &r);
	assert_non_null(
		memmem(good.out.p, good.out.len, "docker.sock: told by docker name=web", 36));
	assert_non_null(
		memmem(good.out.p, good.out.len, "podman.sock: told by podman name=db", 35));
	sweep_run(&(struct sweep){ .run = run, .check = check, .arg = &r });
	kill(r.servers, SIGKILL);
	waitpid(r.servers, NULL, 0);
	host_tree_done(&r.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sockets) };

	signal(SIGPIPE, SIG_IGN);
	cmocka_set_test_filter(getenv("FAULT_TEST"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
