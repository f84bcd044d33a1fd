// SPDX-License-Identifier: Apache-2.0
/*
 * curl_calls.c - calls of libcurl that fail once, when a test wants them to
 *
 * The program finds libcurl's functions by their names, and so these in their places.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>

#include "container/libcurl.h"
#include "faults.h"

static struct libcurl real;

#define FAILS(name) fault_is_due(FAULT_LIBRARY, "curl_" #name)

static CURL *easy_init(void)
{
	return FAILS(easy_init) ? NULL : real.easy_init();
}

/* What an option is set to is a pointer or a long, which is as wide. */
static CURLcode easy_setopt(CURL *easy, CURLoption option, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, option);
	arg = va_arg(ap, void *);
	va_end(ap);
	return FAILS(easy_setopt) ? CURLE_OUT_OF_MEMORY : real.easy_setopt(easy, option, arg);
}

static CURLcode easy_getinfo(CURL *easy, CURLINFO info, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, info);
	arg = va_arg(ap, void *);
	va_end(ap);
	return FAILS(easy_getinfo) ? CURLE_OUT_OF_MEMORY : real.easy_getinfo(easy, info, arg);
}

static CURLM *multi_init(void)
{
	return FAILS(multi_init) ? NULL : real.multi_init();
}

static CURLMcode multi_add_handle(CURLM *multi, CURL *easy)
{
	return FAILS(multi_add_handle) ? CURLM_OUT_OF_MEMORY : real.multi_add_handle(multi, easy);
}

static CURLMcode multi_perform(CURLM *multi, int *ret_running)
{
	return FAILS(multi_perform) ? CURLM_OUT_OF_MEMORY : real.multi_perform(multi, ret_running);
}

static CURLMcode multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned int len,
			    int timeout_ms, int *ret_ready)
{
	return FAILS(multi_poll) ? CURLM_OUT_OF_MEMORY :
				   real.multi_poll(multi, fds, len, timeout_ms, ret_ready);
}

static struct curl_slist *slist_append(struct curl_slist *list, const char *data)
{
	return FAILS(slist_append) ? NULL : real.slist_append(list, data);
}

void *__real_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name)
{
	void *found = __real_dlsym(library, name);

	/* Through a pointer to the pointer, as libcurl.c has it. */
#define STAND_IN(member)                               \
	do {                                           \
		__typeof__(real.member) ours = member; \
                                                       \
		if (strcmp(name, "curl_" #member))     \
			break;                         \
		*(void **)&real.member = found;        \
		return found ? *(void **)&ours : NULL; \
	} while (0)
	STAND_IN(easy_getinfo);
	STAND_IN(easy_init);
	STAND_IN(easy_setopt);
	STAND_IN(multi_add_handle);
	STAND_IN(multi_init);
	STAND_IN(multi_perform);
	STAND_IN(multi_poll);
	STAND_IN(slist_append);
#undef STAND_IN
	return found;
}
