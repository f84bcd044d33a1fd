// SPDX-License-Identifier: Apache-2.0
/*
 * endpoints.c - the sockets that container runtimes answer on
 */
#include "container/endpoints.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void endpoints_done(struct endpoints *list)
{
	for (unsigned int i = 0; i < list->len; i++)
		free(list->item[i].path);
	list->len = list->root_len = 0;
}

static void drop(struct endpoints *list, unsigned int i)
{
	free(list->item[i].path);
	if (i < list->root_len)
		list->root_len--;
	list->len--;
	memmove(&list->item[i], &list->item[i + 1], (list->len - i) * sizeof(list->item[0]));
}

/* Is there room for one more of that user? Root's push a user's out. */
static bool make_room(struct endpoints *list, uid_t uid)
{
	unsigned int same = 0;

	for (unsigned int i = list->root_len; i < list->len; i++)
		same += list->item[i].uid == uid;
	if (uid != 0 && same >= ENDPOINTS_USER_MAX)
		return false;
	if (list->len < ENDPOINTS_MAX)
		return true;
	if (uid != 0 || list->root_len == ENDPOINTS_MAX)
		return false;
	drop(list, list->len - 1);
	return true;
}

void endpoints_add(struct endpoints *list, enum endpoint_kind kind, uid_t uid, struct str path)
{
	static const struct str scheme = STR_LITERAL("unix://");
	struct endpoint made = { .kind = kind, .uid = uid };
	unsigned int at;

	if (str_has_prefix(path, scheme))
		path = str_from(path.p + scheme.len, path.len - scheme.len);
	if (uid == (uid_t)-1 || path.len < 2 || path.len >= PATH_MAX || path.p[0] != '/' ||
	    memchr(path.p, '\0', path.len))
		return;
	for (unsigned int i = 0; i < list->len; i++) {
		if (list->item[i].kind != kind || !str_eq(str_of(list->item[i].path), path))
			continue;
		if (list->item[i].uid == uid || uid != 0)
			return;
		drop(list, i); /* root names it as well */
		break;
	}
	if (!make_room(list, uid))
		return;
	made.path = strndup(path.p, path.len);
	if (!made.path)
		return;
	at = uid == 0 ? list->root_len++ : list->len;
	memmove(&list->item[at + 1], &list->item[at], (list->len - at) * sizeof(list->item[0]));
	list->item[at] = made;
	list->len++;
}

bool endpoints_may_tell(uid_t uid, const struct endpoints_place *place)
{
	struct str path = place->cgroup_path;
	char slice[64];
	int len;

	if (uid == 0)
		return true;
	if (uid == CGROUPS_NO_UID)
		return false;
	if (uid == place->users.uid[0] || uid == place->users.uid[1])
		return true;
	len = snprintf(slice, sizeof(slice), "/user.slice/user-%u.slice/", (unsigned int)uid);
	return path.len > (size_t)len && memcmp(path.p, slice, (size_t)len) == 0;
}
