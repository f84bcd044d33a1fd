// SPDX-License-Identifier: Apache-2.0
/*
 * match_container.c - is this the container that somebody means?
 */
#include "filter/match_container.h"

#include <fnmatch.h>

#define ID_PREFIX_MIN 4
#define ID_LEN	      64   /* of an id that is a hash */
#define OUTER_MAX     32   /* containers in containers that are looked at */
#define GLOB_TEXT_MAX 4096 /* longer text fits no glob: names and path components are shorter */

bool match_glob(const char *glob, struct str text)
{
	char copy[GLOB_TEXT_MAX];

	if (text.len >= sizeof(copy) || (text.len && memchr(text.p, '\0', text.len)))
		return false;
	if (text.len)
		memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	return fnmatch(glob, copy, 0) == 0;
}

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return s.len > 0;
}

static bool is_meant(struct str value, const struct container_info *c)
{
	if (c->id.len && str_eq(c->id, value))
		return true;
	if (value.len >= ID_PREFIX_MIN && is_hex(value) && str_has_prefix(c->id, value))
		return true;
	if (c->name.len)
		return match_glob(value.p, c->name);
	/* Where identity is by name the id is the name. A hash is not: 'd*' means no id. */
	return c->id.len && !(c->id.len == ID_LEN && is_hex(c->id)) && match_glob(value.p, c->id);
}

bool match_container(const char *value, const struct container_info *container)
{
	struct str wanted = str_of(value);

	for (int i = 0; container && i < OUTER_MAX; i++, container = container->outer) {
		if (is_meant(wanted, container))
			return true;
	}
	return false;
}
