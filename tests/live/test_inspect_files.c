// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_files - descriptors, sockets, pipes and eventfds, against ss and /proc
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "inspected.h"
#include "needed.h"
#include "scratch.h"

#define MANY 10000

/* What "ss" says of a descriptor of this process: its own and the other address. */
static bool ask_ss(const char *args, int fd, char local[128], char peer[128])
{
	char script[256];
	struct command *c;
	bool found;

	snprintf(script, sizeof(script), "ss -Hnap %s | grep 'pid=%d,fd=%d)'", args, getpid(), fd);
	c = command_start(NULL, argv_of("sh", "-c", script));
	command_wait(c, deadline_ms());
	found = sscanf(c->out.data ? c->out.data : "", "%*s %*s %*s %127s %127s", local, peer) == 2;
	command_free(c);
	return found;
}

static void need_ss(void)
{
	struct command *c = command_start(NULL, argv_of("sh", "-c", "command -v ss"));

	if (command_wait(c, deadline_ms()) != 0)
		harness_skip("iproute2 is not installed");
	command_free(c);
}

/* As ss prints an address that may be any. */
static const char *remote_of(struct json_object *row)
{
	const char *remote = field_str(row, "remote");

	return remote ? remote : "0.0.0.0:*";
}

static void check_inet(struct json_object *files, int fd, const char *args, const char *protocol)
{
	struct json_object *row = row_of_number(files, "sockets", "fd", fd);
	char local[128], peer[128];

	assert_true(ask_ss(args, fd, local, peer));
	check_that(files, row != NULL);
	check_str(row, "protocol", protocol);
	check_str(row, "local", local);
	assert_string_equal(remote_of(row), peer);
}

static void listen_on_loopback(int fd, struct sockaddr_in *ret_addr)
{
	socklen_t len = sizeof(*ret_addr);

	*ret_addr = (struct sockaddr_in){ .sin_family = AF_INET,
					  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	assert_int_equal(bind(fd, (struct sockaddr *)ret_addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)ret_addr, &len), 0);
}

static void inet_as_ss(void **state)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct json_object *files, *row;
	struct sockaddr_in addr;
	int server;

	(void)state;
	need_ss();
	listen_on_loopback(udp, &addr);
	listen_on_loopback(listener, &addr);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&addr, sizeof(addr)), 0);
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(server >= 0);

	files = inspected(getpid(), "files", NULL);
	check_inet(files, listener, "-t", "tcp");
	check_inet(files, client, "-t", "tcp");
	check_inet(files, server, "-t", "tcp");
	check_inet(files, udp, "-u", "udp");
	row = row_of_number(files, "sockets", "fd", client);
	check_str(row, "state", "ESTABLISHED");
	check_that(row, has_process(row, "peer", getpid()));
	check_str(row_of_number(files, "sockets", "fd", listener), "state", "LISTEN");
	check_absent(row_of_number(files, "sockets", "fd", listener), "peer");
	json_object_put(files);
	close(listener);
	close(client);
	close(server);
	close(udp);
}

