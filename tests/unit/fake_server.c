// SPDX-License-Identifier: Apache-2.0
/*
 * fake_server.c - a server on a UNIX socket that answers as a test wants it to
 */
#include "fake_server.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* Up to the empty line, or what came before the other side had enough. */
static void read_request(struct fake_server *s, int fd)
{
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, s->last + len, sizeof(s->last) - 1 - len, 0)) > 0) {
		len += (size_t)n;
		s->last[len] = '\0';
		if (strstr(s->last, "\r\n\r\n") || len == sizeof(s->last) - 1)
			break;
	}
}

static void send_reply(const struct fake_server *s, int fd)
{
	size_t sent = 0;

	while (sent < s->reply_len) {
		ssize_t n = send(fd, s->reply + sent, s->reply_len - sent, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* it has heard enough */
		sent += (size_t)n;
	}
}

static void serve(struct fake_server *s, int fd)
{
	if (s->manner != FAKE_CLOSES)
		read_request(s, fd);
	s->requests++;
	if (s->manner == FAKE_HANGS && s->kept_len < sizeof(s->kept) / sizeof(s->kept[0])) {
		s->kept[s->kept_len++] = fd;
		return;
	}
	if (s->manner == FAKE_ANSWERS)
		send_reply(s, fd);
	close(fd);
}

static void *run(void *arg)
{
	struct fake_server *s = arg;
	struct pollfd fds[] = { { .fd = s->listen_fd, .events = POLLIN },
				{ .fd = s->stop_fd, .events = POLLIN } };

	while (poll(fds, 2, -1) >= 0 && !fds[1].revents) {
		int fd = accept(s->listen_fd, NULL, NULL);

		if (fd >= 0)
			serve(s, fd);
	}
	return NULL;
}

void fake_server_start(struct fake_server *s, const char *path, enum fake_manner manner,
		       const char *reply, size_t reply_len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*s = (struct fake_server){ .manner = manner, .reply = reply, .reply_len = reply_len };
	assert_true(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listen_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(s->listen_fd, 64), 0);
	s->stop_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

void fake_server_stop(struct fake_server *s)
{
	uint64_t one = 1;

	assert_int_equal(write(s->stop_fd, &one, sizeof(one)), sizeof(one));
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < s->kept_len; i++)
		close(s->kept[i]);
	close(s->listen_fd);
	close(s->stop_fd);
}

const char *fake_ok(const char *body)
{
	static char reply[8192];

	snprintf(
		reply, sizeof(reply),
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		strlen(body), body);
	return reply;
}
