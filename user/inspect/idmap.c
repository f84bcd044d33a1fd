// SPDX-License-Identifier: Apache-2.0
/*
 * idmap.c - what the id maps of a user namespace mean
 */
#include "inspect/idmap.h"

#include <inttypes.h>

/* 4294967295 is no id: what an outer map leaves out is shown as it. */
#define NO_ID UINT32_MAX

static void put_range(struct buf *b, uint32_t first, uint32_t count)
{
	buf_u64(b, first);
	if (count > 1)
		buf_printf(b, "-%" PRIu64, (uint64_t)first + count - 1);
}

void idmap_explain(struct buf *b, const struct proc_idmap_range *range)
{
	const char *verb = range->count == 1 ? "is" : "are";

	put_range(b, range->inside, range->count);
	if (range->outside == NO_ID) {
		buf_printf(b, " in here %s nobody outside", verb);
	} else if (range->inside == range->outside) {
		buf_printf(b, " %s the same in here and outside", verb);
	} else {
		buf_printf(b, " in here %s ", verb);
		put_range(b, range->outside, range->count);
		buf_puts(b, " outside");
	}
}

bool idmap_inside(const struct proc_idmap *map, uint32_t outside, uint32_t *ret_inside)
{
	for (uint32_t i = 0; i < map->len; i++) {
		const struct proc_idmap_range *r = &map->range[i];

		if (outside < r->outside || outside - r->outside >= r->count)
			continue;
		*ret_inside = r->inside + (outside - r->outside);
		return true;
	}
	return false;
}
