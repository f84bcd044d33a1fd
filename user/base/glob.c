// SPDX-License-Identifier: Apache-2.0
/*
 * glob.c - shell patterns on text that may hold any byte
 */
#include "base/glob.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096 /* names, path components and labels are shorter */

bool glob_fits(const char *glob, struct str text)
{
	char copy[TEXT_MAX];

	if (text.len >= sizeof(copy) || (text.len && memchr(text.p, '\0', text.len)))
		return false;
	if (text.len)
		memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	return fnmatch(glob, copy, 0) == 0;
}

static int add_one(struct globs *globs, const char *glob, size_t len)
{
	const char **items = reallocarray(globs->items, globs->len + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	globs->items = items;
	items[globs->len] = strndup(glob, len);
	if (!items[globs->len])
		return -ENOMEM;
	globs->len++;
	return 0;
}

int globs_add(struct globs *globs, const char *list)
{
	for (const char *p = list;; p++) {
		size_t len = strcspn(p, ",");
		int r = len ? add_one(globs, p, len) : -EINVAL;

		p += len;
		if (r < 0 || *p == '\0')
			return r;
	}
}

void globs_done(struct globs *globs)
{
	for (size_t i = 0; i < globs->len; i++)
		free((char *)globs->items[i]);
	free(globs->items);
	*globs = (struct globs){ 0 };
}

bool globs_fit(const struct globs *globs, struct str text)
{
	for (size_t i = 0; i < globs->len; i++)
		if (glob_fits(globs->items[i], text))
			return true;
	return false;
}
