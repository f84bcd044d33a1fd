// SPDX-License-Identifier: Apache-2.0
/*
 * test_libcurl.c - what is asked of a libcurl that fails
 *
 * The library's place is taken by functions of the test's own.
 */
#include "container/libcurl.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/sockets.h"
#include "fake_server.h"
#include "host_tree.h"

#define PATH "/run/docker.sock"
#define ID   "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"

static CURLMcode perform_code, poll_code;
static int easies, multis; /* that were made and not cleaned up */

/* Never looked into, but by their addresses. */
static char easy, multi;

static CURL *easy_init(void)
{
	easies++;
	return &easy;
}

static void easy_cleanup(CURL *handle)
{
	(void)handle;
	easies--;
}

static CURLcode easy_setopt(CURL *handle, CURLoption option, ...)
{
	(void)handle;
	(void)option;
	return CURLE_OK;
}

static CURLM *multi_init(void)
{
	multis++;
	return &multi;
}

static CURLMcode multi_cleanup(CURLM *handle)
{
	(void)handle;
	multis--;
	return CURLM_OK;
}

static CURLMcode add_or_remove(CURLM *handle, CURL *one)
{
	(void)handle;
	(void)one;
	return CURLM_OK;
}

static CURLMcode multi_perform(CURLM *handle, int *ret_running)
{
	(void)handle;
	*ret_running = easies;
	return easies ? perform_code : CURLM_OK;
}

static CURLMsg *multi_info_read(CURLM *handle, int *ret_left)
{
	(void)handle;
	*ret_left = 0;
	return NULL;
}

static CURLMcode multi_poll(CURLM *handle, struct curl_waitfd *extra, unsigned int extra_len,
			    int timeout_ms, int *ret_ready)
{
	(void)handle;
	(void)extra_len;
	(void)ret_ready;
	poll(&(struct pollfd){ .fd = extra->fd, .events = POLLIN }, 1, timeout_ms);
	return easies ? poll_code : CURLM_OK;
}

static void slist_free_all(struct curl_slist *list)
{
	(void)list;
}

const struct libcurl *libcurl_load(void)
{
	static const struct libcurl functions = {
		.easy_cleanup = easy_cleanup,
		.easy_init = easy_init,
		.easy_setopt = easy_setopt,
		.multi_add_handle = add_or_remove,
		.multi_cleanup = multi_cleanup,
		.multi_info_read = multi_info_read,
		.multi_init = multi_init,
		.multi_perform = multi_perform,
		.multi_poll = multi_poll,
		.multi_remove_handle = add_or_remove,
		.slist_free_all = slist_free_all,
	};

	return &functions;
}

static void check_silent(struct sockets *s, uint32_t serial)
{
	struct endpoint endpoint = { .kind = ENDPOINT_DOCKER, .path = (char *)PATH };
	struct endpoints_place place = { .cgroup_path = STR_LITERAL("/docker/" ID) };
	struct question *q = question_new(serial, ID, &place);
	struct pollfd p = { .fd = sockets_fd(s), .events = POLLIN };
	struct sockets_answer answer;

	assert_true(question_add(q, &endpoint, str_from(NULL, 0)));
	assert_int_equal(sockets_ask(s, q), 0);
	while (!sockets_take(s, &answer))
		assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(answer.serial, serial);
	assert_int_equal(answer.outcome, SOCKETS_SILENT);
	meta_done(&answer.meta);
}

/* What was under way is answered, and so is each question from then on. */
static void check_failure(CURLMcode of_perform, CURLMcode of_poll)
{
	struct sockets_options options = { 0 };
	struct fake_server server;
	struct sockets *sockets;
	struct host_tree tree;

	perform_code = of_perform;
	poll_code = of_poll;
	host_tree_init(&tree);
	host_tree_mkdir(&tree, "/run");
	options.host_root = tree.root;
	fake_server_start(&server, host_tree_path(&tree, PATH), FAKE_HANGS, "", 0);
	assert_int_equal(sockets_new(&options, &sockets), 0);
	check_silent(sockets, 1);
	for (uint32_t serial = 2; serial < 2 * SOCKETS_QUEUE_MAX; serial++)
		check_silent(sockets, serial);
	sockets_free(sockets);
	assert_int_equal(easies, 0);
	assert_int_equal(multis, 0);
	fake_server_stop(&server);
	host_tree_done(&tree);
}

static void test_perform_fails(void **state)
{
	(void)state;
	check_failure(CURLM_OUT_OF_MEMORY, CURLM_OK);
}

static void test_poll_fails(void **state)
{
	(void)state;
	check_failure(CURLM_OK, CURLM_INTERNAL_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perform_fails),
		cmocka_unit_test(test_poll_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
