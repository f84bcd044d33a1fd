// SPDX-License-Identifier: Apache-2.0
/*
 * joined.c - what became known of a container later, joined into its earlier events
 */
#include "log/joined.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "log/lives.h"

#define OUTER_MAX 64 /* containers around a container that are looked at */

struct joined {
	struct lives lives;
	struct arena filled; /* of the event that was filled last */
	bool is_beyond;	     /* the event mentions a container beyond the limits */
	bool no_memory;	     /* to fill all of an event */
	bool is_stale;	     /* it is an update of what was told whole */
	uint64_t beyond;
};

int joined_new(size_t lives, size_t bytes, struct joined **ret_joined)
{
	struct joined *j = calloc(1, sizeof(*j));

	if (!j)
		return -ENOMEM;
	lives_init(&j->lives, lives ? lives : JOINED_LIVES, bytes ? bytes : JOINED_BYTES);
	*ret_joined = j;
	return 0;
}

void joined_free(struct joined *j)
{
	if (!j)
		return;
	lives_done(&j->lives);
	arena_done(&j->filled);
	free(j);
}

void joined_rewind(struct joined *j)
{
	lives_rewind(&j->lives);
}

uint64_t joined_beyond(const struct joined *j)
{
	/* What was written after the first pass has no life either, but not for want of room. */
	return j->lives.full ? j->beyond : 0;
}

bool joined_no_memory(const struct joined *j)
{
	return j->no_memory || j->lives.no_memory;
}

/* ---- learning ---- */

static void learn_str(struct joined *j, struct life *life, struct str *fact, struct str value)
{
	char *copy;

	if (fact->len || !value.len)
		return;
	copy = lives_keep(&j->lives, value.len);
	if (!copy) {
		life->cut = true;
		return;
	}
	memcpy(copy, value.p, value.len);
	*fact = str_from(copy, value.len);
}

static void learn_labels(struct joined *j, struct life *life, const struct container_info *c)
{
	struct container_info *facts = &life->facts;
	struct container_label *labels;

	if (facts->labels_len || !c->labels_len)
		return;
	labels = lives_keep(&j->lives, c->labels_len * sizeof(*labels));
	if (!labels) {
		life->cut = true;
		return;
	}
	for (uint32_t i = 0; i < c->labels_len; i++) {
		labels[i] = (struct container_label){ .key = str_of(""),
						      .value = str_of(""),
						      .shown = c->labels[i].shown };
		learn_str(j, life, &labels[i].key, c->labels[i].key);
		learn_str(j, life, &labels[i].value, c->labels[i].value);
	}
	if (life->cut)
		return; /* a label without its value would be another */
	facts->labels = labels;
	facts->labels_len = c->labels_len;
}

static bool agree(struct str a, struct str b)
{
	return !a.len || !b.len || str_eq(a, b);
}

/* Facts that make sense together only are taken together: not the tag of another image. */
static bool is_same_image(const struct container_info *a, const struct container_info *b)
{
	return agree(a->image, b->image) && agree(a->image_tag, b->image_tag) &&
	       agree(a->image_id, b->image_id);
}

static bool is_same_pod(const struct container_info *a, const struct container_info *b)
{
	return agree(a->pod_uid, b->pod_uid) && agree(a->pod_name, b->pod_name) &&
	       agree(a->pod_namespace, b->pod_namespace);
}

static void learn(struct joined *j, const struct container_info *c, enum mention how)
{
	struct life *life = lives_find(&j->lives, c, how).life;
	struct container_info *facts;

	if (!life)
		return;
	facts = &life->facts;
	if (!c->unconfirmed && !life->confirmed) {
		life->confirmed = true;
		facts->runtime.len = 0; /* what only the path says is a guess */
	}
	learn_str(j, life, &facts->runtime, c->runtime);
	learn_str(j, life, &facts->name, c->name);
	if (is_same_image(facts, c)) {
		learn_str(j, life, &facts->image, c->image);
		learn_str(j, life, &facts->image_tag, c->image_tag);
		learn_str(j, life, &facts->image_id, c->image_id);
	}
	if (is_same_pod(facts, c)) {
		learn_str(j, life, &facts->pod_uid, c->pod_uid);
		learn_str(j, life, &facts->pod_name, c->pod_name);
		learn_str(j, life, &facts->pod_namespace, c->pod_namespace);
	}
	learn_labels(j, life, c);
	if (!facts->created_ns)
		facts->created_ns = c->created_ns;
}

/* ---- filling ---- */

static void fill_str(struct str *field, struct str fact)
{
	if (!field->len)
		*field = fact;
}

