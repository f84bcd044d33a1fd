/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terms.h - the values of one option: some of these, none of those
 *
 * Owns its terms. An empty list lets everything pass.
 */
#ifndef FILTER_TERMS_H
#define FILTER_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct term {
	bool negated;
	char *text;	 /* without the '!' */
	uint32_t number; /* where the option's values are numbers */
	bool is_name;	 /* number is that of a name, UINT32_MAX if the name has none */
};

struct terms {
	struct term *items;
	size_t len;
	size_t positive_len; /* how many are not negated */
};

/*
 * Fills what follows from term->text (number, is_name). Returns 0 or a negative errno;
 * -EINVAL comes with an allocated *ret_error.
 */
typedef int (*terms_fill)(struct term *term, void *arg, char **ret_error);

/* Adds one value as it is. fill may be NULL. Returns 0, -ENOMEM, or what fill said. */
int terms_add(struct terms *t, const char *text, size_t len, bool negated, terms_fill fill,
	      void *arg, char **ret_error);

/*
 * Adds the values of a list: separated by commas, negated by a leading '!'. An empty
 * value is -EINVAL with *ret_error; so is an empty list.
 */
int terms_add_list(struct terms *t, const char *list, terms_fill fill, void *arg, char **ret_error);

/* Whether one of the positive terms, if there are any, and none of the negated ones fits. */
bool terms_match(const struct terms *t, bool (*fits)(const struct term *term, const void *what),
		 const void *what);

void terms_done(struct terms *t);

/* Puts an allocated sentence into *ret_error. Returns -EINVAL, or -ENOMEM without one. */
__attribute__((format(printf, 2, 3))) int terms_error(char **ret_error, const char *fmt, ...);

#endif /* FILTER_TERMS_H */
