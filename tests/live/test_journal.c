// SPDX-License-Identifier: Apache-2.0
/*
 * test_journal - what is shown goes to the journal, in its native protocol
 *
 * The place of journald's socket is fixed, so this program, and what it starts, has a /run
 * of its own, in which it listens itself.
 *
 * Long because the native protocol is read here.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

#define FOLDER "/run/systemd/journal"
#define SOCKET FOLDER "/socket"

static int listener = -1;

static void make_run(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("run", "/run", "tmpfs", 0, "mode=755") < 0 || mkdir("/run/systemd", 0755) < 0 ||
	    mkdir(FOLDER, 0755) < 0) {
		perror("a /run of its own");
		exit(1);
	}
}

static int listen_again(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	int r = live_setup(state);

	unlink(SOCKET);
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return r || listener < 0 ||
	       bind(listener, (const struct sockaddr *)&address, sizeof(address)) < 0;
}

static int stop_listening(void **state)
{
	if (listener >= 0)
		close(listener);
	listener = -1;
	unlink(SOCKET);
	return live_teardown(state);
}

/* ---- records as journald gets them ---- */

/* A record, and the memory it is in. */
struct record {
	char *data; /* owned */
	size_t len;
};

/* What did not fit into a datagram comes as a sealed memfd instead. */
static void read_descriptor(struct msghdr *msg, struct record *record)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	struct stat st;
	int fd;

	assert_non_null(cmsg);
	assert_int_equal(cmsg->cmsg_type, SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	assert_return_code(fstat(fd, &st), errno);
	record->len = (size_t)st.st_size;
	record->data = realloc(record->data, record->len + 1);
	assert_non_null(record->data);
	assert_int_equal(pread(fd, record->data, record->len, 0), st.st_size);
	close(fd);
}

/* False if there is none now. */
static bool take_record(struct record *record)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	size_t size = 1 << 20;
	struct iovec iov;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	record->data = malloc(size);
	assert_non_null(record->data);
	iov = (struct iovec){ record->data, size };
	n = recvmsg(listener, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0) {
		free(record->data);
		assert_int_equal(errno, EAGAIN);
		return false;
	}
	record->len = (size_t)n;
	if (n == 0)
		read_descriptor(&msg, record);
	return true;
}

/*
 * The value of a field, by the native protocol: "NAME=value\n", or "NAME\n", the length in
 * 64 bits and the value. NULL if it is not there.
 */
static const char *field(const struct record *record, const char *name, size_t *ret_len)
{
	const char *p = record->data, *end = record->data + record->len;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *equals = newline ? memchr(p, '=', (size_t)(newline - p)) : NULL;
		const char *value = equals ? equals + 1 : NULL;
		const char *name_end = equals ? equals : newline;
		uint64_t len = equals ? (uint64_t)(newline - value) : 0;

		assert_non_null(newline);
		if (!equals) {
			assert_true(end - newline > 9);
			memcpy(&len, newline + 1, sizeof(len)); /* little endian, as we are */
			value = newline + 1 + sizeof(len);
			assert_true(len < (uint64_t)(end - value));
			newline = value + len;
			assert_int_equal(*newline, '\n');
		}
		if ((size_t)(name_end - p) == strlen(name) && !memcmp(p, name, strlen(name))) {
			*ret_len = len;
			return value;
		}
		p = newline + 1;
	}
	return NULL;
}

static void check_field(const struct record *record, const char *name, const char *want)
{
	size_t len;
	const char *value = field(record, name, &len);

	if (!value && !want)
		return;
	if (!value || !want || len != strlen(want) || memcmp(value, want, len) != 0)
		harness_fail("%s is '%.*s' and not '%s' in\n%.*s", name, value ? (int)len : 4,
			     value ? value : "none", want ? want : "none", (int)record->len,
			     record->data);
}

static bool has_field(const struct record *record, const char *name, const char *want)
{
	size_t len;
	const char *value = field(record, name, &len);

	return value && len == strlen(want) && !memcmp(value, want, len);
}

/* The record of this kind about a process; others are dropped. */
static struct record wait_record(const char *kind, pid_t pid)
{
	int64_t deadline = clock_ms() + deadline_ms();
	struct record record;
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	for (;;) {
		if (take_record(&record)) {
			if (has_field(&record, "PROCTRACE_EVENT", kind) &&
			    has_field(&record, "PROCTRACE_PID", number))
				return record;
			free(record.data);
			continue;
		}
		if (clock_ms() >= deadline)
			harness_fail("no %s of %d came", kind, pid);
		stream_pump(listener, deadline);
	}
}

