/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_container.h - is this the container that somebody means?
 */
#ifndef FILTER_MATCH_CONTAINER_H
#define FILTER_MATCH_CONTAINER_H

#include <stdbool.h>

#include "base/str.h"
#include "event/container_info.h"

/*
 * Whether value means the container or one around it: it is its id, a prefix of the
 * id of 4 hexadecimal digits or more, or a glob that fits its name. container may be
 * NULL: nothing means that.
 */
bool match_container(const char *value, const struct container_info *container);

/*
 * The same by what the runtime says. An image is meant by a glob that fits its name,
 * NAME:TAG, what follows a '/' of these ("nginx" means "docker.io/library/nginx"), or its
 * id; a pod by its uid or [NAMESPACE/]NAME, both globs; a label by KEY or KEY=GLOB.
 */
bool match_image(const char *value, const struct container_info *container);
bool match_runtime(const char *value, const struct container_info *container);
bool match_pod(const char *value, const struct container_info *container);
bool match_label(const char *value, const struct container_info *container);

#endif /* FILTER_MATCH_CONTAINER_H */
