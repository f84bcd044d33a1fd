// SPDX-License-Identifier: Apache-2.0
/*
 * test_sockets.c - questions to servers that answer, lie, hang and talk too much
 *
 * Long because each way for a server to behave needs a server that does.
 */
#include "container/sockets.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
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
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fake_server.h"
#include "host_tree.h"

#define ID	   "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define WEB	   "{\"Id\":\"" ID "\",\"Name\":\"web\"}"
#define TIMEOUT_MS 200
#define PATH	   "/run/docker.sock"
#define USER	   1000

struct rig {
	struct host_tree tree;
	struct sockets *sockets;
};

static void rig_init_timeout(struct rig *r, unsigned int timeout_ms)
{
	struct sockets_options options = { .timeout_ms = timeout_ms };

	host_tree_init(&r->tree);
	host_tree_mkdir(&r->tree, "/run");
	options.host_root = r->tree.root;
	assert_int_equal(sockets_new(&options, &r->sockets), 0);
}

static void rig_init(struct rig *r)
{
	rig_init_timeout(r, TIMEOUT_MS);
}

static void rig_done(struct rig *r)
{
	sockets_free(r->sockets);
	host_tree_done(&r->tree);
}

static int ask_at(struct rig *r, uint32_t serial, enum endpoint_kind kind, uid_t uid,
		  const struct endpoints_place *place)
{
	struct endpoint endpoint = { .kind = kind, .uid = uid, .path = (char *)PATH };
	struct question *q = question_new(serial, ID, place);

	assert_non_null(q);
	assert_true(question_add(q, &endpoint, STR_LITERAL("default")));
	return sockets_ask(r->sockets, q);
}

/* In a cgroup of root's. */
static int ask(struct rig *r, uint32_t serial, enum endpoint_kind kind, uid_t uid,
	       const char *cgroup)
{
	struct endpoints_place place = { .cgroup_path = str_of(cgroup) };

	return ask_at(r, serial, kind, uid, &place);
}

static struct sockets_answer wait_answer(struct rig *r)
{
	struct pollfd p = { .fd = sockets_fd(r->sockets), .events = POLLIN };
	struct sockets_answer answer;

	while (!sockets_take(r->sockets, &answer))
		assert_int_equal(poll(&p, 1, 20000), 1);
	return answer;
}

static uint64_t since_ms(uint64_t begun_ns)
{
	return (clock_boot_ns() - begun_ns) / NSEC_PER_MSEC;
}

static void check_name(struct sockets_answer *answer, const char *want)
{
	assert_int_equal(answer->outcome, SOCKETS_TOLD);
	assert_int_equal(answer->meta.name.len, strlen(want));
	assert_memory_equal(answer->meta.name.p, want, strlen(want));
	meta_done(&answer->meta);
}

