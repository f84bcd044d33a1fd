// SPDX-License-Identifier: Apache-2.0
/*
 * terms.c - the values of one option: some of these, none of those
 */
#include "filter/terms.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int terms_error(char **ret_error, const char *fmt, ...)
{
	char *error;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&error, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	*ret_error = error;
	return -EINVAL;
}

int terms_add(struct terms *t, const char *text, size_t len, bool negated, terms_fill fill,
	      void *arg, char **ret_error)
{
	struct term term = { .negated = negated };
	struct term *items;
	int r;

	items = reallocarray(t->items, t->len + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	t->items = items;
	term.text = strndup(text, len);
	if (!term.text)
		return -ENOMEM;
	r = fill ? fill(&term, arg, ret_error) : 0;
	if (r < 0) {
		free(term.text);
		return r;
	}
	t->items[t->len++] = term;
	t->positive_len += !negated;
	return 0;
}

int terms_add_list(struct terms *t, const char *list, terms_fill fill, void *arg, char **ret_error)
{
	const char *p = list;

	for (;;) {
		size_t len = strcspn(p, ",");
		bool negated = *p == '!';
		int r;

		if (len == (size_t)negated)
			return terms_error(ret_error, "'%s' has an empty value in it", list);
		r = terms_add(t, p + negated, len - negated, negated, fill, arg, ret_error);
		if (r < 0)
			return r;
		p += len;
		if (*p == '\0')
			return 0;
		p++;
	}
}

bool terms_match(const struct terms *t, bool (*fits)(const struct term *term, const void *what),
		 const void *what)
{
	bool found = t->positive_len == 0;

	for (size_t i = 0; i < t->len; i++) {
		const struct term *term = &t->items[i];

		if (found && !term->negated)
			continue;
		if (!fits(term, what))
			continue;
		if (term->negated)
			return false;
		found = true;
	}
	return found;
}

void terms_done(struct terms *t)
{
	for (size_t i = 0; i < t->len; i++)
		free(t->items[i].text);
	free(t->items);
	*t = (struct terms){};
}
