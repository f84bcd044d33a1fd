// SPDX-License-Identifier: Apache-2.0
/*
 * stream.c - the pipes that a live test reads, all in one poll loop
 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STREAM_MAX   64		  /* pipes open at once in one test */
#define STREAM_LIMIT (512u << 20) /* bytes kept of one; a test that passes it is wrong */

static struct stream *streams;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "live test: %s: %s\n", what, strerror(errno));
	exit(1);
}

uint64_t clock_mono_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t clock_ms(void)
{
	return (int64_t)(clock_mono_ns() / 1000000u);
}

static void stream_grow(struct stream *s)
{
	size_t cap = s->cap ? 2 * s->cap : 64 << 10;
	char *data;

	if (cap > STREAM_LIMIT) {
		errno = EFBIG;
		die("output of a program under test");
	}
	data = realloc(s->data, cap);
	if (!data)
		die("memory");
	s->data = data;
	s->cap = cap;
}

void stream_open(struct stream *s, int fd)
{
	*s = (struct stream){ .fd = fd, .next = streams };
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		die("fcntl");
	stream_grow(s);
	s->data[0] = '\0';
	streams = s;
}

void stream_close(struct stream *s)
{
	struct stream **at = &streams;

	if (!s)
		return;
	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
	if (s->data && s->fd >= 0)
		close(s->fd);
	free(s->data);
	*s = (struct stream){ .fd = -1 };
}

void stream_consume(struct stream *s, size_t n)
{
	memmove(s->data, s->data + n, s->len - n);
	s->len -= n;
	s->data[s->len] = '\0';
}

void stream_drain(struct stream *s)
{
	while (s->fd >= 0) {
		ssize_t got;

		if (s->cap - s->len < 4096)
			stream_grow(s);
		got = read(s->fd, s->data + s->len, s->cap - s->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close(s->fd);
			s->fd = -1;
			return;
		}
		s->len += (size_t)got;
		s->data[s->len] = '\0';
	}
}

bool stream_pump(int wake_fd, int64_t deadline_ms)
{
	struct pollfd fds[STREAM_MAX + 1];
	struct stream *who[STREAM_MAX + 1];
	int64_t left = deadline_ms - clock_ms();
	nfds_t n = 0;

	for (struct stream *s = streams; s && n < STREAM_MAX; s = s->next) {
		if (s->fd < 0)
			continue;
		fds[n] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
		who[n++] = s;
	}
	if (wake_fd >= 0) {
		fds[n] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
		who[n++] = NULL;
	}
	if (poll(fds, n, left > 0 ? (int)left : 0) <= 0)
		return false;
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents && who[i])
			stream_drain(who[i]);
	}
	return true;
}