/* A child that has copies of everything until it is killed. */
static pid_t fork_sleeper(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void other_ends(void **state)
{
	int pair[2], pipe_fds[2], event = eventfd(42, EFD_CLOEXEC);
	struct json_object *files, *row;
	pid_t pid;

	(void)state;
	needed_unix_diag();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	pid = fork_sleeper();
	/* From here on only the child has these. */
	close(pair[1]);
	close(pipe_fds[1]);
	files = inspected(getpid(), "files", NULL);
	row = row_of_number(files, "sockets", "fd", pair[0]);
	check_str(row, "protocol", "unix");
	check_str(row, "type", "stream");
	check_that(row, has_process(row, "peer", pid) && !has_process(row, "peer", getpid()));
	check_that(row, has_process(row, "shared_with", pid));
	row = row_of_number(files, "pipes", "fd", pipe_fds[0]);
	check_str(row, "end", "read");
	check_that(row,
		   has_process(row, "other_end", pid) && !has_process(row, "other_end", getpid()));
	row = row_of_number(files, "eventfds", "fd", event);
	check_int(row, "value", 42);
	check_that(row, has_process(row, "shared_with", pid));
	json_object_put(files);
	end(pid);

	/* Now nobody has the other end. */
	files = inspected(getpid(), "files", NULL);
	row = row_of_number(files, "pipes", "fd", pipe_fds[0]);
	check_that(row, rows_of(row, "other_end") == 0);
	json_object_put(files);
	close(pair[0]);
	close(pipe_fds[0]);
	close(event);
}

static void bind_unix(int fd, const char *name, size_t len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	memcpy(addr.sun_path, name, len);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
			 0);
	assert_int_equal(listen(fd, 1), 0);
}

/* One that has a line of net/unix in its name, about another's socket. */
static void forged_names(void **state)
{
	int victim = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int forger = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct json_object *files, *row;
	char name[108];
	struct stat st;
	int len;

	(void)state;
	needed_unix_diag();
	assert_int_equal(fstat(victim, &st), 0);
	len = snprintf(name, sizeof(name), "%cx%d\n0: 2 0 00010000 0001 01 %lu /run/docker.sock", 0,
		       getpid(), (unsigned long)st.st_ino);
	bind_unix(forger, name, (size_t)len);
	files = inspected(getpid(), "files", NULL);
	row = row_of_number(files, "sockets", "fd", victim);
	check_str(row, "protocol", "unix");
	check_that(row, !field_str(row, "local"));
	row = row_of_number(files, "sockets", "fd", forger);
	name[0] = '@';
	check_str(row, "local", name);
	json_object_put(files);
	close(victim);
	close(forger);
}

struct elsewhere {
	int victim, forger, tcp;
	int port;
};

/* The child's side: sockets in a network namespace of its own. Never returns. */
static _Noreturn void live_elsewhere(int out)
{
	struct elsewhere e;
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char name[108];
	struct stat st;
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
	e.victim = socket(AF_UNIX, SOCK_STREAM, 0);
	e.forger = socket(AF_UNIX, SOCK_STREAM, 0);
	e.tcp = socket(AF_INET, SOCK_STREAM, 0);
	fstat(e.victim, &st);
	n = snprintf(name, sizeof(name), "%cx\n0: 2 0 00010000 0001 01 %lu /run/docker.sock", 0,
		     (unsigned long)st.st_ino);
	bind_unix(e.forger, name, (size_t)n);
	if (bind(e.tcp, (struct sockaddr *)&addr, len) < 0 || listen(e.tcp, 1) < 0 ||
	    getsockname(e.tcp, (struct sockaddr *)&addr, &len) < 0)
		_exit(1);
	e.port = ntohs(addr.sin_port);
	if (write(out, &e, sizeof(e)) != sizeof(e))
		_exit(1);
	for (;;)
		pause();
}

