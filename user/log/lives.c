// SPDX-License-Identifier: Apache-2.0
/*
 * lives.c - which life of which container a line of a log is about
 */
#include "log/lives.h"

#include "base/hash.h"

#define UNIQUE_LEN 32 /* hexadecimal digits by which an id is one container's */

/* Where in the lives of a container the pass is. */
struct place {
	unsigned int run;
	bool begun;
	bool told;		   /* its start, or that it ran already, or an update */
	bool inside;		   /* something happened in it */
	bool ended;		   /* its stop was told */
	bool confirmed;		   /* somebody called it so */
	unsigned int unstopped;	   /* earlier lives whose stop may still come */
	struct life *now, *before; /* NULL: beyond the limits */
};

/* A container, with its lives. */
struct lives_entry {
	char *key;
	struct life *first, *last;
	struct life *next; /* the one that begins next, in the second pass */
	struct place place;
	UT_hash_handle hh;
};

void lives_init(struct lives *l, size_t limit, size_t bytes_limit)
{
	*l = (struct lives){
		.limit = limit,
		.bytes_limit = bytes_limit,
		.learning = true,
		.run = 1,
	};
}

void lives_done(struct lives *l)
{
	HASH_CLEAR(hh, l->entries);
	arena_done(&l->kept);
	buf_done(&l->key);
}

void lives_rewind(struct lives *l)
{
	struct lives_entry *entry, *next;

	HASH_ITER(hh, l->entries, entry, next) {
		entry->place = (struct place){ 0 };
		entry->next = entry->first;
	}
	l->learning = false;
	l->run = 1;
	l->sequence = 0;
	l->boot_id_len = 0;
}

void *lives_keep(struct lives *l, size_t len)
{
	void *piece = NULL;

	/* Once something was left out all that follows is, so that both passes agree. */
	if (!l->full && len <= l->bytes_limit - l->bytes)
		piece = arena_alloc(&l->kept, len);
	if (piece)
		l->bytes += len;
	else
		l->full = true;
	l->no_memory |= l->kept.failed;
	return piece;
}

/* A number that does not grow, or another boot: the tracer was started anew. */
void lives_event(struct lives *l, const struct event *e)
{
	struct str boot_id = e->host ? e->host->boot_id : str_from("", 0);
	bool is_new = e->sequence && e->sequence <= l->sequence;

	if (boot_id.len && boot_id.len <= sizeof(l->boot_id)) {
		is_new |= l->boot_id_len && !str_eq(boot_id, str_from(l->boot_id, l->boot_id_len));
		memcpy(l->boot_id, boot_id.p, boot_id.len);
		l->boot_id_len = boot_id.len;
	}
	if (is_new)
		l->run++;
	if (is_new || e->sequence)
		l->sequence = e->sequence;
}

/* Such an id is one container's whoever runs it; a name is so for one runtime only. */
static bool is_unique(struct str id)
{
	for (size_t i = 0; i < UNIQUE_LEN; i++) {
		char c = i < id.len ? id.p[i] : '\0';

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

/* Returns false without memory. */
static bool write_key(struct lives *l, const struct container_info *c)
{
	buf_reset(&l->key);
	if (!is_unique(c->id))
		buf_str(&l->key, c->runtime);
	buf_putc(&l->key, '\0');
	buf_str(&l->key, c->id);
	return !l->key.failed;
}

static struct lives_entry *add_entry(struct lives *l)
{
	struct lives_entry *entry = lives_keep(l, sizeof(*entry));
	char *key = lives_keep(l, l->key.len);

	if (!entry || !key)
		return NULL;
	memcpy(key, l->key.data, l->key.len);
	entry->key = key;
	HASH_ADD_KEYPTR(hh, l->entries, entry->key, l->key.len, entry);
	if (hash_added(entry))
		return entry;
	l->full = l->no_memory = true;
	return NULL;
}

/* In the first pass one that is not there is added. NULL: beyond the limits. */
static struct lives_entry *find_entry(struct lives *l, const struct container_info *c)
{
	struct lives_entry *entry = NULL;

	if (!write_key(l, c)) {
		l->full = l->no_memory = true;
		return NULL;
	}
	HASH_FIND(hh, l->entries, l->key.data, l->key.len, entry);
	return entry || !l->learning ? entry : add_entry(l);
}

static struct life *add_life(struct lives *l, struct lives_entry *entry)
{
	struct life *life;

	l->full |= l->len >= l->limit;
	life = lives_keep(l, sizeof(*life));
	if (!life)
		return NULL;
	l->len++;
	if (entry->last)
		entry->last->next = life;
	else
		entry->first = life;
	entry->last = life;
	return life;
}

static void begin_life(struct lives *l, struct lives_entry *entry)
{
	struct place *p = &entry->place;
	bool is_unstopped = p->begun && !p->ended;

	*p = (struct place){
		.run = l->run,
		.begun = true,
		.unstopped = p->unstopped + is_unstopped,
		.before = is_unstopped ? p->now : p->before,
	};
	if (l->learning) {
		p->now = add_life(l, entry);
	} else {
		p->now = entry->next;
		entry->next = p->now ? p->now->next : NULL;
	}
}

/* Whether the mention is the first of another life than the one before. */
static bool begins(const struct place *p, enum mention how)
{
	if (!p->begun || p->ended)
		return true;
	/*
	 * A start comes before all that happens inside, but who reaches in from outside may
	 * be told of before it.
	 */
	return (how == MENTION_START && (p->told || p->inside)) || (how == MENTION_RAN && p->told);
}

static bool is_start(enum mention how)
{
	return how == MENTION_START || how == MENTION_RAN || how == MENTION_UPDATE;
}

struct life_found lives_find(struct lives *l, const struct container_info *c, enum mention how)
{
	struct lives_entry *entry = find_entry(l, c);
	struct life_found found = { .beyond = !entry };
	struct place *p;

	if (!entry)
		return found;
	p = &entry->place;
	if (p->run != l->run)
		*p = (struct place){ .run = l->run };
	if (c->unconfirmed && p->confirmed && !p->ended)
		return found;
	if (how == MENTION_LATE_STOP && p->unstopped) {
		/* Of which of several nobody can tell. */
		if (p->unstopped-- == 1)
			found.life = p->before;
		return found;
	}
	if (begins(p, how))
		begin_life(l, entry);
	found.told = p->told;
	p->told |= is_start(how);
	p->inside |= how == MENTION_INSIDE;
	p->ended = how == MENTION_STOP || how == MENTION_LATE_STOP;
	p->confirmed |= !c->unconfirmed;
	found.life = p->now;
	found.beyond = !p->now || p->now->cut;
	return found;
}
