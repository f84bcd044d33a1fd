// SPDX-License-Identifier: Apache-2.0
/*
 * bounded.c - a file in a process's own tree, without being held up by it
 */
#include "inspect/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "container/hostfs.h"
#include "procfs/procfs.h"

/* Of the child: what the parent reads first. */
struct answer {
	int error;
};

static int read_below(int pid_fd, const char *path, struct buf *out)
{
	struct hostfs fs;
	char root[64];
	int r;

	snprintf(root, sizeof(root), "/proc/self/fd/%d/root", pid_fd);
	r = hostfs_init(&fs, root);
	if (r < 0)
		return r;
	fs.may_wait = true;
	r = hostfs_read(&fs, path, false, out);
	hostfs_done(&fs);
	return r;
}

static bool write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

__attribute__((noreturn)) static void run_child(int fd, int pid_fd, const char *path)
{
	struct buf text = { .limit = BOUNDED_SIZE_MAX };
	struct answer answer = { .error = read_below(pid_fd, path, &text) };

	if (write_all(fd, &answer, sizeof(answer)) && answer.error == 0)
		write_all(fd, text.data, text.len);
	_exit(0);
}

static int wait_until(int fd, uint64_t deadline_ns)
{
	uint64_t now_ns = clock_boot_ns();
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int n;

	if (now_ns >= deadline_ns)
		return -ETIMEDOUT;
	n = poll(&poll_fd, 1, (int)((deadline_ns - now_ns) / NSEC_PER_MSEC) + 1);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

/* It waits for a processor, not for a file system. */
static bool is_runnable(pid_t child)
{
	_cleanup_close_ int proc_fd = -1, child_fd = -1;
	struct proc_stat stat;

	return procfs_open_root("/proc", &proc_fd) == 0 &&
	       procfs_open_stat(proc_fd, (uint32_t)child, 0, &stat, &child_fd) == 0 &&
	       stat.state == 'R';
}

/* On a host where everybody waits for a processor the child does as well: it gets more time. */
static int receive(int fd, pid_t child, struct buf *out)
{
	const uint64_t wait_ns = BOUNDED_WAIT_MS * NSEC_PER_MSEC;
	uint64_t deadline_ns = clock_boot_ns() + wait_ns;
	char piece[4096];

	for (int waits = 1;;) {
		int r = wait_until(fd, deadline_ns);
		ssize_t n;

		if (r == -ETIMEDOUT && waits < BOUNDED_WAITS_MAX && is_runnable(child)) {
			deadline_ns += wait_ns;
			waits++;
			continue;
		}
		if (r < 0)
			return r;
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return out->failed ? -ENOMEM : 0;
		if (n > 0)
			buf_put(out, piece, (size_t)n);
	}
}

/* Takes the answer off the beginning of what was received. */
static int take_answer(struct buf *text)
{
	struct answer answer;

	if (text->len < sizeof(answer))
		return -EIO; /* the child was ended by somebody else */
	memcpy(&answer, text->data, sizeof(answer));
	text->len -= sizeof(answer);
	memmove(text->data, text->data + sizeof(answer), text->len);
	return answer.error;
}

int bounded_read(int pid_fd, const char *path, struct buf *out)
{
	_cleanup_close_ int read_fd = -1;
	int fds[2], r;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	read_fd = fds[0];
	child = fork();
	if (child == 0)
		run_child(fds[1], pid_fd, path);
	close(fds[1]);
	if (child < 0)
		return -EAGAIN;
	buf_reset(out);
	r = receive(read_fd, child, out);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return r < 0 ? r : take_answer(out);
}