static void fill(struct container_info *c, const struct life *life)
{
	const struct container_info *facts = &life->facts;

	if (c->unconfirmed && life->confirmed) {
		c->unconfirmed = false;
		if (facts->runtime.len)
			c->runtime = facts->runtime;
	}
	fill_str(&c->runtime, facts->runtime);
	fill_str(&c->name, facts->name);
	if (is_same_image(c, facts)) {
		fill_str(&c->image, facts->image);
		fill_str(&c->image_tag, facts->image_tag);
		fill_str(&c->image_id, facts->image_id);
	}
	if (is_same_pod(c, facts)) {
		fill_str(&c->pod_uid, facts->pod_uid);
		fill_str(&c->pod_name, facts->pod_name);
		fill_str(&c->pod_namespace, facts->pod_namespace);
	}
	if (!c->labels_len) {
		c->labels = facts->labels;
		c->labels_len = facts->labels_len;
	}
	if (!c->created_ns)
		c->created_ns = facts->created_ns;
}

/* ---- every container that an event mentions ---- */

/*
 * Learns from one mention, or returns it filled. The containers around it are mentions
 * of their own.
 */
static const struct container_info *join(struct joined *j, const struct container_info *c,
					 enum mention how)
{
	const struct container_info *first = NULL;
	const struct container_info **link = &first;

	for (int i = 0; c && i < OUTER_MAX; i++, c = c->outer) {
		struct container_info *copy;
		struct life_found found;

		if (j->lives.learning) {
			learn(j, c, i ? MENTION_REF : how);
			continue;
		}
		found = lives_find(&j->lives, c, i ? MENTION_REF : how);
		j->is_beyond |= found.beyond;
		if (i == 0 && how == MENTION_UPDATE)
			j->is_stale = found.told && found.life && !found.beyond;
		copy = arena_alloc(&j->filled, sizeof(*copy));
		if (!copy)
			break; /* the rest stays as it was logged */
		*copy = *c;
		if (found.life)
			fill(copy, found.life);
		*link = copy;
		link = &copy->outer;
	}
	if (!j->lives.learning)
		*link = c;
	return first;
}

static enum mention mention_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_CONTAINER_START:
		if (e->update)
			return MENTION_UPDATE;
		return e->ran_already ? MENTION_RAN : MENTION_START;
	case EVENT_CONTAINER_STOP:
		return e->late ? MENTION_LATE_STOP : MENTION_STOP;
	default:
		return MENTION_INSIDE;
	}
}

/* The container that the event is about, or that its process is in. */
static void join_own(struct joined *j, struct event *e)
{
	enum mention how = mention_of(e);
	const struct container_info *own = how == MENTION_INSIDE ? e->proc.container : e->container;
	bool was_unconfirmed = own && own->unconfirmed;

	if (!own)
		return;
	own = join(j, own, how);
	if (j->lives.learning)
		return;
	if (e->container)
		e->container = own;
	if (e->proc.container)
		e->proc.container = own;
	if (was_unconfirmed && !own->unconfirmed && event_has(&e->proc, FACT_CONTAINER))
		e->proc.source[FACT_CONTAINER] = SOURCE_RUNTIME;
}

static void join_ref(struct joined *j, const struct container_info **c)
{
	const struct container_info *joined;

	if (!*c)
		return;
	joined = join(j, *c, MENTION_REF);
	if (!j->lives.learning)
		*c = joined;
}

/* Both passes go the same way, so that they agree on the lives. */
static void join_event(struct joined *j, struct event *e)
{
	arena_reset(&j->filled);
	j->is_beyond = false;
	j->is_stale = false;
	lives_event(&j->lives, e);
	join_own(j, e);
	for (uint32_t i = 0; i < e->ns_change_len && i < PTC_NS_COUNT; i++) {
		struct event_ns_change *change = &e->ns_change[i];

		join_ref(j, &change->owner);
		for (uint32_t k = 0; k < change->shared_len && k < EVENT_SHARED_MAX; k++)
			join_ref(j, &change->shared[k]);
	}
	join_ref(j, &e->old_container);
	join_ref(j, &e->visited);
	join_ref(j, &e->signal.target_container);
}

void joined_learn(struct joined *j, const struct event *e)
{
	struct event copy = *e; /* stays as it is in this pass; the way is that of the second */

	join_event(j, &copy);
}

bool joined_fill(struct joined *j, struct event *e)
{
	join_event(j, e);
	j->no_memory |= j->filled.failed;
	j->beyond += j->is_beyond;
	return !j->is_stale;
}
