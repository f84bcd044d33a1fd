// SPDX-License-Identifier: Apache-2.0
/*
 * cgroups.c - cgroup id → path, whatever it takes
 */
#include "container/cgroups.h"

#include <errno.h>
#include <stdlib.h>

#include "container/cgline.h"
#include "container/hostproc.h"

/* Ids made up for cgroups that nobody can be asked about; the kernel counts from 1. */
#define MADE_UP_BIT (1ull << 63)

int cgroups_init(struct cgroups *cg, const char *proc_root, uint32_t v1_hierarchy_id,
		 const char *v1_controller, uint64_t grace_ns)
{
	int err;

	*cg = (struct cgroups){ .mount = { CGMOUNT_NONE, CGMOUNT_NONE },
				.v1_hierarchy_id = v1_controller ? v1_hierarchy_id : 0 };
	err = cgindex_new(0, grace_ns, &cg->index);
	if (err)
		return err;
	cg->proc_root = strdup(proc_root);
	if (cg->v1_hierarchy_id)
		cg->v1_controller = strdup(v1_controller);
	if (!cg->proc_root || (cg->v1_hierarchy_id && !cg->v1_controller)) {
		cgroups_done(cg);
		return -ENOMEM;
	}
	/* Without a mount, paths come from the records and from /proc. */
	cgmount_open(proc_root, NULL, &cg->mount[0]);
	if (cg->v1_hierarchy_id)
		cgmount_open(proc_root, cg->v1_controller, &cg->mount[1]);
	return 0;
}

void cgroups_done(struct cgroups *cg)
{
	cgindex_free(cg->index);
	cg->index = NULL;
	for (int i = 0; i < CGROUPS_HIERARCHIES; i++)
		cgmount_close(&cg->mount[i]);
	free(cg->v1_controller);
	free(cg->proc_root);
	cg->v1_controller = cg->proc_root = NULL;
	buf_done(&cg->scratch);
	buf_done(&cg->asked_lines);
}

struct seeding {
	struct cgindex *index;
	uint32_t hierarchy_id;
};

static int seed_one(uint64_t id, uint64_t parent_id, struct str name, void *arg)
{
	const struct seeding *s = arg;

	return cgindex_add(s->index, s->hierarchy_id, id, parent_id, name);
}

int cgroups_seed(struct cgroups *cg)
{
	struct seeding s = { .index = cg->index };
	int err = cgmount_walk(&cg->mount[0], seed_one, &s), v1_err = -ENOENT;

	if (cg->v1_hierarchy_id) {
		s.hierarchy_id = cg->v1_hierarchy_id;
		v1_err = cgmount_walk(&cg->mount[1], seed_one, &s);
	}
	return err && v1_err ? err : 0;
}

int cgroups_slot(const struct cgroups *cg, uint32_t hierarchy_id)
{
	if (hierarchy_id == 0)
		return 0;
	return hierarchy_id == cg->v1_hierarchy_id ? 1 : -1;
}

/*
 * Adds a cgroup and all above it, so that what is made below it later hangs on the
 * right ones. Where one of them cannot be asked it is added alone with its whole path.
 */
static void add_path(struct cgroups *cg, uint32_t hierarchy_id, uint64_t id, struct str path)
{
	const struct cgmount *m = &cg->mount[cgroups_slot(cg, hierarchy_id)];
	size_t prefix_len = m->fd >= 0 ? strlen(m->prefix) : 0, start = prefix_len;
	uint64_t parent_id = m->root_id, below;

	if (m->fd < 0 || path.len <= prefix_len + 1)
		goto alone;
	if (!cgindex_has(cg->index, hierarchy_id, m->root_id) &&
	    cgindex_add(cg->index, hierarchy_id, m->root_id, 0, str_of(m->prefix)))
		return;
	while (start < path.len) {
		const char *slash = memchr(path.p + start + 1, '/', path.len - start - 1);
		size_t end = slash ? (size_t)(slash - path.p) : path.len;

		if (cgmount_id_of(m, str_from(path.p, end), &below) ||
		    (end == path.len && below != id))
			goto alone;
		if (cgindex_add(cg->index, hierarchy_id, below, parent_id,
				str_from(path.p + start + 1, end - start - 1)))
			return;
		parent_id = below;
		start = end;
	}
	return;

alone:
	if (path.len == 1)
		path.len = 0;
	/* Out of memory: it will be asked for again. */
	cgindex_add(cg->index, hierarchy_id, id, 0, path);
}

int cgroups_path(struct cgroups *cg, uint32_t hierarchy_id, uint64_t id, struct buf *out,
		 bool *ret_truncated)
{
	int slot = cgroups_slot(cg, hierarchy_id), err;

	if (slot < 0 || id == 0)
		return -ENOENT;
	err = cgindex_path(cg->index, hierarchy_id, id, out, ret_truncated);
	if (err != -ENOENT)
		return err;
	err = cgmount_path_of(&cg->mount[slot], id, &cg->scratch);
	if (err)
		return err;
	add_path(cg, hierarchy_id, id, str_from(cg->scratch.data, cg->scratch.len));
	return cgindex_path(cg->index, hierarchy_id, id, out, ret_truncated);
}

static uint64_t made_up_id(struct str path)
{
	uint64_t hash = 14695981039346656037ull; /* FNV-1a */

	for (size_t i = 0; i < path.len; i++)
		hash = (hash ^ (unsigned char)path.p[i]) * 1099511628211ull;
	return hash | MADE_UP_BIT;
}

