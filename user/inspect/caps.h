/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps.h - which capabilities a container runtime gives by itself
 */
#ifndef INSPECT_CAPS_H
#define INSPECT_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * The bounding set of a container of this runtime ("docker", "podman" …) that nobody asked
 * for more or less, as the runtime comes from its makers. False: it has no such set, or it
 * is not known.
 */
bool caps_default(struct str runtime, uint64_t *ret_caps);

#endif /* INSPECT_CAPS_H */
