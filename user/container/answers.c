// SPDX-License-Identifier: Apache-2.0
/*
 * answers.c - from the pair of cgroup ids in a record to what is known of it
 */
#include "container/answers.h"

#include <stdlib.h>

#include "base/clock.h"

#define PAIRS_MAX	 32768
#define UNKNOWN_EVERY_NS NSEC_PER_SEC

/* Bytes that were handed out. */
struct path_copy {
	struct path_copy *next_old;
	size_t len;
	char bytes[];
};

struct pair_key {
	uint64_t v2_id;
	uint64_t v1_id;
};

struct pair {
	struct pair_key key;
	struct path_copy *path; /* NULL: not known */
	uint64_t id;		/* of the cgroup that decided */
	bool v1;
	struct container *container; /* NULL: in none */
	enum missing missing;	     /* NULL: why that is not certain */
	struct retry retry;	     /* of the path, or of a name's confirmation */
	UT_hash_handle hh;
};

void answers_free_old(struct answers *a)
{
	while (a->old_paths) {
		struct path_copy *next = a->old_paths->next_old;

		free(a->old_paths);
		a->old_paths = next;
	}
}

static void retire_path(struct answers *a, struct pair *pair)
{
	if (!pair->path)
		return;
	pair->path->next_old = a->old_paths;
	a->old_paths = pair->path;
	pair->path = NULL;
}

static void forget_pair(struct answers *a, struct pair *pair)
{
	retire_path(a, pair);
	HASH_DELETE(hh, a->pairs, pair);
	free(pair);
}

void answers_forget(struct answers *a)
{
	struct pair *pair, *next;

	HASH_ITER(hh, a->pairs, pair, next)
		forget_pair(a, pair);
}

void answers_done(struct answers *a)
{
	answers_forget(a);
	answers_free_old(a);
	for (int i = 0; i < CGROUPS_HIERARCHIES; i++)
		buf_done(&a->findings[i].path);
}

static void look_up(struct answers *a, struct finding *f, uint32_t hierarchy_id, uint64_t id)
{
	bool truncated;

	f->hierarchy_id = hierarchy_id;
	f->id = id;
	f->known = id && cgroups_path(a->cgroups, hierarchy_id, id, &f->path, &truncated) == 0;
	/* Cut or not: the beginning is what the host made, and that decides. */
	cgpath_parse(f->known ? str_from(f->path.data, f->path.len) : str_from(NULL, 0),
		     &f->cgpath);
}

/* The one that says more; if neither says anything, the one that is not the root. */
static struct finding *choose(struct answers *a)
{
	struct finding *v2 = &a->findings[0], *v1 = &a->findings[1];

	if (!v1->known || !v2->known)
		return v2->known ? v2 : v1->known ? v1 : NULL;
	if (cgpath_is_better(&v1->cgpath, &v2->cgpath))
		return v1;
	if (cgpath_is_better(&v2->cgpath, &v1->cgpath))
		return v2;
	return v2->path.len > 1 || v1->path.len <= 1 ? v2 : v1;
}

static void set_pair_path(struct answers *a, struct pair *pair, struct str path)
{
	struct path_copy *copy;

	if (pair->path && str_eq(str_from(pair->path->bytes, pair->path->len), path))
		return;
	copy = malloc(sizeof(*copy) + path.len);
	if (!copy)
		return;
	copy->len = path.len;
	memcpy(copy->bytes, path.p, path.len);
	retire_path(a, pair);
	pair->path = copy;
}

/* Where the registry has no room for the innermost one, it is still in the one around it. */
static void find_container(struct answers *a, struct pair *pair, struct finding *f, uint64_t now_ns)
{
	while (!pair->container && f->cgpath.match_len) {
		pair->container = registry_get(a->registry, f->hierarchy_id, f->id,
					       str_from(f->path.data, f->path.len), &f->cgpath,
					       now_ns);
		f->cgpath.match_len -= !pair->container;
	}
	if (!pair->container)
		pair->missing = MISSING_SKIPPED;
}

