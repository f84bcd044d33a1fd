// SPDX-License-Identifier: Apache-2.0
/*
 * about.c - the options whose values are about containers
 */
#include "filter/about.h"

#include "filter/fits.h"
#include "filter/values.h"

static const struct {
	bool (*fits)(const struct term *term, const void *what);
	terms_fill fill;
} options[ABOUT_LEN] = {
	[ABOUT_CONTAINER] = { fits_container, NULL }, [ABOUT_IMAGE] = { fits_image, NULL },
	[ABOUT_RUNTIME] = { fits_runtime, NULL },     [ABOUT_POD] = { fits_pod, NULL },
	[ABOUT_LABEL] = { fits_label, value_label },
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
