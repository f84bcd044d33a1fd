// SPDX-License-Identifier: Apache-2.0
/*
 * text_ns.c - which namespaces changed, and whose the new ones are
 */
#include "sink/text_ns.h"

#include "event/names.h"

static void put_new_ns(const struct text_put *t, const struct event_ns_change *c)
{
	/* With a space, so that no container's name can look like it. */
	if (c->owner_host) {
		BUF_LITERAL(t->out, "the host");
	} else if (c->owner) {
		text_container(t, c->owner);
	} else if (c->owner_isolated) {
		text_isolated(t, c->owner_isolated);
	} else if (c->new_ns) {
		buf_u64(t->out, c->new_ns);
	} else {
		buf_putc(t->out, '?');
	}
	for (uint32_t i = 0; i < c->shared_len && i < EVENT_SHARED_MAX; i++) {
		buf_puts(t->out, i ? ", " : " (shared with ");
		text_container(t, c->shared[i]);
	}
	if (c->shared_more)
		BUF_LITERAL(t->out, ", others");
	if (c->shared_len)
		buf_putc(t->out, ')');
}

static bool is_same_owner(const struct event_ns_change *a, const struct event_ns_change *b)
{
	if (a->owner_host || b->owner_host)
		return a->owner_host && b->owner_host;
	/* Who shares it is said of one type. */
	if (a->shared_len || b->shared_len)
		return false;
	if (a->owner_isolated && b->owner_isolated)
		return a->owner_isolated->ns == b->owner_isolated->ns;
	return a->owner && b->owner && str_eq(a->owner->id, b->owner->id);
}

void text_ns_changes(const struct text_put *t, const struct event *e)
{
	for (uint32_t i = 0; i < e->ns_change_len; i++) {
		const struct event_ns_change *c = &e->ns_change[i];

		if (i)
			BUF_LITERAL(t->out, ", ");
		buf_puts(t->out, ns_name(c->type));
		while (i + 1 < e->ns_change_len && is_same_owner(c, c + 1)) {
			buf_putc(t->out, ',');
			buf_puts(t->out, ns_name((++c)->type));
			i++;
		}
		if (e->error && !c->new_ns && !c->owner && !c->owner_host)
			continue;
		if (!c->owner_host && !c->owner && !c->owner_isolated && c->old_ns) {
			buf_putc(t->out, ' ');
			buf_u64(t->out, c->old_ns);
		}
		TEXT_MARK(t, " → ", " -> ");
		put_new_ns(t, c);
	}
}
