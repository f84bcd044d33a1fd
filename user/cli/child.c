// SPDX-License-Identifier: Apache-2.0
/*
 * child.c - the command after "--": forked when tracing has begun, released a moment later
 */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/commands.h"

static void close_fd(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

static void close_pipe(int fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* In the child: wait, exec, or tell why not. */
static void run(char *const *argv, int go_fd, int error_fd)
{
	char go;
	int error;

	if (read(go_fd, &go, 1) != 1)
		_exit(STATUS_COMMAND_FAILURE); /* proctrace could not begin, and said why */
	execvp(argv[0], argv);
	error = errno;
	if (write(error_fd, &error, sizeof(error)) != sizeof(error))
		_exit(STATUS_COMMAND_FAILURE);
	_exit(error == ENOENT ? STATUS_COMMAND_NOT_FOUND : STATUS_COMMAND_NOT_RUN);
}

int child_fork(struct child *c, char *const *argv, const struct signals_before *before)
{
	int go[2] = { -1, -1 }, error[2] = { -1, -1 };
	int r;

	if (!argv)
		return 0;
	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(error, O_CLOEXEC) < 0) {
		r = -errno;
		log_error("cannot make a pipe: %s", strerror(-r));
		close_pipe(go);
		return r;
	}
	c->pid = fork();
	if (c->pid < 0) {
		r = -errno;
		log_error("cannot start '%s': %s", argv[0], strerror(-r));
		close_pipe(go);
		close_pipe(error);
		c->pid = 0;
		return r;
	}
	if (c->pid == 0) {
		close(go[1]);
		signals_restore(before);
		run(argv, go[0], error[1]);
	}
	close(go[0]);
	close(error[1]);
	c->name = argv[0];
	c->go_fd = go[1];
	c->error_fd = error[0];
	c->running = true;
	return 0;
}

int child_exec(struct child *c)
{
	ssize_t n;

	if (!c->pid)
		return 0;
	/* A child that was killed meanwhile (EPIPE) is reaped like any other. */
	if (write(c->go_fd, "!", 1) != 1 && errno != EPIPE) {
		int error = errno;

		log_error("cannot start '%s': %s", c->name, strerror(error));
		return -error;
	}
	do
		n = read(c->error_fd, &c->exec_error, sizeof(c->exec_error));
	while (n < 0 && errno == EINTR);
	close_fd(&c->go_fd);
	close_fd(&c->error_fd);
	if (n != sizeof(c->exec_error)) {
		c->exec_error = 0; /* closed by the exec: it runs */
		return 0;
	}
	log_error("cannot run '%s': %s", c->name, strerror(c->exec_error));
	return -c->exec_error;
}

bool child_reap(struct child *c)
{
	if (!c->running || waitpid(c->pid, &c->wait_status, WNOHANG) != c->pid)
		return false;
	c->running = false;
	return true;
}

int child_status(const struct child *c)
{
	if (c->exec_error)
		return c->exec_error == ENOENT ? STATUS_COMMAND_NOT_FOUND : STATUS_COMMAND_NOT_RUN;
	if (c->running)
		return STATUS_OK; /* tracing was stopped before it ended */
	return WIFSIGNALED(c->wait_status) ? 128 + WTERMSIG(c->wait_status) :
					     WEXITSTATUS(c->wait_status);
}

void child_done(struct child *c)
{
	bool released = c->go_fd == 0;

	close_fd(&c->go_fd);
	close_fd(&c->error_fd);
	/* One that still waits sees the end of its pipe and exits. */
	if (c->running && (!released || c->exec_error))
		waitpid(c->pid, NULL, 0);
}

struct search {
	const struct child *child;
	uint32_t host_pid;
};

static void look_at(const struct ptc_seed *seed, void *arg)
{
	const struct ptc_task *task = &seed->task;
	struct search *search = arg;
	struct stat own;

	if (task->vpids_len <= PTC_PID_LEVELS && task->vpids_len > 0 &&
	    task->vpid[task->vpids_len - 1] == (uint32_t)search->child->pid &&
	    stat("/proc/self/ns/pid", &own) == 0 && own.st_ino == task->ns[PTC_NS_PID])
		search->host_pid = task->pid;
}

uint32_t child_host_pid(const struct child *c, struct tracer *tracer)
{
	struct search search = { .child = c, .host_pid = (uint32_t)c->pid };

	tracer_seed(tracer, look_at, &search);
	return search.host_pid;
}
