/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl.h - libcurl, loaded when the first socket is asked
 *
 * It brings some thirty libraries along, which take longer to start and more memory than
 * all the rest of the program; most of those who trace never ask a socket.
 */
#ifndef CONTAINER_LIBCURL_H
#define CONTAINER_LIBCURL_H

#include <curl/curl.h>

/* Each member is libcurl's function of that name with curl_ before it. */
#define LIBCURL_FUNCTIONS(f)    \
	f(easy_cleanup);        \
	f(easy_getinfo);        \
	f(easy_init);           \
	f(easy_setopt);         \
	f(global_cleanup);      \
	f(global_init);         \
	f(multi_add_handle);    \
	f(multi_cleanup);       \
	f(multi_info_read);     \
	f(multi_init);          \
	f(multi_perform);       \
	f(multi_poll);          \
	f(multi_remove_handle); \
	f(slist_append);        \
	f(slist_free_all);      \
	f(version_info)

struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(curl_##name) *name
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER);
#undef LIBCURL_MEMBER
};

/*
 * Loads it, once, and readies it; it stays until the program's end. May read files: not for the
 * thread that events go through. NULL: it is not installed, or lacks a function. Any thread may
 * call it.
 */
const struct libcurl *libcurl_load(void);

#endif /* CONTAINER_LIBCURL_H */