/* ---- tests ---- */

static const char *own_pid(void)
{
	static char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return pid;
}

static void fields(void **state)
{
	struct harness *h = harness_start("-p", own_pid(), "--journal", "--time", "none");
	struct command *c = command_start(NULL, argv_of(workload("tiny"), "a b", "two\nlines\xff"));
	const char *words = "'a b' $'two\\nlines\\377'", *line;
	int64_t deadline = clock_ms() + deadline_ms();
	struct record record;
	char pid[16];
	size_t len;

	(void)state;
	h->json = false;
	snprintf(pid, sizeof(pid), "%d", c->pid);
	command_wait(c, deadline_ms());
	record = wait_record("exec", c->pid);
	check_field(&record, "PRIORITY", "6");
	check_field(&record, "SYSLOG_IDENTIFIER", "proctrace");
	check_field(&record, "PROCTRACE_PID", pid);
	check_field(&record, "PROCTRACE_UID", "0");
	check_field(&record, "PROCTRACE_USER", "root");
	check_field(&record, "PROCTRACE_COMM", "tiny");
	check_field(&record, "PROCTRACE_EXIT_CODE", NULL);
	check_field(&record, "CONTAINER_ID", NULL);
	check_field(&record, "CODE_FILE", NULL);
	assert_non_null(field(&record, "PROCTRACE_ENTITY_ID", &len));
	assert_non_null(field(&record, "PROCTRACE_TIMESTAMP", &len));
	line = field(&record, "PROCTRACE_CMDLINE", &len);
	assert_non_null(line);
	if (!memmem(line, len, words, strlen(words)))
		harness_fail("%.*s", (int)len, line);
	/* The message is the line that is shown. */
	line = field(&record, "MESSAGE", &len);
	assert_non_null(line);
	while (!memmem(h->tracer->out.data, h->tracer->out.len, line, len)) {
		if (!stream_pump(-1, deadline))
			harness_fail("no line is %.*s", (int)len, line);
	}
	free(record.data);
	record = wait_record("exit", c->pid);
	check_field(&record, "PRIORITY", "6");
	check_field(&record, "PROCTRACE_EXIT_CODE", "0");
	free(record.data);
	command_free(c);

	c = command_start(NULL, argv_of(workload("die"), "signal", "11"));
	command_wait(c, deadline_ms());
	record = wait_record("exit", c->pid);
	check_field(&record, "PRIORITY", "5");
	check_field(&record, "PROCTRACE_SIGNAL", "11");
	check_field(&record, "PROCTRACE_SIGNAL_NAME", "SIGSEGV");
	free(record.data);
	command_free(c);
	assert_int_equal(harness_stop(h), 0);
	assert_null(strstr(h->tracer->err.data, "journal"));
}

/* What a filter hides, and what is not shown, is not there either. */
static void only_what_is_shown(void **state)
{
	struct harness *h = harness_start("-p", own_pid(), "--journal", "-e", "exit");
	struct command *c;
	struct record record;
	size_t len;

	(void)state;
	h->json = false;
	for (int i = 0; i < 3; i++) {
		c = command_run(NULL, argv_of(workload("tiny")));
		for (;;) {
			char pid[16];
			bool mine;

			snprintf(pid, sizeof(pid), "%d", c->pid);
			if (!take_record(&record)) {
				stream_pump(listener, clock_ms() + deadline_ms());
				continue;
			}
			mine = has_field(&record, "PROCTRACE_PID", pid);
			check_field(&record, "PROCTRACE_EVENT", "exit");
			assert_non_null(field(&record, "MESSAGE", &len));
			free(record.data);
			if (mine)
				break;
		}
		command_free(c);
	}
	assert_int_equal(harness_stop(h), 0);
}

/* More than a datagram holds. */
static void large(void **state)
{
	struct harness *h = harness_start("-p", own_pid(), "--journal", "-e", "exec");
	char *args[64], *argument = malloc(100001);
	struct command *c;
	struct record record;
	size_t len;

	(void)state;
	h->json = false;
	assert_non_null(argument);
	memset(argument, 'x', 100000);
	argument[100000] = '\0';
	args[0] = (char *)(uintptr_t)workload("tiny");
	args[1] = argument;
	args[2] = NULL;
	c = command_run(NULL, (const char *const *)args);
	record = wait_record("exec", c->pid);
	assert_non_null(field(&record, "PROCTRACE_CMDLINE", &len));
	assert_true(len > 100000);
	free(record.data);
	free(argument);
	command_free(c);
	assert_int_equal(harness_stop(h), 0);
}

