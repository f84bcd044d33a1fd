// SPDX-License-Identifier: Apache-2.0
/*
 * registry.c - the containers that are known, from their cgroup's making to the
 * end of the grace time after its removal
 */
#include "container/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#define CHECKED_AT_ONCE	 16
/* A runtime's name may stand some levels above the process: systemd in the container. */
#define LEVELS_CONFIRMED 8

void registry_init(struct registry *reg, struct cgroups *cgroups, struct metadata *metadata,
		   uint64_t grace_ns, const struct globs *shown_labels)
{
	*reg = (struct registry){ .cgroups = cgroups,
				  .metadata = metadata,
				  .grace_ns = grace_ns,
				  .shown_labels = shown_labels,
				  .limit = REGISTRY_LIMIT };
}

static struct container *find_owner(struct registry *reg, uint32_t hierarchy_id, uint64_t id)
{
	struct owner_key key = { .id = id, .hierarchy_id = hierarchy_id };
	struct owner *found;

	HASH_FIND(hh, reg->owners, &key, sizeof(key), found);
	return found ? found->container : NULL;
}

static int add_owner(struct registry *reg, struct container *c, uint32_t hierarchy_id, uint64_t id)
{
	int slot = cgroups_slot(reg->cgroups, hierarchy_id);
	struct owner *own = &c->own[slot];

	*own = (struct owner){ .key = { .id = id, .hierarchy_id = hierarchy_id }, .container = c };
	HASH_ADD(hh, reg->owners, key, sizeof(own->key), own);
	if (!hash_added(own))
		return -ENOMEM;
	c->has_own[slot] = true;
	return 0;
}

/*
 * Ids of 64 digits are unique. Names are within one runtime. What a runtime's state
 * confirmed for one cgroup is that cgroup's: containerd has names per namespace.
 */
static char *make_key(const struct cgpath_match *m, struct str own_path)
{
	char *key;
	int n;

	if (m->verdict == CGPATH_CONTAINER)
		return strdup(m->id);
	if (m->verdict == CGPATH_MAYBE)
		n = asprintf(&key, "%.*s", (int)own_path.len, own_path.p);
	else
		n = asprintf(&key, "%s:%s", m->runtime, m->id);
	return n < 0 ? NULL : key;
}

static struct container *find_key(struct registry *reg, const char *key)
{
	struct container *found;

	HASH_FIND(hh, reg->by_key, key, strlen(key), found);
	return found;
}

bool registry_has(struct registry *reg, const char *id)
{
	return find_key(reg, id) != NULL;
}

static void leave_by_key(struct registry *reg, struct container *c)
{
	if (c->hh.tbl)
		HASH_DELETE(hh, reg->by_key, c);
	c->hh.tbl = NULL;
}

void registry_remove(struct registry *reg, struct container *c, uint64_t now_ns)
{
	if (c->removed)
		return;
	c->removed = true;
	c->removed_ns = now_ns;
	reg->some_ended = true;
	leave_by_key(reg, c);
}

void registry_forget(struct registry *reg, struct container *c)
{
	leave_by_key(reg, c);
	for (int i = 0; i < CGROUPS_HIERARCHIES; i++) {
		if (c->has_own[i])
			HASH_DELETE(hh, reg->owners, &c->own[i]);
	}
	if (c->outer)
		c->outer->inner--;
	DL_DELETE(reg->all, c);
	reg->count--;
	meta_done(&c->meta);
	free(c->path);
	free(c->key);
	free(c);
}

void registry_done(struct registry *reg)
{
	struct container *c, *next;

	DL_FOREACH_SAFE(reg->all, c, next) {
		c->outer = NULL;
		registry_forget(reg, c);
	}
}

static bool set_path(struct container *c, struct str path)
{
	char *copy = malloc(path.len ? path.len : 1);

	if (!copy)
		return false;
	if (path.len)
		memcpy(copy, path.p, path.len);
	free(c->path);
	c->path = copy;
	c->path_len = path.len;
	return true;
}

