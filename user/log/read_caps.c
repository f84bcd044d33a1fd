// SPDX-License-Identifier: Apache-2.0
/*
 * read_caps.c - the sets of capabilities of a parsed line
 */
#include "log/read_caps.h"

#include <string.h>

#include "event/names.h"

void caps_read_done(struct caps_read *last)
{
	buf_done(&last->text);
}

static void add_cap(struct fields *f, uint64_t *mask, struct str name)
{
	int cap = *mask ? 64 - __builtin_clzll(*mask) : 0;
	char buf[32];

	/* They stand in their order, and often all of them. */
	if (cap > 63 || !str_eq(name, str_of(cap_name((unsigned int)cap, buf))))
		cap = cap_parse(name);
	if (cap < 0)
		f->damaged = true;
	else
		*mask |= 1ull << cap;
}

/* Takes the first of "A","B" off rest, which is not empty. What is not written so is empty. */
static struct str next_name(struct str *rest)
{
	const char *end = rest->p + rest->len, *quote = NULL;
	struct str name = { 0 };

	if (rest->p[0] == '"')
		quote = memchr(rest->p + 1, '"', rest->len - 1);
	if (quote)
		name = str_from(rest->p + 1, (size_t)(quote - rest->p - 1));
	/* Behind the comma, if there is another. */
	*rest = quote && end - quote > 2 ? str_from(quote + 2, (size_t)(end - quote - 2)) :
					   str_from(end, 0);
	return name;
}

/* Only of a line that is guessed: what is made of it is proven, whatever is remembered. */
static uint64_t read_words(struct fields *f, struct str text)
{
	struct caps_read *last = f->caps;
	struct str rest = text;
	uint64_t mask = 0;

	if (str_eq(text, str_from(last->text.data, last->text.len)))
		return last->mask;
	while (rest.len)
		add_cap(f, &mask, next_name(&rest));
	buf_reset(&last->text);
	buf_str(&last->text, text); /* empty without memory */
	last->mask = mask;
	return mask;
}

uint64_t read_caps(struct fields *f, const struct node *o, const char *key)
{
	const struct node *list = o ? node_get(o, key) : NULL;
	uint64_t mask = 0;

	if (list && list->type == NODE_WORDS)
		return read_words(f, list->text);
	list = fields_array(f, o, key);
	/* A set without its list is no set: nothing may be made up of a line that lost a part. */
	f->damaged |= !list;
	node_foreach(name, list)
	{
		add_cap(f, &mask, fields_string(name));
	}
	return mask;
}