/* journald that does not read holds nothing up: all is shown, and what is missing is said. */
static void stuck(void **state)
{
	struct harness *h =
		harness_start("-p", own_pid(), "--journal", "-e", "exec", "--no-header");
	const char *said;
	uint64_t unsent;
	size_t lines = 0;

	(void)state;
	h->json = false;
	command_free(command_run(NULL, argv_of(workload("storm"), "500", workload("tiny"))));
	assert_int_equal(harness_stop(h), 0);
	for (size_t i = 0; i < h->tracer->out.len; i++)
		lines += h->tracer->out.data[i] == '\n';
	assert_int_equal(lines, 501);
	said = strstr(h->tracer->err.data, "events could not be sent to the journal");
	assert_non_null(said);
	while (said > h->tracer->err.data && said[-1] != '\n')
		said--;
	assert_int_equal(sscanf(said, "proctrace: %" SCNu64, &unsent), 1);
	for (struct record record; take_record(&record); free(record.data))
		unsent++;
	assert_int_equal(unsent, 501);
}

/* It ends, and begins again: said once each. */
static void gone_and_back(void **state)
{
	struct harness *h = harness_start("-p", own_pid(), "--journal", "-e", "exec");
	int64_t deadline = clock_ms() + deadline_ms();
	struct record record;
	struct command *c;

	(void)state;
	h->json = false;
	close(listener);
	unlink(SOCKET);
	while (!strstr(h->tracer->err.data ? h->tracer->err.data : "",
		       "tracing goes on without it")) {
		command_free(command_run(NULL, argv_of(workload("tiny"))));
		stream_drain(&h->tracer->err);
		if (clock_ms() >= deadline)
			harness_fail("nobody said that the journal had gone");
	}
	assert_int_equal(listen_again(state), 0);
	c = command_run(NULL, argv_of(workload("tiny"), "again"));
	record = wait_record("exec", c->pid);
	free(record.data);
	command_free(c);
	while (!strstr(h->tracer->err.data, "the journal is written again")) {
		command_free(command_run(NULL, argv_of(workload("tiny"))));
		for (; take_record(&record); free(record.data))
			;
		stream_drain(&h->tracer->err);
		if (clock_ms() >= deadline)
			harness_fail("nobody said that the journal was back");
	}
	assert_int_equal(harness_stop(h), 0);
	assert_non_null(strstr(h->tracer->err.data, "could not be sent to the journal"));
}

static void no_journald(void **state)
{
	struct command *c;

	(void)state;
	close(listener);
	listener = -1;
	c = command_start(NULL, argv_of(proctrace(), "--journal"));
	assert_int_equal(command_wait(c, deadline_ms()), 1 << 8);
	assert_non_null(
		strstr(c->err.data, "--journal: cannot use " SOCKET ": Connection refused"));
	command_free(c);
	unlink(SOCKET);
	c = command_start(NULL, argv_of(proctrace(), "--journal"));
	assert_int_equal(command_wait(c, deadline_ms()), 1 << 8);
	assert_non_null(strstr(c->err.data, "--journal: there is no " SOCKET));
	command_free(c);
}

static void built_without(void **state)
{
	(void)state;
	harness_skip("%s was built without libsystemd", proctrace());
}

static bool has_journal(void)
{
	char command[4096], text[1024] = "";
	FILE *version;

	snprintf(command, sizeof(command), "'%s' --version", proctrace());
	version = popen(command, "r");
	if (version) {
		text[fread(text, 1, sizeof(text) - 1, version)] = '\0';
		pclose(version);
	}
	return strstr(text, "libsystemd");
}

#define journal_test(f) cmocka_unit_test_setup_teardown(f, listen_again, stop_listening)

int main(void)
{
	const struct CMUnitTest without[] = { live_test(built_without) };
	const struct CMUnitTest tests[] = {
		journal_test(fields), journal_test(only_what_is_shown), journal_test(large),
		journal_test(stuck),  journal_test(gone_and_back),	journal_test(no_journald),
	};

	if (!has_journal())
		return cmocka_run_group_tests(without, NULL, NULL);
	make_run();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
