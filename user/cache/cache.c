// SPDX-License-Identifier: Apache-2.0
/*
 * cache.c - the process table: fork adds, exec replaces, exit ends
 */
#include "cache/cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/clock.h"
#include "base/pool.h"

/*
 * uthash doubles its buckets when a chain is this long. A chain is walked through memory
 * that was last touched seconds ago, so it is to be short; a bucket takes 16 bytes.
 */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 5U

struct cache {
	struct cache_entry *by_pid; /* uthash */
	struct cache_entry *ended;  /* in the order in which they ended */
	struct cache_entry *live;   /* in the order in which they came */
	struct pool entries;
	size_t len, limit;
	size_t image_bytes, image_limit;
	uint64_t tick_ns;
	uint64_t evicted, images_cut;
};

int cache_new(size_t limit, size_t image_bytes, struct cache **ret_cache)
{
	struct cache *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->limit = limit ? limit : CACHE_LIMIT_DEFAULT;
	c->image_limit = image_bytes ? image_bytes : CACHE_IMAGE_BYTES_DEFAULT;
	c->tick_ns = clock_tick_ns();
	pool_init(&c->entries, sizeof(struct cache_entry));
	*ret_cache = c;
	return 0;
}

static void drop_image(struct cache *c, struct image **image)
{
	c->image_bytes -= image_unref(*image);
	*image = NULL;
}

void cache_forget(struct cache *c, struct cache_entry *e)
{
	drop_image(c, &e->image);
	drop_image(c, &e->parent_image);
	HASH_DEL(c->by_pid, e);
	if (e->exited)
		DL_DELETE(c->ended, e);
	else
		DL_DELETE(c->live, e);
	pool_give(&c->entries, e);
	c->len--;
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	while (c->ended)
		cache_forget(c, c->ended);
	while (c->live)
		cache_forget(c, c->live);
	pool_done(&c->entries);
	free(c);
}

/* Start times from /proc are cut to a tick, so they are compared at that grain. */
static bool same_start(const struct cache *c, const struct cache_entry *e, uint64_t start_ns)
{
	if (start_ns == 0 || e->start_ns == start_ns)
		return true;
	return !e->start_exact && e->start_ns / c->tick_ns == start_ns / c->tick_ns;
}

struct cache_entry *cache_find(struct cache *c, uint32_t pid, uint64_t start_ns)
{
	struct cache_entry *e;

	HASH_FIND(hh, c->by_pid, &pid, sizeof(pid), e);
	return e && same_start(c, e, start_ns) ? e : NULL;
}

static void make_room(struct cache *c)
{
	if (c->len < c->limit)
		return;
	if (c->ended) {
		cache_forget(c, c->ended);
		return;
	}
	c->evicted++;
	cache_forget(c, c->live);
}

struct cache_entry *cache_get(struct cache *c, uint32_t pid, uint64_t start_ns, bool *ret_new)
{
	struct cache_entry *e;

	*ret_new = false;
	HASH_FIND(hh, c->by_pid, &pid, sizeof(pid), e);
	/* A start time to a tick stays: it may have been printed in an entity id. */
	if (e && same_start(c, e, start_ns))
		return e;
	if (e)
		cache_forget(c, e); /* the pid is another process now */
	make_room(c);
	e = pool_take(&c->entries);
	if (!e)
		return NULL;
	*e = (struct cache_entry){ .pid = pid, .start_ns = start_ns, .start_exact = true };
	HASH_ADD(hh, c->by_pid, pid, sizeof(e->pid), e);
	if (!hash_added(e)) {
		pool_give(&c->entries, e);
		return NULL;
	}
	DL_APPEND(c->live, e);
	c->len++;
	*ret_new = true;
	return e;
}

static struct str comm_of(const struct cache_entry *e)
{
	return str_of_array(e->comm, sizeof(e->comm));
}

/* Does its image know a name of which comm has but the beginning? */
static bool has_whole_name(const struct cache_entry *e)
{
	struct str comm = comm_of(e);

	return e->image && comm.len == PTC_COMM_LEN - 1 && str_has_prefix(e->image->name, comm);
}

/* The name that an entry's process has now: whole if its image knows it. */
static struct str name_of(const struct cache_entry *e)
{
	return has_whole_name(e) ? e->image->name : comm_of(e);
}