/* The hierarchy's slot, or -1. */
static int slot_of_line(const struct cgroups *cg, const struct cgline *line)
{
	if (line->v2)
		return 0;
	return cg->v1_hierarchy_id &&
			       cgline_has_controller(line->controllers, str_of(cg->v1_controller)) ?
		       1 :
		       -1;
}

static void learn_line(struct cgroups *cg, uint32_t hierarchy_id, uint64_t id, struct str path,
		       bool same)
{
	const struct cgmount *m = &cg->mount[cgroups_slot(cg, hierarchy_id)];
	uint64_t found;
	int err = cgmount_id_of(m, path, &found);

	if (!err && found != id)
		return; /* moved since, or another process */
	if (err && !same)
		return;
	add_path(cg, hierarchy_id, id, path);
}

void cgroups_learn(struct cgroups *cg, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		   uint64_t start_ns)
{
	struct str rest, text;
	bool same;

	if (hostproc_read_cgroup(cg->proc_root, pid, start_ns, &cg->scratch, &same))
		return;
	rest = str_from(cg->scratch.data, cg->scratch.len);
	while (cgline_next(&rest, &text)) {
		struct cgline line;
		int slot;

		if (cgline_parse(text, &line))
			continue;
		slot = slot_of_line(cg, &line);
		if (slot == 0 && v2_id)
			learn_line(cg, 0, v2_id, line.path, same);
		else if (slot == 1 && v1_id)
			learn_line(cg, cg->v1_hierarchy_id, v1_id, line.path, same);
	}
}

void cgroups_ids_of(struct cgroups *cg, struct str lines, bool made_up,
		    uint64_t ret_ids[CGROUPS_HIERARCHIES])
{
	const size_t ids_size = CGROUPS_HIERARCHIES * sizeof(*ret_ids);
	struct str rest = lines, text;

	if (lines.len && str_eq(lines, str_from(cg->asked_lines.data, cg->asked_lines.len))) {
		memcpy(ret_ids, cg->asked_ids, ids_size);
		return;
	}
	memset(ret_ids, 0, ids_size);
	while (cgline_next(&rest, &text)) {
		struct cgline line;
		uint32_t hierarchy_id;
		uint64_t id;
		int slot;

		if (cgline_parse(text, &line))
			continue;
		slot = slot_of_line(cg, &line);
		if (slot < 0)
			continue;
		if (cgmount_id_of(&cg->mount[slot], line.path, &id)) {
			if (!made_up)
				continue;
			id = made_up_id(line.path);
		}
		hierarchy_id = slot ? cg->v1_hierarchy_id : 0;
		if (!cgindex_has(cg->index, hierarchy_id, id))
			add_path(cg, hierarchy_id, id, line.path);
		ret_ids[slot] = id;
	}
	buf_reset(&cg->asked_lines);
	buf_str(&cg->asked_lines, lines);
	memcpy(cg->asked_ids, ret_ids, ids_size);
}

uint64_t cgroups_prefix_id(const struct cgroups *cg, uint32_t hierarchy_id, uint64_t id,
			   struct str path, size_t len)
{
	uint64_t found = cgindex_prefix_id(cg->index, hierarchy_id, id, len);

	if (found || cgmount_id_of(&cg->mount[cgroups_slot(cg, hierarchy_id)],
				   str_from(path.p, len), &found) == 0)
		return found;
	return made_up_id(str_from(path.p, len));
}

static uid_t uid_of(const struct cgroups *cg, struct str path)
{
	uid_t uid = CGROUPS_NO_UID, other;

	for (int i = 0; i < CGROUPS_HIERARCHIES; i++) {
		if (cgmount_uid_of(&cg->mount[i], path, &other))
			continue; /* not there, or gone */
		if (uid != CGROUPS_NO_UID && uid != other)
			return CGROUPS_NO_UID;
		uid = other;
	}
	return uid;
}

struct cgroups_users cgroups_users(const struct cgroups *cg, struct str path)
{
	struct cgroups_users users = { { CGROUPS_NO_UID, CGROUPS_NO_UID } };

	for (int i = 0; cg && i < 2 && path.len > 1; i++) {
		/* One that is gone has no owner, but the one above it still has. */
		users.uid[i] = uid_of(cg, path);
		path = str_above(path);
	}
	return users;
}

static bool is_users_in(const struct cgmount *m, struct str path)
{
	uid_t root_uid, uid;

	if (m->fd < 0 || cgmount_uid_of(m, str_of(m->prefix[0] ? m->prefix : "/"), &root_uid))
		return false;
	while (path.len > 1) {
		path = str_above(path);
		if (cgmount_uid_of(m, path.len ? path : STR_LITERAL("/"), &uid) == 0)
			return uid != root_uid;
	}
	return false;
}

bool cgroups_is_users(const struct cgroups *cg, struct str path)
{
	for (int i = 0; cg && i < CGROUPS_HIERARCHIES; i++)
		if (is_users_in(&cg->mount[i], path))
			return true;
	return false;
}

bool cgroups_is_there(const struct cgroups *cg, uint32_t hierarchy_id, uint64_t id, struct str path)
{
	const struct cgmount *m = &cg->mount[cgroups_slot(cg, hierarchy_id)];
	uint64_t found;
	int err;

	if (m->fd < 0 || (id & MADE_UP_BIT))
		return true;
	err = cgmount_id_of(m, path, &found);
	return err ? err != -ENOENT : found == id;
}