/* Takes the key. Half of the room is for those that nobody but root can have named. */
static struct container *make(struct registry *reg, uint32_t hierarchy_id, uint64_t own_id,
			      const struct metadata_place *place, const struct cgpath_match *match,
			      char *key)
{
	struct container *c = NULL;

	if (reg->count >= (place->doubted ? reg->limit / 2 : reg->limit)) {
		reg->refused++;
		free(key);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		free(key);
		return NULL;
	}
	c->key = key;
	c->info.serial = ++reg->made;
	c->match = *match;
	c->home = cgroups_slot(reg->cgroups, hierarchy_id);
	if (!set_path(c, place->path) || add_owner(reg, c, hierarchy_id, own_id)) {
		free(c->path);
		free(c->key);
		free(c);
		return NULL;
	}
	DL_APPEND(reg->all, c);
	reg->count++;
	reg->next_work_ns = 0;
	c->impostor = c->retry.done = find_key(reg, key);
	if (c->impostor)
		c->meta.missing = MISSING_SKIPPED;
	else
		HASH_ADD_KEYPTR(hh, reg->by_key, key, strlen(key), c);
	return c;
}

static struct str path_of(const struct container *c)
{
	return str_from(c->path, c->path_len);
}

static bool is_doubted(struct registry *reg, const struct container *c)
{
	return registry_place(reg, &c->match, path_of(c), c->outer).doubted;
}

/* The live container with that key, if this is its cgroup in another hierarchy. */
static struct container *find_other_half(struct registry *reg, uint32_t hierarchy_id,
					 const char *key, const struct metadata_place *place,
					 uint64_t now_ns)
{
	struct container *other = find_key(reg, key);
	int slot = cgroups_slot(reg->cgroups, hierarchy_id);

	if (!other)
		return NULL;
	/* Of another path it may be a user's, who may make some in one hierarchy only. */
	if (!other->has_own[slot])
		return str_eq(path_of(other), place->path) ||
				       (!place->doubted && !is_doubted(reg, other)) ?
			       other :
			       NULL;
	/* The record of its removal may have been lost, and this is its next life. */
	if (!cgroups_is_there(reg->cgroups, hierarchy_id, other->own[slot].key.id, path_of(other)))
		registry_remove(reg, other, now_ns);
	return NULL;
}

/*
 * The container whose own cgroup this is already, if it still is the one that the
 * path says. After a renaming (v1 can) it is another, and the old one is over.
 */
static struct container *find_same(struct registry *reg, uint32_t hierarchy_id, uint64_t own_id,
				   struct str own_path, const struct cgpath_match *match,
				   uint64_t now_ns)
{
	struct container *c = find_owner(reg, hierarchy_id, own_id);
	int slot = cgroups_slot(reg->cgroups, hierarchy_id);

	if (!c)
		return NULL;
	if (strcmp(c->match.id, match->id) == 0) {
		if (slot == c->home && !str_eq(str_from(c->path, c->path_len), own_path))
			set_path(c, own_path); /* one above it was renamed */
		return c;
	}
	HASH_DELETE(hh, reg->owners, &c->own[slot]);
	c->has_own[slot] = false;
	registry_remove(reg, c, now_ns);
	return NULL;
}

/* Who came first with an id is not its owner, if he may have made the cgroup up and this is root's. */
static void make_way(struct registry *reg, const char *key, const struct metadata_place *place)
{
	struct container *other = find_key(reg, key);

	if (!other || place->doubted || !is_doubted(reg, other))
		return;
	leave_by_key(reg, other);
	other->impostor = other->retry.done = true;
	if (!other->meta.runtime)
		other->meta.missing = MISSING_SKIPPED;
	registry_update_info(reg, other);
}

/* The container whose own cgroup is path[0 .. match->end) of the cgroup id's path. */
static struct container *get_one(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				 struct str path, const struct cgpath_match *match,
				 struct container *outer, uint64_t now_ns)
{
	uint64_t own_id = cgroups_prefix_id(reg->cgroups, hierarchy_id, id, path, match->end);
	struct str own_path = str_from(path.p, match->end);
	struct container *c = find_same(reg, hierarchy_id, own_id, own_path, match, now_ns);
	struct metadata_place place;
	char *key;

	if (c)
		return c;
	key = make_key(match, own_path);
	if (!key)
		return NULL;
	place = registry_place(reg, match, own_path, outer);
	c = find_other_half(reg, hierarchy_id, key, &place, now_ns);
	if (c) {
		/* Out of memory: it is found again by its key the next time. */
		add_owner(reg, c, hierarchy_id, own_id);
		free(key);
		return c;
	}
	make_way(reg, key, &place);
	c = make(reg, hierarchy_id, own_id, &place, match, key);
	if (!c)
		return NULL;
	c->outer = outer;
	if (outer)
		outer->inner++;
	registry_update_info(reg, c);
	registry_refresh(reg, c, now_ns);
	return c;
}

