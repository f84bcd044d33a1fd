/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idmap.h - what the id maps of a user namespace mean
 */
#ifndef INSPECT_IDMAP_H
#define INSPECT_IDMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "procfs/ns.h"

/* "0-65535 in here are 100000-165535 outside". */
void idmap_explain(struct buf *b, const struct proc_idmap_range *range);

/* The id inside for one outside. False: it has none. */
bool idmap_inside(const struct proc_idmap *map, uint32_t outside, uint32_t *ret_inside);

#endif /* INSPECT_IDMAP_H */
