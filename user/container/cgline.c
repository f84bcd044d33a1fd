// SPDX-License-Identifier: Apache-2.0
/*
 * cgline.c - the lines of /proc/<pid>/cgroup
 */
#include "container/cgline.h"

#include <errno.h>

int cgline_parse(struct str line, struct cgline *ret_line)
{
	static const struct str deleted = STR_LITERAL(" (deleted)");
	const char *end = line.p + line.len;
	const char *first, *second;
	struct str path;

	first = line.len ? memchr(line.p, ':', line.len) : NULL;
	second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
	if (!second || first == line.p || end - second < 2 || second[1] != '/')
		return -EINVAL;
	for (const char *p = line.p; p < first; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
	}
	path = str_from(second + 1, (size_t)(end - second - 1));
	if (path.len > deleted.len &&
	    memcmp(path.p + path.len - deleted.len, deleted.p, deleted.len) == 0)
		path.len -= deleted.len;
	ret_line->controllers = str_from(first + 1, (size_t)(second - first - 1));
	ret_line->path = path;
	ret_line->v2 = first == line.p + 1 && line.p[0] == '0' && ret_line->controllers.len == 0;
	return 0;
}

bool cgline_next(struct str *text, struct str *ret_line)
{
	const char *newline;

	if (text->len == 0)
		return false;
	newline = memchr(text->p, '\n', text->len);
	if (!newline) {
		*ret_line = *text;
		text->len = 0;
		return true;
	}
	*ret_line = str_from(text->p, (size_t)(newline - text->p));
	text->len -= ret_line->len + 1;
	text->p = newline + 1;
	return true;
}

bool cgline_has_controller(struct str list, struct str name)
{
	while (list.len) {
		const char *comma = memchr(list.p, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.p) : list.len;

		if (str_eq(str_from(list.p, len), name))
			return true;
		if (!comma)
			break;
		list = str_from(comma + 1, list.len - len - 1);
	}
	return false;
}

void cgline_judge(struct str text, struct cgpath *ret_cgpath)
{
	struct cgpath one;
	struct cgline line;
	struct str s;

	cgpath_parse(str_from(NULL, 0), ret_cgpath);
	while (cgline_next(&text, &s)) {
		if (cgline_parse(s, &line))
			continue;
		cgpath_parse(line.path, &one);
		if (cgpath_is_better(&one, ret_cgpath))
			*ret_cgpath = one;
	}
}