/*
 * What shows by its form may be in what has a name that only a runtime's state confirms.
 * Looked for once: such a state is there before anything is made inside.
 */
static struct container *find_around(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				     struct str path, const struct cgpath_match *outermost,
				     uint64_t now_ns)
{
	uint64_t own_id = cgroups_prefix_id(reg->cgroups, hierarchy_id, id, path, outermost->end);

	if (find_owner(reg, hierarchy_id, own_id))
		return NULL;
	return registry_confirm(reg, hierarchy_id, id, str_above(str_from(path.p, outermost->end)),
				now_ns);
}

struct container *registry_get(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
			       struct str path, const struct cgpath *cgpath, uint64_t now_ns)
{
	struct container *c = find_around(reg, hierarchy_id, id, path, &cgpath->match[0], now_ns);

	for (unsigned int i = 0; i < cgpath->match_len; i++) {
		c = get_one(reg, hierarchy_id, id, path, &cgpath->match[i], c, now_ns);
		if (!c)
			return NULL;
	}
	return c;
}

static struct container *confirm(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				 struct str path, int levels, uint64_t now_ns);

/* levels: how many there may be above it. */
static struct container *confirm_one(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				     struct str path, const struct cgpath_match *match, int levels,
				     uint64_t now_ns)
{
	uint64_t own_id = cgroups_prefix_id(reg->cgroups, hierarchy_id, id, path, path.len);
	struct container *c = find_same(reg, hierarchy_id, own_id, path, match, now_ns);
	struct metadata_place place;
	struct meta meta = { 0 };
	char *key = NULL;

	if (c)
		return c;
	place = registry_place(reg, match, path, NULL);
	metadata_read(reg->metadata, match, place, now_ns, &meta);
	if (meta.runtime)
		key = make_key(match, path);
	else if (reg->unsure == MISSING_NONE)
		reg->unsure = meta.missing;
	if (!key)
		goto out;
	c = find_other_half(reg, hierarchy_id, key, &place, now_ns);
	if (c) {
		add_owner(reg, c, hierarchy_id, own_id);
		free(key);
		goto out;
	}
	c = make(reg, hierarchy_id, own_id, &place, match, key);
	if (!c)
		goto out;
	c->meta = meta;
	meta = (struct meta){ 0 };
	c->retry.done = true;
	c->outer = confirm(reg, hierarchy_id, id, str_above(path), levels, now_ns);
	if (c->outer)
		c->outer->inner++;
	registry_update_info(reg, c);
out:
	meta_done(&meta);
	return c;
}

static struct container *confirm(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				 struct str path, int levels, uint64_t now_ns)
{
	while (levels-- > 0 && path.len > 1) {
		struct cgpath cgpath;
		struct container *c;

		cgpath_parse(path, &cgpath);
		if (cgpath.verdict == CGPATH_MAYBE) {
			c = confirm_one(reg, hierarchy_id, id, path, cgpath_innermost(&cgpath),
					levels, now_ns);
			if (c)
				return c;
		}
		path = str_above(path);
	}
	return NULL;
}

struct container *registry_confirm(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				   struct str path, uint64_t now_ns)
{
	reg->unsure = MISSING_NONE;
	return confirm(reg, hierarchy_id, id, path, LEVELS_CONFIRMED, now_ns);
}

struct container *registry_find_home(struct registry *reg, uint32_t hierarchy_id, uint64_t id)
{
	struct container *c = find_owner(reg, hierarchy_id, id);

	return c && !c->removed && c->home == cgroups_slot(reg->cgroups, hierarchy_id) ? c : NULL;
}

void registry_check_some(struct registry *reg, uint64_t now_ns)
{
	for (int i = 0; i < CHECKED_AT_ONCE && reg->all; i++) {
		struct container *c = reg->all;

		DL_DELETE(reg->all, c);
		DL_APPEND(reg->all, c);
		if (!c->removed && !registry_is_there(reg, c))
			registry_remove(reg, c, now_ns);
	}
}
