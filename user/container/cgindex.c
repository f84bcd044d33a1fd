// SPDX-License-Identifier: Apache-2.0
/*
 * cgindex.c - (hierarchy, cgroup id) → path
 *
 * Two orders are kept: uthash's own is that of adding, and a list of the removed
 * ones is that of removing, so that expiry and eviction never search.
 */
#include "container/cgindex.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

/* Deeper than any path that can be given out: two bytes a component. */
#define DEPTH_GIVEN (CGINDEX_PATH_MAX / 2)

struct cgkey {
	uint64_t id;
	uint64_t hierarchy_id; /* as wide as the id: a key must have no padding */
};

struct cgroup {
	struct cgkey key;
	uint64_t parent_id;
	char *name; /* owned, not terminated */
	size_t name_len;
	bool removed;
	uint64_t removed_ns;
	struct cgroup *next_removed;
	UT_hash_handle hh;
};

struct cgindex {
	struct cgroup *table;
	struct cgroup *removed_first, *removed_last;
	size_t limit;
	uint64_t grace_ns;
	uint64_t evicted;
};

static struct cgroup *find(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id)
{
	struct cgkey key = { .id = id, .hierarchy_id = hierarchy_id };
	struct cgroup *found;

	HASH_FIND(hh, ix->table, &key, sizeof(key), found);
	return found;
}

int cgindex_new(size_t limit, uint64_t grace_ns, struct cgindex **ret_index)
{
	struct cgindex *ix = calloc(1, sizeof(*ix));

	if (!ix)
		return -ENOMEM;
	ix->limit = limit ? limit : CGINDEX_LIMIT_DEFAULT;
	ix->grace_ns = grace_ns;
	*ret_index = ix;
	return 0;
}

static void forget(struct cgindex *ix, struct cgroup *cg)
{
	HASH_DELETE(hh, ix->table, cg);
	free(cg->name);
	free(cg);
}

void cgindex_free(struct cgindex *ix)
{
	struct cgroup *cg, *next;

	if (!ix)
		return;
	HASH_ITER(hh, ix->table, cg, next)
		forget(ix, cg);
	free(ix);
}

static void pop_removed(struct cgindex *ix)
{
	struct cgroup *cg = ix->removed_first;

	ix->removed_first = cg->next_removed;
	if (!ix->removed_first)
		ix->removed_last = NULL;
	forget(ix, cg);
}

static void make_room(struct cgindex *ix)
{
	struct cgroup *cg;

	if (HASH_COUNT(ix->table) < ix->limit)
		return;
	ix->evicted++;
	if (ix->removed_first) {
		pop_removed(ix);
		return;
	}
	/* The topmost ones are the oldest, and everything hangs on them. */
	for (cg = ix->table; cg; cg = cg->hh.next) {
		if (cg->parent_id != 0)
			break;
	}
	forget(ix, cg ? cg : ix->table);
}

static int set_name(struct cgroup *cg, struct str name)
{
	char *copy = malloc(name.len ? name.len : 1);

	if (!copy)
		return -ENOMEM;
	if (name.len)
		memcpy(copy, name.p, name.len);
	free(cg->name);
	cg->name = copy;
	cg->name_len = name.len;
	return 0;
}

int cgindex_add(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, uint64_t parent_id,
		struct str name)
{
	struct cgroup *cg = find(ix, hierarchy_id, id);

	if (name.len > CGINDEX_PATH_MAX)
		name.len = CGINDEX_PATH_MAX;
	if (cg) {
		/* Ids are not used twice, so one that was removed stays removed. */
		if (set_name(cg, name))
			return -ENOMEM;
		/* With the name: the one without the other is no path. */
		cg->parent_id = parent_id;
		return 0;
	}
	make_room(ix);
	cg = calloc(1, sizeof(*cg));
	if (!cg || set_name(cg, name))
		goto no_memory;
	cg->key = (struct cgkey){ .id = id, .hierarchy_id = hierarchy_id };
	cg->parent_id = parent_id;
	HASH_ADD(hh, ix->table, key, sizeof(cg->key), cg);
	if (!hash_added(cg))
		goto no_memory;
	return 0;

no_memory:
	if (cg)
		free(cg->name);
	free(cg);
	return -ENOMEM;
}

