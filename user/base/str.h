/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str.h - borrowed bytes with a length
 *
 * Everything a process controls (comm, arguments, paths, cgroup names) travels
 * as a struct str: it may hold any byte, NUL included, and is never terminated.
 * Whoever made it owns the bytes; the one who passes it says how long they live.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct str {
	const char *p; /* may be NULL when len is 0 */
	size_t len;
};

#define STR_LITERAL(s) ((struct str){ (s), sizeof(s) - 1 })

static inline struct str str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

static inline struct str str_from(const char *p, size_t len)
{
	return (struct str){ p, len };
}

/* The bytes before the first NUL of a fixed array, such as a comm. */
static inline struct str str_of_array(const char *p, size_t size)
{
	return (struct str){ p, strnlen(p, size) };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool str_has_prefix(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

static inline bool str_has_suffix(struct str s, struct str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) == 0);
}

/* How often the byte stands in it. */
static inline size_t str_count(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

/* A terminated copy, the caller's to free; NULL without memory. strndup(3) may look for a NUL. */
static inline char *str_dup(struct str s)
{
	char *copy = malloc(s.len + 1);

	if (!copy)
		return NULL;
	if (s.len)
		memcpy(copy, s.p, s.len);
	copy[s.len] = '\0';
	return copy;
}

/* What follows the last '/', as basename(1); all of it if there is none. */
static inline struct str str_basename(struct str path)
{
	const char *slash = path.len ? memrchr(path.p, '/', path.len) : NULL;

	if (!slash)
		return path;
	return str_from(slash + 1, path.len - (size_t)(slash + 1 - path.p));
}

/* The directory above, without its last '/'; empty if there is none. */
static inline struct str str_above(struct str path)
{
	size_t len = str_basename(path).len;

	return str_from(path.p, len < path.len ? path.len - len - 1 : 0);
}

#endif /* BASE_STR_H */
