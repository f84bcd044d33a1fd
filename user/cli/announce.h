/* SPDX-License-Identifier: Apache-2.0 */
/*
 * announce.h - the line that says that tracing has begun
 */
#ifndef CLI_ANNOUNCE_H
#define CLI_ANNOUNCE_H

#include "filter/filter.h"
#include "pipeline.h"

/*
 * On standard error: "proctrace: tracing (…)", and a line for each container that the
 * filter asks for and that is not there yet, with those that are; and for each process that
 * it asks for by a number that nobody has.
 */
void announce(struct pipeline *p, const struct filter *filter, const char *proc_root);

#endif /* CLI_ANNOUNCE_H */
