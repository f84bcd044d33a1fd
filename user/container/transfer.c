// SPDX-License-Identifier: Apache-2.0
/*
 * transfer.c - one question to a runtime's socket, over libcurl
 */
#include "container/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "container/containerd_api.h"
#include "container/docker_api.h"
#include "container/peer.h"

#define URL_MAX	       1024
#define ID_MAX	       256 /* also of a name and a namespace; nothing that needs escaping */
#define GRPC_OK	       0
#define GRPC_NOT_FOUND 5 /* google/rpc/code.proto */

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	buf_put(&t->answer, data, size * n);
	return t->answer.failed ? 0 : size * n; /* 0 ends the transfer */
}

/* Called for each header line, and for the trailers, where gRPC has its status. */
static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	static const char status[] = "grpc-status:", podman[] = "libpod-api-version:";
	struct transfer *t = arg;
	size_t len = size * n;
	char value[8] = "";

	t->header_bytes += len;
	if (t->header_bytes > TRANSFER_HEADER_MAX)
		return 0;
	if (len >= sizeof(podman) - 1 && strncasecmp(data, podman, sizeof(podman) - 1) == 0)
		t->by_podman = true;
	if (len >= sizeof(status) - 1 && strncasecmp(data, status, sizeof(status) - 1) == 0) {
		size_t rest = len - (sizeof(status) - 1);

		memcpy(value, data + sizeof(status) - 1,
		       rest < sizeof(value) - 1 ? rest : sizeof(value) - 1);
		t->grpc_status = atoi(value);
	}
	return len;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = arg;

	(void)purpose;
	t->fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	return t->fd < 0 ? CURL_SOCKET_BAD : t->fd;
}

/* Connected, and nothing sent yet: who is it? */
static int check_peer(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = arg;
	int may_tell = peer_may_tell(t->fd, t->question.endpoint, t->question.place);

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	t->is_stranger = may_tell == 0;
	return may_tell > 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* In an URL or a header only what cannot end it: ids and names of containers are so. */
static bool is_plain(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len < ID_MAX &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       len;
}

static int put_url(const struct transfer_question *q, char url[URL_MAX])
{
	if (!is_plain(q->id))
		return -EINVAL;
	switch (q->endpoint->kind) {
	case ENDPOINT_DOCKER:
		snprintf(url, URL_MAX, "http://localhost/containers/%s/json", q->id);
		return 0;
	case ENDPOINT_PODMAN:
		snprintf(url, URL_MAX, "http://localhost/v4.0.0/libpod/containers/%s/json", q->id);
		return 0;
	case ENDPOINT_CONTAINERD:
		snprintf(url, URL_MAX, "http://localhost" CONTAINERD_API_GET);
		return is_plain(q->containerd_ns) ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static bool add_header(struct transfer *t, const char *header)
{
	struct curl_slist *list = t->curl->slist_append(t->headers, header);

	if (list)
		t->headers = list;
	return list;
}

/* A gRPC call is a POST over HTTP/2, which the server must speak at once. */
static bool set_grpc(struct transfer *t)
{
	char ns[ID_MAX + 32];

	snprintf(ns, sizeof(ns), "containerd-namespace: %s", t->question.containerd_ns);
	containerd_api_put_request(&t->body, t->question.id);
	return !t->body.failed && add_header(t, "content-type: application/grpc") &&
	       add_header(t, "te: trailers") && add_header(t, ns) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_HTTP_VERSION,
				     (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_POST, 1L) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)t->body.len) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body.data) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

/* The environment's proxies do not count. */
static bool set_options(struct transfer *t, const char *url)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->path_fd);
	return !t->curl->easy_setopt(t->easy, CURLOPT_URL, url) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_UNIX_SOCKET_PATH, path) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_PROXY, "") &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, t->question.timeout_ms) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, check_peer) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_PREREQDATA, t) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_WRITEDATA, t) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header) &&
	       !t->curl->easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
}

static void release(struct transfer *t)
{
	t->curl->easy_cleanup(t->easy);
	t->curl->slist_free_all(t->headers);
	if (t->path_fd >= 0)
		close(t->path_fd);
	buf_done(&t->body);
	buf_done(&t->answer);
	*t = (struct transfer){ .path_fd = -1 };
}

int transfer_begin(struct transfer *t, const struct libcurl *curl, CURLM *multi, int path_fd,
		   const struct transfer_question *question)
{
	char url[URL_MAX];
	int err = put_url(question, url);

	*t = (struct transfer){ .question = *question,
				.curl = curl,
				.path_fd = path_fd,
				.grpc_status = -1 };
	t->answer.limit = TRANSFER_ANSWER_MAX;
	t->easy = err ? NULL : t->curl->easy_init();
	if (!t->easy) {
		release(t);
		return err ? err : -ENOMEM;
	}
	if (!set_options(t, url) ||
	    (question->endpoint->kind == ENDPOINT_CONTAINERD && !set_grpc(t)) ||
	    t->curl->multi_add_handle(multi, t->easy)) {
		release(t);
		return -EOPNOTSUPP; /* a libcurl without HTTP/2; or out of memory */
	}
	return 0;
}

static enum transfer_result read_answer(struct transfer *t, long status, struct hostfs *fs,
					struct meta *meta)
{
	const struct transfer_question *q = &t->question;
	struct str answer = str_from(t->answer.data, t->answer.len);
	int err = -EBADMSG;

	if (q->endpoint->kind == ENDPOINT_CONTAINERD) {
		if (status == 200 && t->grpc_status == GRPC_NOT_FOUND)
			return TRANSFER_UNKNOWN;
		if (status == 200 && t->grpc_status == GRPC_OK)
			err = containerd_api_read(answer, q->id, meta);
	} else {
		if (status == 404)
			return TRANSFER_UNKNOWN;
		if (status == 200 && q->endpoint->kind == ENDPOINT_DOCKER)
			err = docker_api_read(fs, answer, q->id, t->by_podman, meta);
		else if (status == 200)
			err = docker_api_read_libpod(fs, answer, q->id, meta);
	}
	return err ? TRANSFER_FAILED : TRANSFER_TOLD;
}

enum transfer_result transfer_end(struct transfer *t, CURLM *multi, CURLcode code,
				  struct hostfs *fs, struct meta *meta)
{
	enum transfer_result result = TRANSFER_FAILED;
	long status = 0;

	if (code == CURLE_OPERATION_TIMEDOUT)
		result = TRANSFER_LATE;
	else if (code == CURLE_ABORTED_BY_CALLBACK && t->is_stranger)
		result = TRANSFER_UNKNOWN; /* nobody who may tell */
	else if (code == CURLE_OK &&
		 !t->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status))
		result = read_answer(t, status, fs, meta);
	if (result != TRANSFER_TOLD)
		meta_done(meta);
	t->curl->multi_remove_handle(multi, t->easy);
	release(t);
	return result;
}
