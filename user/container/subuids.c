// SPDX-License-Identifier: Apache-2.0
/*
 * subuids.c - user ids that users have for their user namespaces (subuid(5))
 */
#include "container/subuids.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "container/cgline.h"

#define LINE_LEN_MAX 512 /* longer ones are left out */

void subuids_done(struct subuids *s)
{
	free(s->range);
	*s = (struct subuids){ 0 };
}

/* name:first:count */
static bool parse_line(struct str line, struct subuids_range *ret_range)
{
	uint64_t first, count;
	char copy[LINE_LEN_MAX], *colon, *second;

	if (line.len == 0 || line.len >= sizeof(copy))
		return false;
	memcpy(copy, line.p, line.len);
	copy[line.len] = '\0';
	colon = strchr(copy, ':');
	second = colon ? strchr(colon + 1, ':') : NULL;
	if (!second)
		return false;
	*second = '\0';
	if (parse_number(colon + 1, UINT32_MAX, &first) ||
	    parse_number(second + 1, UINT32_MAX, &count))
		return false;
	*ret_range = (struct subuids_range){ .first = (uid_t)first, .count = (uid_t)count };
	return true;
}

void subuids_read(struct subuids *s, struct hostfs *fs)
{
	struct buf text = { .limit = HOSTFS_SIZE_MAX };
	struct str rest, line;
	size_t cap = 0;

	subuids_done(s);
	if (hostfs_read(fs, "/etc/subuid", true, &text) == 0) {
		rest = str_from(text.data, text.len);
		while (cgline_next(&rest, &line)) {
			struct subuids_range range, *more;

			if (!parse_line(line, &range))
				continue;
			if (s->len == cap) {
				cap = cap ? 2 * cap : 64;
				more = realloc(s->range, cap * sizeof(*more));
				if (!more)
					break;
				s->range = more;
			}
			s->range[s->len++] = range;
		}
	}
	buf_done(&text);
}

bool subuids_has(const struct subuids *s, uid_t uid)
{
	for (size_t i = 0; i < s->len; i++)
		if (uid >= s->range[i].first && uid - s->range[i].first < s->range[i].count)
			return true;
	return false;
}
