// SPDX-License-Identifier: Apache-2.0
/*
 * hierarchy.c - a process's cgroups, one in each hierarchy, opened for reading
 */
#include "inspect/hierarchy.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container/cgline.h"

#define TEXT_SIZE ((size_t)64 << 10)

/*
 * Beside a copied /proc nothing tells where the hierarchies are: they are looked for where
 * everybody mounts them, below the host's root.
 */
static int open_copied(const struct world *w, const struct hierarchy *h, struct cgmount *ret_mount)
{
	char point[PATH_MAX];
	int r;

	if (!h->is_v2) {
		snprintf(point, sizeof(point), "%s/sys/fs/cgroup/%.*s", w->options.host_root,
			 (int)h->line.controllers.len, h->line.controllers.p);
		return cgmount_open_point(point, "/", ret_mount);
	}
	snprintf(point, sizeof(point), "%s/sys/fs/cgroup/unified", w->options.host_root);
	r = cgmount_open_point(point, "/", ret_mount);
	if (r == 0)
		return 0;
	snprintf(point, sizeof(point), "%s/sys/fs/cgroup", w->options.host_root);
	return cgmount_open_point(point, "/", ret_mount);
}

/* The first controller of the list finds the mount, for all of them are in it. */
static int open_mounted(const struct world *w, const struct hierarchy *h, struct cgmount *ret_mount)
{
	struct str list = h->line.controllers;
	const char *comma = list.len ? memchr(list.p, ',', list.len) : NULL;
	char controller[64];

	if (h->is_v2)
		return cgmount_open(w->options.proc_root, NULL, ret_mount);
	if (comma)
		list.len = (size_t)(comma - list.p);
	if (list.len >= sizeof(controller))
		return -ENAMETOOLONG;
	memcpy(controller, list.p, list.len);
	controller[list.len] = '\0';
	return cgmount_open(w->options.proc_root, controller, ret_mount);
}

static void open_one(const struct world *w, struct hierarchy *h)
{
	h->mount = CGMOUNT_NONE;
	h->error = w->is_live ? open_mounted(w, h, &h->mount) : open_copied(w, h, &h->mount);
	if (h->error == 0)
		h->error = cgchain_open(&h->mount, h->line.path, &h->chain);
}

int hierarchies_open(const struct subject *s, struct hierarchies *ret_set)
{
	struct proc_cgroup line;
	bool truncated;
	struct str rest;
	int r;

	*ret_set = (struct hierarchies){ .text = malloc(TEXT_SIZE) };
	if (!ret_set->text)
		return -ENOMEM;
	r = read_cgroup(s->live_fd, ret_set->text, TEXT_SIZE, &rest, &truncated);
	if (r < 0)
		return r;
	while (ret_set->len < HIERARCHIES_MAX && proc_cgroup_next(&rest, &line)) {
		struct hierarchy *h = &ret_set->list[ret_set->len++];

		*h = (struct hierarchy){ .line = line, .is_v2 = line.hierarchy_id == 0 };
		open_one(s->world, h);
	}
	return 0;
}

void hierarchies_close(struct hierarchies *set)
{
	for (size_t i = 0; i < set->len; i++) {
		cgchain_close(&set->list[i].chain);
		cgmount_close(&set->list[i].mount);
	}
	free(set->text);
	*set = (struct hierarchies){ 0 };
}

const struct hierarchy *hierarchies_find(const struct hierarchies *set, const char *controller)
{
	const struct hierarchy *v2 = NULL;

	for (size_t i = 0; i < set->len; i++) {
		const struct hierarchy *h = &set->list[i];

		if (h->is_v2)
			v2 = h;
		else if (cgline_has_controller(h->line.controllers, str_of(controller)))
			return h;
	}
	return v2;
}
