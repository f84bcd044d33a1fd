// SPDX-License-Identifier: Apache-2.0
/*
 * sockets_none.c - a build that asks no sockets
 *
 * In the place of sockets.c where there is no libcurl: make SOCKETS=no, and the static
 * program, for Debian's libcurl.a needs libraries that have no archive.
 */
#include "container/sockets.h"

#include <errno.h>

const char *sockets_version(void)
{
	return NULL;
}

int sockets_new(const struct sockets_options *options, struct sockets **ret_sockets)
{
	(void)options;
	(void)ret_sockets;
	return -EOPNOTSUPP;
}

void sockets_free(struct sockets *s)
{
	(void)s;
}

int sockets_fd(const struct sockets *s)
{
	(void)s;
	return -1;
}

int sockets_ask(struct sockets *s, struct question *q)
{
	(void)s;
	question_free(q);
	return -EOPNOTSUPP;
}

bool sockets_take(struct sockets *s, struct sockets_answer *ret_answer)
{
	(void)s;
	(void)ret_answer;
	return false;
}

void sockets_stats(struct sockets *s, struct sockets_stats *ret_stats)
{
	(void)s;
	*ret_stats = (struct sockets_stats){ 0 };
}
