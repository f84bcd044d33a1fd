// SPDX-License-Identifier: Apache-2.0
/*
 * keep.c - a process of an event, beyond the call that handed it out
 */
#include "event/keep.h"

#include <errno.h>
#include <string.h>

static int keep_numbers(struct arena *a, const uint32_t **numbers, size_t len)
{
	uint32_t *copy;

	if (!len)
		return 0;
	copy = arena_alloc(a, len * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, *numbers, len * sizeof(*copy));
	*numbers = copy;
	return 0;
}

int event_keep_process(struct arena *a, const struct event_process *p,
		       struct event_process *ret_kept)
{
	struct event_process kept = *p;
	struct str *const strings[] = {
		&kept.parent.name, &kept.creator.name,	&kept.name,
		&kept.executable,  &kept.file.filename, &kept.file.interpreter,
		&kept.args,	   &kept.cwd,		&kept.creds.user_name,
		&kept.lsm,	   &kept.cgroup.path,	&kept.env,
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		if (!arena_str(a, strings[i]))
			return -ENOMEM;
	if (keep_numbers(a, &kept.vpid, kept.vpid_len) < 0 ||
	    keep_numbers(a, &kept.groups, kept.groups_len) < 0)
		return -ENOMEM;
	*ret_kept = kept;
	return 0;
}