/* Another network namespace than ours: only the table can be asked, and it is not believed. */
static void forged_elsewhere(void **state)
{
	struct json_object *files, *row;
	struct elsewhere e;
	char local[64];
	int out[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		live_elsewhere(out[1]);
	close(out[1]);
	assert_int_equal(read(out[0], &e, sizeof(e)), sizeof(e));
	files = inspected(pid, "files", NULL);
	row = row_of_number(files, "sockets", "fd", e.victim);
	check_str(row, "missing.local", "malformed");
	row = row_of_number(files, "sockets", "fd", e.tcp);
	snprintf(local, sizeof(local), "0.0.0.0:%d", e.port);
	check_str(row, "local", local);
	check_str(row, "state", "LISTEN");
	json_object_put(files);
	close(out[0]);
	end(pid);
}

static void kinds_and_facts(void **state)
{
	const char *path = scratch_path("a\x1b[1mb");
	int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int dir = open("/", O_PATH | O_CLOEXEC), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int memfd = memfd_create("x", MFD_CLOEXEC), epoll = epoll_create1(EPOLL_CLOEXEC);
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct epoll_event event = { .events = EPOLLIN };
	struct json_object *files, *row;
	char *text;

	(void)state;
	assert_int_equal(write(file, "abc", 3), 3);
	unlink(path);
	epoll_ctl(epoll, EPOLL_CTL_ADD, epoll_create1(EPOLL_CLOEXEC), &event);
	files = inspected(getpid(), "files", NULL);
	row = row_of_number(files, "descriptors", "fd", file);
	check_str(row, "kind", "file");
	check_str(row, "target", path);
	check_true(row, "deleted");
	check_str(row, "access", "read write");
	check_int(row, "position", 3);
	check_str(row, "flags[0]", "append");
	check_str(row, "flags[1]", "cloexec");
	check_there(row, "mount");
	row = row_of_number(files, "descriptors", "fd", dir);
	check_str(row, "kind", "directory");
	check_str(row, "access", "path");
	check_str(row, "mount", "/");
	row = row_of_number(files, "descriptors", "fd", null);
	check_str(row, "kind", "character device");
	check_str(row, "target", "/dev/null");
	check_str(row, "access", "write");
	check_absent(row, "position");
	row = row_of_number(files, "descriptors", "fd", memfd);
	check_str(row, "kind", "memfd");
	check_str(row, "target", "x");
	row = row_of_number(files, "descriptors", "fd", epoll);
	check_str(row, "kind", "eventpoll");
	check_int(row, "watches", 1);
	row = row_of_number(files, "descriptors", "fd", pidfd);
	check_str(row, "kind", "pidfd");
	check_int(row, "of_pid", getpid());
	json_object_put(files);
	text = inspected_text(getpid(), "files", NULL);
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "a\\x1b[1mb "));
	free(text);
	close(file);
	close(dir);
	close(null);
	close(memfd);
	close(epoll);
	close(pidfd);
}

static void ten_thousand(void **state)
{
	struct rlimit old, many;
	struct json_object *files;
	int fds[MANY];
	char *text;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	many = old;
	many.rlim_cur = MANY + 200;
	if (many.rlim_max < many.rlim_cur)
		many.rlim_max = many.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &many) < 0)
		harness_skip("may not open %d files", MANY);
	for (int i = 0; i < MANY; i++) {
		fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
	files = inspected(getpid(), "files", NULL);
	check_between(files, "count", MANY, MANY + 200);
	check_that(files, rows_of(files, "descriptors") == 4096);
	check_that(files, field_int(files, "count") == 4096 + field_int(files, "more.descriptors"));
	check_that(files,
		   field_int(row_of(files, "kinds", "kind", "character device"), "count") >= MANY);
	json_object_put(files);
	files = inspected(getpid(), "files", argv_of("--all"));
	check_that(files, rows_of(files, "descriptors") == (size_t)field_int(files, "count"));
	json_object_put(files);
	text = inspected_text(getpid(), "files", NULL);
	assert_in_range(lines_of(text), 64, 250);
	free(text);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	setrlimit(RLIMIT_NOFILE, &old);
}

static void as_somebody(void **state)
{
	struct json_object *said;
	struct command *c;

	(void)state;
	c = command_run(&(struct command_options){ .uid = 65534 },
			argv_of(proctrace(), "inspect", "-f", "json", "--section", "files",
				pid_text(getpid())));
	said = command_facts(c);
	check_str(said, "files.missing.descriptors", "denied");
	check_absent(said, "files.count");
	json_object_put(said);
	command_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(inet_as_ss),	     live_test(other_ends),	 live_test(forged_names),
		live_test(forged_elsewhere), live_test(kinds_and_facts), live_test(ten_thousand),
		live_test(as_somebody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