struct event_ref cache_ref(const struct cache_entry *e)
{
	return (struct event_ref){ .pid = e->pid, .start_ns = e->start_ns, .name = name_of(e) };
}

struct event_ref cache_parent(const struct cache_entry *e)
{
	return (struct event_ref){
		.pid = e->parent_pid,
		.start_ns = e->parent_start_ns,
		.name = e->parent_image ? e->parent_image->name :
					  str_from(e->parent_name, e->parent_name_len),
	};
}

void cache_set_parent(struct cache *c, struct cache_entry *e, uint32_t pid, uint64_t start_ns,
		      bool at_fork)
{
	struct cache_entry *parent = cache_find(c, pid, start_ns);

	e->parent_pid = pid;
	e->parent_start_ns = parent ? parent->start_ns : start_ns;
	e->parent_at_fork = at_fork;
	e->parent_name_len = 0;
	drop_image(c, &e->parent_image);
	if (!parent)
		return;
	if (has_whole_name(parent))
		e->parent_image = image_ref(parent->image);
	memcpy(e->parent_name, parent->comm, sizeof(e->parent_name));
	e->parent_name_len = (uint8_t)comm_of(parent).len;
}

void cache_set_creator(struct cache *c, struct cache_entry *e, uint32_t pid, uint64_t start_ns)
{
	struct cache_entry *creator = cache_find(c, pid, start_ns);

	e->creator_pid = pid;
	e->creator_start_ns = creator ? creator->start_ns : start_ns;
	e->creator_name_len = 0;
	if (creator) {
		memcpy(e->creator_name, creator->comm, sizeof(e->creator_name));
		e->creator_name_len = (uint8_t)comm_of(creator).len;
	}
}

void cache_inherit_image(struct cache *c, struct cache_entry *child,
			 const struct cache_entry *creator)
{
	struct image *image = image_ref(creator->image);

	drop_image(c, &child->image);
	child->image = image;
	child->execd = false;
}

void cache_set_image(struct cache *c, struct cache_entry *e, const struct event_process *p)
{
	bool with_args = c->image_bytes + image_size(p, true) <= c->image_limit;
	bool with_rest = c->image_bytes + image_size(p, false) <= 2 * c->image_limit;

	drop_image(c, &e->image);
	e->image = with_rest ? image_new(p, with_args) : NULL;
	e->execd = true;
	c->images_cut += !with_args;
	if (!e->image)
		return;
	c->image_bytes += e->image->bytes;
}

void cache_forget_image(struct cache *c, struct cache_entry *e)
{
	drop_image(c, &e->image);
	e->execd = true;
	memset(e->comm, 0, sizeof(e->comm));
}

bool cache_exit(struct cache *c, struct cache_entry *e, uint64_t time_ns)
{
	if (e->exited)
		return false;
	DL_DELETE(c->live, e);
	DL_APPEND(c->ended, e);
	e->exited = true;
	e->exit_ns = time_ns;
	return true;
}

void cache_fill(const struct cache_entry *e, struct event_process *p)
{
	if (e->parent_pid && !event_has(p, FACT_PARENT)) {
		p->parent = cache_parent(e);
		p->parent_at_fork = e->parent_at_fork;
		/* Found later it may be a reaper: it then is what /proc would have said. */
		event_set(p, FACT_PARENT, e->parent_at_fork ? SOURCE_KERNEL : SOURCE_PROCFS);
		if (e->creator_pid)
			p->creator = (struct event_ref){
				.pid = e->creator_pid,
				.start_ns = e->creator_start_ns,
				.name = str_from(e->creator_name, e->creator_name_len),
			};
	}
	image_fill(e->image, p, !e->execd);
}

void cache_expire(struct cache *c, uint64_t now_ns)
{
	while (c->ended && c->ended->exit_ns + CACHE_GRACE_NS < now_ns)
		cache_forget(c, c->ended);
}

struct cache_entry *cache_first(const struct cache *c)
{
	return c->live;
}

void cache_stats(const struct cache *c, struct cache_stats *ret_stats)
{
	*ret_stats = (struct cache_stats){
		.entries = c->len,
		.evicted = c->evicted,
		.images_cut = c->images_cut,
		.image_bytes = c->image_bytes,
	};
}
