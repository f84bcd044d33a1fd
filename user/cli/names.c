// SPDX-License-Identifier: Apache-2.0
/*
 * names.c - where options find the names of users and groups
 */
#include "cli/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int set_path(char **ret_path, const struct options *o, const char *file)
{
	if (asprintf(ret_path, "%s%s", strcmp(o->host_root, "/") ? o->host_root : "", file) >= 0)
		return 0;
	*ret_path = NULL;
	return -ENOMEM;
}

int names_set(struct options *options)
{
	struct options *o = options;

	if (set_path(&o->passwd_path, o, "/etc/passwd") < 0 ||
	    set_path(&o->group_path, o, "/etc/group") < 0)
		return -ENOMEM;
	return filter_use_names(o->filter, o->passwd_path, o->command == COMMAND_REPLAY);
}