int cgindex_rename(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, struct str name)
{
	struct cgroup *cg = find(ix, hierarchy_id, id);

	if (!cg)
		return -ENOENT;
	if (cg->parent_id == 0) {
		/* Its path is one string: all before the last component stays. */
		char path[CGINDEX_PATH_MAX];
		struct str base = str_basename(str_from(cg->name, cg->name_len));
		size_t keep = cg->name_len - base.len;

		if (keep + name.len > sizeof(path))
			return -ENOENT;
		if (keep)
			memcpy(path, cg->name, keep);
		if (name.len)
			memcpy(path + keep, name.p, name.len);
		return set_name(cg, str_from(path, keep + name.len));
	}
	return set_name(cg, name);
}

void cgindex_remove(struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, uint64_t now_ns)
{
	struct cgroup *cg = find(ix, hierarchy_id, id);

	if (!cg || cg->removed)
		return;
	cg->removed = true;
	cg->removed_ns = now_ns;
	if (ix->removed_last)
		ix->removed_last->next_removed = cg;
	else
		ix->removed_first = cg;
	ix->removed_last = cg;
}

bool cgindex_has(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id)
{
	return find(ix, hierarchy_id, id) != NULL;
}

/* How many there are from cg up to the topmost, or -ENOENT. */
static long depth_of(const struct cgindex *ix, const struct cgroup *cg)
{
	uint32_t hierarchy_id = cg ? (uint32_t)cg->key.hierarchy_id : 0;
	long depth = 0;

	while (cg && cg->parent_id) {
		/* No chain is longer than the table: a damaged one may be a ring. */
		if (++depth > (long)HASH_COUNT(ix->table))
			return -ENOENT;
		cg = find(ix, hierarchy_id, cg->parent_id);
	}
	return cg ? depth + 1 : -ENOENT;
}

static size_t component_len(const struct cgroup *cg)
{
	return cg->parent_id ? cg->name_len + 1 : cg->name_len;
}

int cgindex_path(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id, struct buf *out,
		 bool *ret_truncated)
{
	const struct cgroup *chain[DEPTH_GIVEN];
	const struct cgroup *cg = find(ix, hierarchy_id, id);
	long depth = depth_of(ix, cg);
	bool truncated = false;

	if (depth < 0)
		return (int)depth;
	for (long i = depth; i-- > 0; cg = find(ix, hierarchy_id, cg->parent_id)) {
		if (i < DEPTH_GIVEN)
			chain[i] = cg;
		if (i == 0)
			break;
	}
	buf_reset(out);
	for (long i = 0; i < depth; i++) {
		if (i == DEPTH_GIVEN || out->len + component_len(chain[i]) > CGINDEX_PATH_MAX) {
			truncated = true;
			break;
		}
		if (chain[i]->parent_id)
			buf_putc(out, '/');
		buf_put(out, chain[i]->name, chain[i]->name_len);
	}
	if (out->len == 0)
		buf_putc(out, '/');
	if (out->failed)
		return -ENOMEM;
	*ret_truncated = truncated;
	return 0;
}

uint64_t cgindex_prefix_id(const struct cgindex *ix, uint32_t hierarchy_id, uint64_t id,
			   size_t path_len)
{
	const struct cgroup *cg = find(ix, hierarchy_id, id);
	long depth = depth_of(ix, cg);
	size_t len = 0;

	if (depth < 0)
		return 0;
	for (const struct cgroup *up = cg; up; up = find(ix, hierarchy_id, up->parent_id)) {
		len += component_len(up);
		if (up->parent_id == 0)
			break;
	}
	for (; cg; cg = find(ix, hierarchy_id, cg->parent_id)) {
		if (len == path_len)
			return cg->key.id;
		if (len < path_len || cg->parent_id == 0)
			break;
		len -= component_len(cg);
	}
	return 0;
}

void cgindex_each(const struct cgindex *ix,
		  void (*each)(uint32_t hierarchy_id, uint64_t id, void *arg), void *arg)
{
	for (const struct cgroup *cg = ix->table; cg; cg = cg->hh.next) {
		if (!cg->removed)
			each((uint32_t)cg->key.hierarchy_id, cg->key.id, arg);
	}
}

size_t cgindex_expire(struct cgindex *ix, uint64_t now_ns)
{
	size_t n = 0;

	for (; ix->removed_first; n++) {
		uint64_t removed_ns = ix->removed_first->removed_ns;

		if (now_ns < removed_ns || now_ns - removed_ns < ix->grace_ns)
			break;
		pop_removed(ix);
	}
	return n;
}

size_t cgindex_count(const struct cgindex *ix)
{
	return HASH_COUNT(ix->table);
}

uint64_t cgindex_evicted(const struct cgindex *ix)
{
	return ix->evicted;
}
