/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_server.h - a server on a UNIX socket that answers as a test wants it to
 */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum fake_manner {
	FAKE_ANSWERS, /* reads the request, sends the reply, closes */
	FAKE_HANGS,   /* accepts, reads, and says nothing */
	FAKE_CLOSES,  /* closes without a word */
};

struct fake_server {
	enum fake_manner manner;
	const char *reply; /* whole, with its status line */
	size_t reply_len;
	atomic_uint requests;
	char last[512]; /* the beginning of the last request; read it after fake_server_stop() */
	pthread_t thread;
	int listen_fd;
	int stop_fd;
	int kept[512]; /* connections that hang */
	size_t kept_len;
};

/* Listens at path. The reply is borrowed. */
void fake_server_start(struct fake_server *s, const char *path, enum fake_manner manner,
		       const char *reply, size_t reply_len);
void fake_server_stop(struct fake_server *s);

/* A reply of status 200 with this body, in a buffer that the next call overwrites. */
const char *fake_ok(const char *body);

#endif /* TESTS_FAKE_SERVER_H */
