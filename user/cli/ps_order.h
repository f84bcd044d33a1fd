/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ps_order.h - in which order processes are listed
 */
#ifndef CLI_PS_ORDER_H
#define CLI_PS_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline.h"
#include "sink/columns.h"

/* What is sorted by, the most important first. */
struct ps_order {
	struct {
		enum column column;
		bool falling;
	} keys[COLUMN_COUNT];
	size_t len; /* 0: by container, those of the host last, the oldest first */
	bool tree;  /* children behind their parent, where both are in the same place */
};

/*
 * Comma-separated columns, '-' before one for the largest first. Returns 0 or -EINVAL;
 * *ret_bad is then the word that names no column.
 */
int ps_order_parse(const char *list, struct ps_order *order, struct str *ret_bad);

/*
 * Returns 0 or -ENOMEM. depths: how deep each process of the list then stands in its tree,
 * the caller's to free; all 0 without order->tree.
 */
int ps_order_sort(const struct ps_order *order, struct inventory *inventory,
		  unsigned int **ret_depths);

#endif /* CLI_PS_ORDER_H */
