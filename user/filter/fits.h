/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fits.h - does one value fit an event?
 *
 * For terms_match(): a fact that is not there fits nothing.
 */
#ifndef FILTER_FITS_H
#define FILTER_FITS_H

#include <stdbool.h>

#include "event/event.h"
#include "filter/terms.h"

/*
 * The event is one of the container: its process is in it, enters it, leaves it, or
 * sends a signal into it; or it starts or stops. what is the struct event.
 */
bool fits_container(const struct term *term, const void *what);
/* The same of a container of that image, runtime, pod or label. */
bool fits_image(const struct term *term, const void *what);
bool fits_runtime(const struct term *term, const void *what);
bool fits_pod(const struct term *term, const void *what);
bool fits_label(const struct term *term, const void *what);

/* what is the struct event_process. */
bool fits_user(const struct term *term, const void *what);
bool fits_recorded_user(const struct term *term, const void *what);
bool fits_login(const struct term *term, const void *what);
bool fits_name(const struct term *term, const void *what);

/* How it ended, as bits of enum ended, is one of wanted (0: any) and none of unwanted. */
bool fits_end(const struct event_exit *exit, unsigned int wanted, unsigned int unwanted);

#endif /* FILTER_FITS_H */