/* Finds out, again or for the first time, what the ids mean. */
static void resolve(struct answers *a, struct pair *pair, uint32_t pid, uint64_t start_ns,
		    uint64_t now_ns)
{
	uint64_t v2_id = pair->key.v2_id, v1_id = pair->key.v1_id;
	uint32_t v1_hierarchy_id = a->cgroups->v1_hierarchy_id;
	struct finding *f;
	bool final;

	if (!v1_hierarchy_id)
		v1_id = 0; /* 0 would mean v2 */
	look_up(a, &a->findings[0], 0, v2_id);
	look_up(a, &a->findings[1], v1_hierarchy_id, v1_id);
	f = choose(a);
	if (!f && pid) {
		cgroups_learn(a->cgroups, v2_id, v1_id, pid, start_ns);
		look_up(a, &a->findings[0], 0, v2_id);
		look_up(a, &a->findings[1], v1_hierarchy_id, v1_id);
		f = choose(a);
	}
	if (!f) {
		/* Never given up: a later process in it may be alive to be asked. */
		retry_failed(&pair->retry, now_ns);
		pair->retry.done = false;
		if (pair->retry.next_ns > now_ns + UNKNOWN_EVERY_NS)
			pair->retry.next_ns = now_ns + UNKNOWN_EVERY_NS;
		return;
	}
	pair->id = f->id;
	pair->v1 = f == &a->findings[1];
	pair->container = NULL;
	pair->missing = MISSING_NONE;
	final = (a->findings[0].known || !v2_id) && (a->findings[1].known || !v1_id);
	set_pair_path(a, pair, str_from(f->path.data, f->path.len));
	if (f->cgpath.verdict >= CGPATH_BUILD) {
		unsigned int whole = f->cgpath.match_len;

		find_container(a, pair, f, now_ns);
		final = pair->container && f->cgpath.match_len == whole;
	} else if (f->cgpath.verdict == CGPATH_MAYBE) {
		pair->container = registry_confirm(a->registry, f->hierarchy_id, f->id,
						   str_from(f->path.data, f->path.len), now_ns);
		final = pair->container != NULL;
		if (!pair->container)
			pair->missing = a->registry->unsure;
	}
	if (final)
		pair->retry.done = true;
	else
		retry_failed(&pair->retry, now_ns);
}

static struct pair *find_pair(struct answers *a, uint64_t v2_id, uint64_t v1_id)
{
	struct pair_key key = { .v2_id = v2_id, .v1_id = v1_id };
	struct pair *pair;

	HASH_FIND(hh, a->pairs, &key, sizeof(key), pair);
	return pair;
}

static struct pair *make_pair(struct answers *a, uint64_t v2_id, uint64_t v1_id)
{
	struct pair *pair;

	if (HASH_COUNT(a->pairs) >= PAIRS_MAX) {
		forget_pair(a, a->pairs); /* the one that was made first */
		a->evicted++;
	}
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return NULL;
	pair->key = (struct pair_key){ .v2_id = v2_id, .v1_id = v1_id };
	HASH_ADD(hh, a->pairs, key, sizeof(pair->key), pair);
	if (!hash_added(pair)) {
		free(pair);
		return NULL;
	}
	return pair;
}

void answers_find(struct answers *a, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		  uint64_t start_ns, struct containers_answer *ret_answer)
{
	struct pair *pair = find_pair(a, v2_id, v1_id);
	struct container *container;

	*ret_answer = (struct containers_answer){ .cgroup = { .id = v2_id ? v2_id : v1_id,
							      .v1 = !v2_id && v1_id } };
	if (!pair) {
		pair = v2_id || v1_id ? make_pair(a, v2_id, v1_id) : NULL;
		if (!pair)
			return;
	}
	container = pair->container;
	if (!pair->retry.done || (container && !container->retry.done)) {
		uint64_t now_ns = clock_boot_ns();

		if (retry_is_due(&pair->retry, now_ns))
			resolve(a, pair, pid, start_ns, now_ns);
		container = pair->container;
		if (container)
			registry_refresh(a->registry, container, now_ns);
	}
	if (!pair->path)
		return;
	ret_answer->known = true;
	ret_answer->missing = pair->missing;
	ret_answer->cgroup =
		(struct event_cgroup){ .id = pair->id,
				       .path = str_from(pair->path->bytes, pair->path->len),
				       .v1 = pair->v1 };
	if (container) {
		ret_answer->container = &container->info;
		ret_answer->confirmed_by_runtime = !container->info.unconfirmed;
	}
}

void answers_sweep(struct answers *a)
{
	uint32_t v1_hierarchy_id = a->cgroups->v1_hierarchy_id;
	const struct cgindex *index = a->cgroups->index;
	struct pair *pair, *next;

	HASH_ITER(hh, a->pairs, pair, next) {
		bool v2 = pair->key.v2_id && cgindex_has(index, 0, pair->key.v2_id);
		bool v1 = pair->key.v1_id && v1_hierarchy_id &&
			  cgindex_has(index, v1_hierarchy_id, pair->key.v1_id);

		if ((!v2 && !v1) || (pair->container && pair->container->over))
			forget_pair(a, pair);
	}
}
