// SPDX-License-Identifier: Apache-2.0
/*
 * libcurl.c - libcurl, loaded when the first socket is asked
 */
#include "container/libcurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* The name that its ABI has had since 7.16.0; Debian has no symbolic link without -dev. */
#define LIBRARY "libcurl.so.4"

static struct libcurl functions;
static bool is_loaded;

static void load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool all = library;

	/* Through a pointer to the pointer: ISO C has no way from an object to a function. */
#define LIBCURL_FIND(name) \
	all = all && (*(void **)&functions.name = dlsym(library, "curl_" #name)) != NULL
	LIBCURL_FUNCTIONS(LIBCURL_FIND);
#undef LIBCURL_FIND
	is_loaded = all && !functions.global_init(CURL_GLOBAL_NOTHING);
}

const struct libcurl *libcurl_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return is_loaded ? &functions : NULL;
}
