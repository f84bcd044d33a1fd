/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transfer.h - one question to a runtime's socket, over libcurl
 *
 * Several run at a time in one multi handle. Each has a connection of its own: libcurl
 * tells connections apart by the host in the URL, and for it these are all one host.
 */
#ifndef CONTAINER_TRANSFER_H
#define CONTAINER_TRANSFER_H

#include <stdbool.h>

#include "base/buf.h"
#include "container/endpoints.h"
#include "container/hostfs.h"
#include "container/libcurl.h"
#include "container/meta.h"

#define TRANSFER_ANSWER_MAX ((size_t)1 << 20)
#define TRANSFER_HEADER_MAX ((size_t)64 << 10)

enum transfer_result {
	TRANSFER_TOLD,	  /* meta is filled */
	TRANSFER_UNKNOWN, /* the runtime has no such container */
	TRANSFER_FAILED,  /* no answer, or none that can be used */
	TRANSFER_LATE,	  /* none in time */
};

/* What to ask of whom. All is borrowed until the end of the transfer. */
struct transfer_question {
	const struct endpoint *endpoint;
	const struct endpoints_place *place; /* the container's own */
	const char *id;
	const char *containerd_ns; /* of a container of containerd's */
	long timeout_ms;
};

struct transfer {
	struct transfer_question question;
	const struct libcurl *curl;
	CURL *easy; /* NULL: none under way */
	struct curl_slist *headers;
	int path_fd;	  /* of the socket in the file system; -1: none */
	int fd;		  /* the connection, libcurl's */
	bool is_stranger; /* who listens there may not speak about it */
	struct buf body;
	struct buf answer;
	size_t header_bytes;
	int grpc_status; /* -1: none came */
	bool by_podman;
};

/*
 * Takes path_fd (see peer_find()), also on failure. Returns 0 or a negative errno; after 0 the
 * handle is in multi, and transfer_end() is to be called.
 */
int transfer_begin(struct transfer *t, const struct libcurl *curl, CURLM *multi, int path_fd,
		   const struct transfer_question *question);

/* Takes it out of multi and reads the answer into meta, which is to be empty. */
enum transfer_result transfer_end(struct transfer *t, CURLM *multi, CURLcode code,
				  struct hostfs *fs, struct meta *meta);

#endif /* CONTAINER_TRANSFER_H */