static void test_told(void **state)
{
	static const char podman[] = "HTTP/1.1 200 OK\r\nLibpod-API-Version: 4.3.1\r\n\r\n" WEB;
	const char *ok = fake_ok(WEB);
	struct sockets_answer answer;
	struct fake_server server;
	struct rig r;

	(void)state;
	rig_init(&r);
	assert_false(sockets_take(r.sockets, &answer));
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_ANSWERS, ok, strlen(ok));
	assert_int_equal(ask(&r, 7, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	assert_int_equal(answer.serial, 7);
	assert_string_equal(answer.meta.runtime, "docker");
	check_name(&answer, "web");
	assert_false(sockets_take(r.sockets, &answer));
	assert_int_equal(ask(&r, 8, ENDPOINT_PODMAN, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	assert_string_equal(answer.meta.runtime, "podman");
	check_name(&answer, "web");
	fake_server_stop(&server);
	host_tree_remove(&r.tree, PATH);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_ANSWERS, podman,
			  strlen(podman));
	assert_int_equal(ask(&r, 9, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	assert_string_equal(answer.meta.runtime, "podman"); /* in Docker's place */
	check_name(&answer, "web");
	fake_server_stop(&server);
	assert_int_equal(strncmp(server.last, "GET /containers/" ID "/json HTTP/1.1\r\n", 95), 0);
	rig_done(&r);
}

/* One row: how the server behaves, and what comes of it. */
static void check_outcome(enum endpoint_kind kind, enum fake_manner manner, const char *reply,
			  size_t reply_len, enum sockets_outcome want)
{
	struct sockets_answer answer;
	struct sockets_stats stats;
	struct fake_server server;
	struct rig r;

	rig_init(&r);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), manner, reply, reply_len);
	assert_int_equal(ask(&r, 1, kind, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	if (answer.outcome != want)
		fail_msg("\"%.60s\": %d, not %d", reply ? reply : "", answer.outcome, want);
	assert_int_equal(meta_count(&answer.meta), 0);
	sockets_stats(r.sockets, &stats);
	assert_int_equal(stats.asked, 1);
	assert_int_equal(stats.failed, want == SOCKETS_SILENT);
	fake_server_stop(&server);
	rig_done(&r);
}

static void test_hostile(void **state)
{
	static const char ok_head[] = "HTTP/1.1 200 OK\r\n\r\n";
	static const char *const silent[] = {
		"",
		"\r\n\r\n",
		"garbage",
		"HTTP/0.9 hello",
		"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 503 Busy\r\n\r\n" WEB,
		"HTTP/1.1 403 Forbidden\r\n\r\n",
		"HTTP/1.1 301 Moved\r\nLocation: http://localhost/\r\n\r\n" WEB,
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" WEB, /* closed early */
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" WEB,
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n[]",
		"HTTP/1.1 200 OK\r\n\r\n{\"Id\":\"0\",\"Name\":\"/web\"}", /* another one */
		"HTTP/1.1 200 OK\r\n\r\n{\"Name\":\"/web\"}",
	};
	size_t huge_len = 4u << 20;
	char *huge = malloc(huge_len);

	(void)state;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		check_outcome(ENDPOINT_DOCKER, FAKE_ANSWERS, silent[i], strlen(silent[i]),
			      SOCKETS_SILENT);
	check_outcome(ENDPOINT_DOCKER, FAKE_CLOSES, NULL, 0, SOCKETS_SILENT);
	check_outcome(ENDPOINT_DOCKER, FAKE_ANSWERS, "HTTP/1.1 404 Not Found\r\n\r\n{}", 28,
		      SOCKETS_UNKNOWN);
	/* A server that speaks no HTTP/2 is no containerd. */
	check_outcome(ENDPOINT_CONTAINERD, FAKE_ANSWERS, "HTTP/1.1 200 OK\r\n\r\n" WEB,
		      strlen("HTTP/1.1 200 OK\r\n\r\n" WEB), SOCKETS_SILENT);
	check_outcome(ENDPOINT_CONTAINERD, FAKE_CLOSES, NULL, 0, SOCKETS_SILENT);
	/* Whole and right, but for four megabytes of white space before. */
	memset(huge, ' ', huge_len);
	memcpy(huge, ok_head, sizeof(ok_head) - 1);
	memcpy(huge + huge_len - sizeof(WEB), WEB, sizeof(WEB) - 1);
	check_outcome(ENDPOINT_DOCKER, FAKE_ANSWERS, huge, huge_len, SOCKETS_SILENT);
	/* Headers without end. */
	memset(huge, 'h', huge_len);
	memcpy(huge, "HTTP/1.1 200 OK\r\n", 17);
	for (size_t i = 100; i < huge_len - 100; i += 100)
		memcpy(huge + i, ": x\r\n", 5);
	check_outcome(ENDPOINT_DOCKER, FAKE_ANSWERS, huge, huge_len, SOCKETS_SILENT);
	free(huge);
}

/* A socket that is not there, or nobody listens on. */
static void test_nobody(void **state)
{
	struct sockets_answer answer;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	assert_int_equal(ask(&r, 1, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_UNKNOWN);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, host_tree_path(&r.tree, PATH));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(ask(&r, 2, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	assert_int_equal(answer.outcome, SOCKETS_SILENT); /* a daemon that starts again? */
	rig_done(&r);
}

/* It costs its time-out once; then the socket is left alone for a while. */
static void test_hangs(void **state)
{
	struct fake_server server;
	uint64_t begun_ns;
	struct rig r;

	(void)state;
	rig_init(&r);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_HANGS, NULL, 0);
	begun_ns = clock_boot_ns();
	assert_int_equal(ask(&r, 1, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	assert_true(since_ms(begun_ns) < TIMEOUT_MS / 2); /* asking does not wait */
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_SILENT);
	assert_true(since_ms(begun_ns) >= TIMEOUT_MS);
	assert_int_equal(ask(&r, 2, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_SILENT);
	assert_int_equal(server.requests, 1);
	fake_server_stop(&server);
	rig_done(&r);
}

/* The next target is asked; what the first that knows says is what counts. */
static void test_targets(void **state)
{
	const char *ok = fake_ok(WEB);
	struct endpoint hanging = { .kind = ENDPOINT_DOCKER, .path = (char *)"/run/hang.sock" };
	struct endpoint absent = { .kind = ENDPOINT_PODMAN, .path = (char *)"/run/absent.sock" };
	struct endpoint good = { .kind = ENDPOINT_DOCKER, .path = (char *)PATH };
	struct endpoints_place place = { .cgroup_path = STR_LITERAL("/docker/" ID) };
	struct question *q = question_new(1, ID, &place);
	struct fake_server hang, server;
	struct sockets_answer answer;
	struct rig r;

	(void)state;
	rig_init(&r);
	fake_server_start(&hang, host_tree_path(&r.tree, hanging.path), FAKE_HANGS, NULL, 0);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_ANSWERS, ok, strlen(ok));
	assert_true(question_add(q, &absent, str_from(NULL, 0)));
	assert_true(question_add(q, &hanging, str_from(NULL, 0)));
	while (question_add(q, &good, str_from(NULL, 0)))
		;
	assert_int_equal(q->len, QUESTION_TARGETS_MAX);
	assert_int_equal(sockets_ask(r.sockets, q), 0);
	answer = wait_answer(&r);
	check_name(&answer, "web");
	assert_int_equal(hang.requests, 1);
	assert_int_equal(server.requests, 1);
	fake_server_stop(&hang);
	fake_server_stop(&server);
	rig_done(&r);
}

/*
 * More questions than fit are refused and counted, and neither a full queue nor a server
 * that hangs keeps anybody waiting at the end.
 */
static void test_full(void **state)
{
	struct fake_server server;
	struct sockets_stats stats;
	uint64_t begun_ns;
	struct rig r;

	(void)state;
	rig_init(&r);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_HANGS, NULL, 0);
	for (uint32_t i = 0; i < SOCKETS_QUEUE_MAX; i++)
		assert_int_equal(ask(&r, i, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(ask(&r, i, ENDPOINT_DOCKER, 0, "/docker/" ID), -EAGAIN);
	sockets_stats(r.sockets, &stats);
	assert_int_equal(stats.asked, SOCKETS_QUEUE_MAX);
	assert_int_equal(stats.refused, 5);
	begun_ns = clock_boot_ns();
	sockets_free(r.sockets);
	assert_true(since_ms(begun_ns) < 2000);
	fake_server_stop(&server);
	host_tree_done(&r.tree);
}

/* All are answered in the end, though none was taken meanwhile. */
static void test_many(void **state)
{
	static const char unknown[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
	struct sockets_answer answer;
	struct fake_server server;
	uint64_t begun_ns = clock_boot_ns();
	bool seen[SOCKETS_QUEUE_MAX] = { 0 };
	struct rig r;

	(void)state;
	rig_init(&r);
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_ANSWERS, unknown,
			  strlen(unknown));
	for (int round = 0; round < 2; round++) {
		memset(seen, 0, sizeof(seen));
		for (uint32_t i = 0; i < SOCKETS_QUEUE_MAX; i++)
			assert_int_equal(ask(&r, i, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
		for (int i = 0; i < SOCKETS_QUEUE_MAX; i++) {
			answer = wait_answer(&r);
			assert_int_equal(answer.outcome, SOCKETS_UNKNOWN);
			assert_false(seen[answer.serial]);
			seen[answer.serial] = true;
		}
	}
	assert_true(since_ms(begun_ns) < 10000); /* a free job takes the next question at once */
	fake_server_stop(&server);
	rig_done(&r);
}

/* ---- sockets of users */

/* A server of a user's, as a process: who listens is a fact about processes. */
static pid_t start_user_server(struct rig *r, const char *path, enum fake_manner manner,
			       const char *reply)
{
	char byte;
	pid_t pid;
	int ready[2];

	assert_int_equal(chmod(r->tree.root, 0755), 0);
	assert_int_equal(chown(host_tree_path(&r->tree, "/run"), USER, USER), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct fake_server server;

		if (setgroups(0, NULL) || setgid(USER) || setuid(USER))
			_exit(1);
		fake_server_start(&server, host_tree_path(&r->tree, path), manner, reply,
				  strlen(reply));
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void stop_user_server(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * A user's server that claims to know a container is believed about that user's own, and
 * not even asked about others, whoever is said to have named the socket.
 */
static void test_user(void **state)
{
	static const char own[] = "/user.slice/user-1000.slice/user@1000.service/docker-" ID;
	struct endpoints_place given = { .cgroup_path = STR_LITERAL("/mine/" ID),
					 .users = { { 0, USER } } };
	struct sockets_answer answer;
	struct rig r;
	pid_t pid;

	(void)state;
	if (getuid() != 0)
		skip();
	rig_init(&r);
	pid = start_user_server(&r, PATH, FAKE_ANSWERS, fake_ok(WEB));
	assert_int_equal(ask(&r, 1, ENDPOINT_DOCKER, USER, own), 0);
	answer = wait_answer(&r);
	check_name(&answer, "web");
	assert_int_equal(ask(&r, 2, ENDPOINT_DOCKER, 0, own), 0);
	answer = wait_answer(&r);
	check_name(&answer, "web");
	assert_int_equal(ask(&r, 3, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_UNKNOWN);
	assert_int_equal(ask(&r, 4, ENDPOINT_DOCKER, USER, "/docker/" ID), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_UNKNOWN);
	assert_int_equal(ask(&r, 5, ENDPOINT_DOCKER, USER + 1, own), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_UNKNOWN);
	assert_int_equal(ask_at(&r, 6, ENDPOINT_DOCKER, USER, &given), 0);
	answer = wait_answer(&r);
	check_name(&answer, "web");
	given.users.uid[1] = USER + 1;
	assert_int_equal(ask_at(&r, 7, ENDPOINT_DOCKER, USER, &given), 0);
	assert_int_equal(wait_answer(&r).outcome, SOCKETS_UNKNOWN);
	stop_user_server(pid);
	rig_done(&r);
}

/* However many questions there are to users' servers that hang, root's is asked. */
static void test_users_apart(void **state)
{
	static const char own[] = "/user.slice/user-1000.slice/user@1000.service/docker-" ID;
	struct endpoint users = { .kind = ENDPOINT_DOCKER,
				  .uid = USER,
				  .path = (char *)"/run/user.sock" };
	const char *ok = fake_ok(WEB);
	struct sockets_answer answer;
	struct fake_server server;
	unsigned int refused = 0;
	struct rig r;
	pid_t pid;

	(void)state;
	if (getuid() != 0)
		skip();
	rig_init_timeout(&r, 5000);
	pid = start_user_server(&r, users.path, FAKE_HANGS, "");
	fake_server_start(&server, host_tree_path(&r.tree, PATH), FAKE_ANSWERS, ok, strlen(ok));
	for (uint32_t i = 0; i < SOCKETS_QUEUE_MAX; i++) {
		struct endpoints_place place = { .cgroup_path = str_of(own) };
		struct question *q = question_new(i, ID, &place);

		assert_true(question_add(q, &users, str_from(NULL, 0)));
		refused += sockets_ask(r.sockets, q) == -EAGAIN;
	}
	assert_true(refused >= SOCKETS_QUEUE_MAX / 2);
	assert_int_equal(ask(&r, 4711, ENDPOINT_DOCKER, 0, "/docker/" ID), 0);
	answer = wait_answer(&r);
	assert_int_equal(answer.serial, 4711); /* before any of the others' time is over */
	check_name(&answer, "web");
	fake_server_stop(&server);
	rig_done(&r);
	stop_user_server(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),	    cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_nobody),	    cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_targets),	    cmocka_unit_test(test_full),
		cmocka_unit_test(test_many),	    cmocka_unit_test(test_user),
		cmocka_unit_test(test_users_apart),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
