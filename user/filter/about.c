// SPDX-License-Identifier: Apache-2.0
/*
 * about.c - the options whose values are about containers
 */
#include "filter/about.h"

#include "filter/fits.h"
#include "filter/match_container.h"
#include "filter/values.h"

static const struct {
	bool (*fits)(const struct term *term, const void *what); /* an event */
	bool (*match)(const char *value, const struct container_info *container);
	terms_fill fill;
} options[ABOUT_LEN] = {
	[ABOUT_CONTAINER] = { fits_container, match_container, NULL },
	[ABOUT_IMAGE] = { fits_image, match_image, NULL },
	[ABOUT_RUNTIME] = { fits_runtime, match_runtime, NULL },
	[ABOUT_POD] = { fits_pod, match_pod, NULL },
	[ABOUT_LABEL] = { fits_label, match_label, value_label },
};

int about_add(struct about *about, enum about_option option, const char *value, char **ret_error)
{
	return terms_add_list(&about->terms[option], value, options[option].fill, NULL, ret_error);
}

void about_done(struct about *about)
{
	for (int i = 0; i < ABOUT_LEN; i++)
		terms_done(&about->terms[i]);
}

bool about_match(const struct about *about, const struct event *e)
{
	for (int i = 0; i < ABOUT_LEN; i++)
		if (!terms_match(&about->terms[i], options[i].fits, e))
			return false;
	return true;
}

const char *about_container(const struct about *about, size_t index)
{
	const struct terms *terms = &about->terms[ABOUT_CONTAINER];

	for (size_t i = 0; i < terms->len; i++)
		if (!terms->items[i].negated && index-- == 0)
			return terms->items[i].text;
	return NULL;
}

bool about_is_any(const struct about *about)
{
	for (int i = 0; i < ABOUT_LEN; i++)
		if (about->terms[i].len)
			return true;
	return false;
}

/* Is all known that the option looks at, of the container and those around it? */
static bool is_known(enum about_option option, const struct container_info *c)
{
	for (; c; c = c->outer)
		if (!c->settled && !(option == ABOUT_CONTAINER && c->name.len))
			return false;
	return true;
}

bool about_excludes(const struct about *about, const struct container_info *container)
{
	for (int i = 0; i < ABOUT_LEN; i++) {
		const struct terms *terms = &about->terms[i];
		bool fits = false;

		for (size_t j = 0; j < terms->len; j++) {
			const struct term *term = &terms->items[j];

			if (!options[i].match(term->text, container))
				continue;
			if (term->negated)
				return true;
			fits = true;
		}
		if (terms->positive_len && !fits && is_known((enum about_option)i, container))
			return true;
	}
	return false;
}
