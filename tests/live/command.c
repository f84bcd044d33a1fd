// SPDX-License-Identifier: Apache-2.0
/*
 * command.c - programs that a live test starts, workloads above all
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

static struct command *commands;

int64_t deadline_ms(void)
{
	const char *seconds = getenv("PROCTRACE_DEADLINE");

	return (seconds ? atoll(seconds) : 20) * 1000;
}

const char *workload(const char *name)
{
	static char paths[8][512];
	static unsigned int next;
	char *path = paths[next++ % 8];
	const char *dir = getenv("WORKLOAD_DIR");
	char self[256];
	ssize_t len;

	if (dir) {
		snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
		return path;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len > 0 ? len : 0] = '\0';
	if (strrchr(self, '/'))
		*strrchr(self, '/') = '\0';
	snprintf(path, sizeof(paths[0]), "%s/../workload/%s", self, name);
	return path;
}

static void write_pid(const char *cgroup)
{
	char path[4096 + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		_exit(127);
	}
	close(fd);
}

/* The child's side. Never returns. */
static _Noreturn void become(const struct command_options *o, const char *const argv[],
			     const int fds[3])
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; o->cgroups && o->cgroups[i]; i++)
		write_pid(o->cgroups[i]);
	for (size_t i = 0; o->env && o->env[i]; i++)
		putenv((char *)o->env[i]);
	for (int i = 0; i < 3; i++)
		dup2(fds[i], i);
	signal(SIGPIPE, SIG_DFL);
	if (o->cwd && chdir(o->cwd) < 0)
		_exit(127);
	for (unsigned int cap = 0; cap < 64; cap++) {
		if (o->drop_caps >> cap & 1)
			prctl(PR_CAPBSET_DROP, cap);
	}
	if (o->uid && (setresgid(o->uid, o->uid, o->uid) || setresuid(o->uid, o->uid, o->uid)))
		_exit(127);
	if (o->program)
		execv(o->program, (char *const *)argv);
	else
		execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "%s: %s\n", o->program ? o->program : argv[0], strerror(errno));
	_exit(127);
}

static int open_output(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		harness_fail("%s: %s", file, strerror(errno));
	return fd;
}

struct command *command_start(const struct command_options *options, const char *const argv[])
{
	static const struct command_options usual;
	const struct command_options *o = options ? options : &usual;
	struct command *c = calloc(1, sizeof(*c));
	int in[2] = { -1, -1 }, out[2], err[2], fds[3];

	if (!c || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) ||
	    (o->input && pipe2(in, O_CLOEXEC)))
		harness_fail("cannot start %s: %s", argv[0], strerror(errno));
	fds[0] = o->input ? in[0] : open("/dev/null", O_RDONLY | O_CLOEXEC);
	fds[1] = o->out_file ? open_output(o->out_file) : out[1];
	fds[2] = o->out_file ? fds[1] : err[1];
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0)
		become(o, argv, fds);
	if (c->pid < 0)
		harness_fail("fork: %s", strerror(errno));
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	close(fds[0]);
	close(out[1]);
	close(err[1]);
	if (o->out_file)
		close(fds[1]);
	c->in = in[1];
	stream_open(&c->out, out[0]);
	stream_open(&c->err, err[0]);
	c->next = commands;
	commands = c;
	return c;
}

int command_wait(struct command *c, int64_t timeout_ms)
{
	int64_t deadline = clock_ms() + timeout_ms;

	while (!c->ended) {
		if (waitpid(c->pid, &c->status, WNOHANG) == c->pid)
			c->ended = true;
		else if (!stream_pump(c->pidfd, deadline) && clock_ms() >= deadline)
			harness_fail("pid %d did not end in time; it printed:\n%s%s", c->pid,
				     c->out.data, c->err.data);
	}
	stream_drain(&c->out);
	stream_drain(&c->err);
	return c->status;
}

struct command *command_run(const struct command_options *options, const char *const argv[])
{
	struct command *c = command_start(options, argv);
	int64_t timeout = options && options->deadline_ms ? options->deadline_ms : deadline_ms();
	int status = command_wait(c, timeout);

	if (status != 0)
		harness_fail("%s: wait status 0x%x; it printed:\n%s%s", argv[0],
			     (unsigned int)status, c->out.data, c->err.data);
	return c;
}

static size_t count_lines(const struct stream *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->data[i] == '\n';
	return n;
}

void command_wait_lines(struct command *c, size_t n)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (count_lines(&c->out) < n) {
		if (c->out.fd < 0 || (!stream_pump(-1, deadline) && clock_ms() >= deadline))
			harness_fail("pid %d printed %zu lines, not %zu:\n%s%s", c->pid,
				     count_lines(&c->out), n, c->out.data, c->err.data);
	}
}

struct json_object *command_facts(struct command *c)
{
	struct json_object *facts;
	char *end;

	command_wait_lines(c, 1);
	end = strchr(c->out.data, '\n');
	*end = '\0';
	facts = json_tokener_parse(c->out.data);
	*end = '\n';
	if (!facts)
		harness_fail("these are no facts: %s", c->out.data);
	return facts;
}

long command_memory_kib(const struct command *c, const char *what)
{
	char path[64], line[32], *text, *at;
	long kib;

	snprintf(path, sizeof(path), "/proc/%d/status", c->pid);
	snprintf(line, sizeof(line), "\n%s:", what);
	text = read_whole(path);
	at = strstr(text, line);
	if (!at)
		harness_fail("no %s in %s", what, path);
	kib = strtol(at + strlen(line), NULL, 10);
	free(text);
	return kib;
}

void command_tell(struct command *c, const char *line)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "%s\n", line);

	if (write(c->in, text, (size_t)len) != len)
		harness_fail("pid %d does not listen: %s", c->pid, strerror(errno));
}

void command_end(struct command *c)
{
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
	command_wait(c, deadline_ms());
	command_free(c);
}

void command_free(struct command *c)
{
	struct command **at = &commands;

	if (!c)
		return;
	while (*at && *at != c)
		at = &(*at)->next;
	if (*at)
		*at = c->next;
	if (!c->ended) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	close(c->pidfd);
	if (c->in >= 0)
		close(c->in);
	stream_close(&c->out);
	stream_close(&c->err);
	free(c);
}

void command_teardown(void)
{
	while (commands)
		command_free(commands);
}
